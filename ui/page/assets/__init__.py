"""Style sheets and scripts of the page, written for it; everything is served from here."""

from functools import cache
from importlib.resources import files


@cache
def read(name: str) -> str:
    """Return one of the files of this folder."""
    return (files("ui.page.assets") / name).read_text(encoding="utf-8")
