"""Wrong tokens: a few at once, then one every few seconds; the page's cookie always works."""

import pytest
from fastapi.testclient import TestClient

from ingest.errors import UsageError
from ui.server import interface
from ui.serving.access import Access, access_for
from ui.serving.guesses import AT_ONCE, ONE_IN_S, Guesses
from ui.serving.turns import Turns


def test_guesses_come_back_with_time():
    clock = [0.0]
    guesses = Guesses(lambda: clock[0])
    for _ in range(AT_ONCE):
        assert not guesses.exhausted("192.0.2.1")
        guesses.wrong("192.0.2.1")
    assert guesses.exhausted("192.0.2.1")
    assert not guesses.exhausted("192.0.2.2")
    clock[0] += ONE_IN_S
    assert not guesses.exhausted("192.0.2.1")
    guesses.wrong("192.0.2.1")
    assert guesses.exhausted("192.0.2.1")


def test_one_customer_of_ipv6_is_one_caller():
    guesses = Guesses(lambda: 0.0)
    for number in range(AT_ONCE):
        guesses.wrong(f"2001:db8:1:2::{number:x}")
    assert guesses.exhausted("2001:db8:1:2:ffff::1%eth0")
    assert not guesses.exhausted("2001:db8:1:3::1")


def test_after_some_wrong_tokens_even_the_right_one_has_to_wait(desk):
    access = Access(token="the right one")
    app = interface(desk, Turns(), access)
    with TestClient(app, base_url="http://127.0.0.1:7860", follow_redirects=False) as client:
        assert client.get("/?token=the+right+one").status_code == 303
        cookie = dict(client.cookies)
        client.cookies.clear()
        wrong = {"Authorization": "Bearer not the right one"}
        for _ in range(AT_ONCE):
            assert client.get("/api/v1/status", headers=wrong).status_code == 401
        limited = client.get("/api/v1/status", headers=wrong)
        assert limited.status_code == 429
        assert int(limited.headers["Retry-After"]) >= 1
        right = {"Authorization": "Bearer the right one"}
        assert client.get("/api/v1/status", headers=right).status_code == 429
        assert client.get("/?token=the+right+one").status_code == 429
        assert client.get("/api/v1/status").status_code == 401  # who guesses nothing is only asked
        client.cookies.update(cookie)
        assert client.get("/api/v1/status").status_code == 200


@pytest.mark.parametrize("token", ["", "t", "1234567"])
def test_short_tokens_are_refused(token):
    for host in ("127.0.0.1", "0.0.0.0"):
        with pytest.raises(UsageError, match="guessed"):
            access_for(host, token, open_to_everyone=False)


@pytest.mark.parametrize("origin", ["*", "null", "obsidian", "https://", "https://a b", "a://b/c"])
def test_what_is_no_origin_is_refused(origin):
    with pytest.raises(UsageError, match="--allow-origin"):
        access_for("127.0.0.1", None, open_to_everyone=False, origins=[origin])
