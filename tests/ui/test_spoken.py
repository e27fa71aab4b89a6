"""Which language the page is shown in at its bare address."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.page.spoken import COOKIE, Spoken
from ui.serving.prefix import Rooted, Stripped


def english(request):
    return PlainTextResponse("english")


PAGE = Starlette(routes=[Route("/{path:path}", english, methods=["GET", "POST"])])


def led_to(headers, path="/", prefix="", method="GET"):
    client = TestClient(Stripped(Rooted(Spoken(PAGE)), prefix), follow_redirects=False)
    return client.request(method, path, headers=headers).headers.get("location")


@pytest.mark.parametrize(
    ("headers", "chinese"),
    [
        ({"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}, True),
        ({"Accept-Language": "ZH"}, True),
        ({"Accept-Language": "en-GB,zh;q=0.5"}, False),
        ({"Accept-Language": "zha"}, False),
        ({"Accept-Language": ""}, False),
        ({"Accept-Language": "zh", "Cookie": f"{COOKIE}=en"}, False),
        ({"Accept-Language": "en", "Cookie": f"a=b; {COOKIE}=zh"}, True),
        ({"Accept-Language": "zh", "Cookie": "\x01=;;=="}, True),
    ],
)
def test_what_was_chosen_counts_and_then_the_language_of_the_browser(headers, chinese):
    assert led_to(headers) == ("zh/" if chinese else None)


def test_what_stands_in_the_address_is_kept():
    chinese = {"Accept-Language": "zh"}
    assert led_to(chinese, "/?q=what%20is%20it%3F&x=1") == "zh/?q=what%20is%20it%3F&x=1"
    assert led_to(chinese, "/desk/", "/desk") == "/desk/zh/"


def test_nothing_but_the_page_is_led_elsewhere():
    chinese = {"Accept-Language": "zh"}
    assert led_to(chinese, "/config") is None
    assert led_to(chinese, method="POST") is None
