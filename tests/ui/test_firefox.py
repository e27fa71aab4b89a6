"""The extension in a real Firefox: a page comes in as seen, and the popup says it is there."""

import json
import shutil
import threading
from http.server import ThreadingHTTPServer

import pytest

from assistant.desk import Desk
from tests.assistant.test_keeping import QUICK
from tests.doors import serving
from tests.ui.firefox import FIREFOX, firefox
from tests.ui.test_extension import EXTENSION, SITE, TOKEN, Walled, access

ADDON = "refdesk@refdesk.invalid"
UUID = "5f1e7a52-0000-4000-8000-00000000beef"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(FIREFOX is None, reason="no Firefox is installed here"),
]


class Proxied(Walled):
    """The walled site, asked for as a proxy is."""

    def do_GET(self):
        self.path = self.path.removeprefix(SITE)
        super().do_GET()


def test_a_page_is_sent_from_firefox_as_it_is_seen(tmp_path, home, notes):
    copy = tmp_path / "extension"
    shutil.copytree(EXTENSION, copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    # activeTab is given by a click on the toolbar, which no test can make
    manifest["host_permissions"] = [f"{SITE}/*", "http://127.0.0.1/*"]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxied)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pac = (
        'function FindProxyForURL(u, h) { return h == "walled.example" ? '
        f'"PROXY 127.0.0.1:{server.server_address[1]}" : "DIRECT"; }}'
    )
    preferences = {
        "network.proxy.type": 2,
        "network.proxy.autoconfig_url": f"data:application/x-ns-proxy-autoconfig,{pac}",
        "extensions.webextensions.uuids": json.dumps({ADDON: UUID}),
    }
    origin = f"moz-extension://{UUID}"
    desk = Desk(home, llm="extractive", limits=QUICK)
    desk.ingest([notes], seed=False, offline=True)
    with (
        serving(desk, access=access(origin)) as url,
        firefox(tmp_path / "profile", preferences) as browser,
    ):
        assert browser("Addon:Install", path=str(copy), temporary=True) == ADDON
        browser("WebDriver:SetTimeouts", script=150_000)
        browser("WebDriver:Navigate", url=f"{SITE}/login")
        browser("WebDriver:Navigate", url=f"{SITE}/post")
        assert browser("WebDriver:GetTitle") == "Kestrels"
        page = browser("WebDriver:GetWindowHandle")
        browser("Marionette:SetContext", value="chrome")  # pages may not open an extension's
        opens = """
            const tab = gBrowser.addTrustedTab(given[0]);
            while (tab.linkedBrowser.currentURI.spec !== given[0] || tab.hasAttribute("busy"))
                await new Promise((on) => setTimeout(on, 100));
        """
        browser.script(opens, f"{origin}/options.html")
        browser("Marionette:SetContext", value="content")
        (made,) = set(browser("WebDriver:GetWindowHandles")) - {page}
        browser("WebDriver:SwitchToWindow", handle=made)
        said = browser.script(
            """
            const [server, token] = given;
            const browser = window.wrappedJSObject?.browser ?? window.browser;
            await browser.storage.local.set({ server, token });
            const [tab] = await browser.tabs.query({ url: "http://walled.example/*" });
            const ask = (what) => browser.runtime.sendMessage(
                { what, tabId: tab.id, url: tab.url, note: "From Firefox" });
            return { before: await ask("known"), sent: await ask("send"), after: await ask("known"),
                badge: await browser.action.getBadgeText({ tabId: tab.id }) };
            """,
            url,
            TOKEN,
        )
        assert isinstance(said, dict), said
        assert (said["before"], said["sent"]["state"], said["after"]) == ("no", "done", "yes"), said
        assert said["badge"] == "✓"
        browser("WebDriver:SwitchToWindow", handle=page)
        (hit,) = desk.search("kestrel hovers over field", k=1).hits
        assert hit.passage.url == "https://walled.example/post"
        assert desk.lists()[0].entries[0].note.startswith("From Firefox")
    desk.close()
    server.shutdown()
    server.server_close()
