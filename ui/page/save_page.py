"""The page a bookmarklet opens: it shows what came from the window behind it, and takes it in.

It holds nothing of the library, so it is shown to everyone; sending needs the token's cookie and a
press of its button, which no other site can reach.
"""

import hashlib
from base64 import b64encode
from functools import cache

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from ui.page import assets

PATH = "/save"


def add_save_page(app: FastAPI) -> None:
    """Add the page to an application."""

    @app.get(PATH, include_in_schema=False)
    async def save() -> Response:
        html, policy = _page()
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})


@cache
def _page() -> tuple[str, str]:
    script = assets.read("save.js")
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return assets.read("save.html").replace("SCRIPT", script), policy
