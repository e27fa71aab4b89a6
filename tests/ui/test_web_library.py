"""Jobs of the Library tab without a browser: how far they are, how they end."""

import pytest

from assistant.desk import Desk
from ui.page.i18n import texts
from ui.page.library_tab import LibraryTab
from ui.serving.access import Access


def run(desk, secret=None, lang="en"):
    access = Access()
    tab = LibraryTab(desk, access, texts(lang))
    return list(tab.rebuild(access.secret if secret is None else secret, "", ""))


def test_a_rebuild_tells_its_steps_and_what_came_of_it(desk):
    first, *_, last = run(desk)
    assert "Working" in first
    assert "Built anew: 3 documents" in last


def test_an_empty_archive_is_told_in_the_language_of_the_page(home):
    (_, said) = run(Desk(home, llm="extractive"), lang="zh")
    assert "没有找到" in said
    assert '<p lang="en">' in said


def test_a_mistake_of_ours_is_not_kept_from_who_waits(desk, monkeypatch):
    def broken(**how):
        raise ZeroDivisionError

    monkeypatch.setattr(desk, "rebuild", broken)
    with pytest.raises(ZeroDivisionError):
        run(desk)


def test_nothing_happens_without_the_secret(desk):
    before = desk.status()["generation"]
    (said,) = run(desk, secret="guess")
    assert "Start refdesk serve on this machine" in said
    assert desk.status()["generation"] == before
