"""Jobs of the Library tab without a browser: how far they are, how they end."""

from types import SimpleNamespace

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


def fetch(desk, what, access, client="127.0.0.1", most="", **headers):
    tab = LibraryTab(desk, access, texts("en"))
    request = SimpleNamespace(client=SimpleNamespace(host=client), headers=headers)
    return list(tab.fetch(access.secret, str(what), most, request))


def test_files_are_taken_in_only_at_this_machine_from_folders_that_were_allowed(desk, tmp_path):
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "new.md").write_text("# New\n\nSpeculative decoding drafts tokens and checks them.")
    own = Access(folders=(folder,))
    token = Access(token="t", folders=(folder,))
    for access, what, client, headers in (
        (Access(), folder, "127.0.0.1", {}),
        (own, tmp_path / "notes", "127.0.0.1", {}),
        (own, "/etc/passwd", "127.0.0.1", {}),
        (token, folder, "192.0.2.7", {}),
        (token, folder, "127.0.0.1", {"x-forwarded-for": "192.0.2.7"}),
    ):
        (said,) = fetch(desk, what, access, client, **headers)
        assert "--allow-folder" in said
    assert desk.status()["documents"] == 3
    fetch(desk, folder, own)
    assert desk.status()["documents"] == 4


def test_a_fetch_tells_what_could_not_be_had_and_why(desk):
    address = "http://127.0.0.1:22/secret"
    *_, said = fetch(desk, address, Access())
    assert "0 fetched, 1 could not be had" in said
    assert f"{address}: not a public web address" in said
    *_, again = fetch(desk, address, Access())
    assert "Nothing was asked for" in again


@pytest.mark.parametrize("most", ["²", "9" * 5000, "all", "-1"])
def test_a_number_of_pages_that_is_none_fetches_nothing_and_is_said(desk, most):
    (said,) = fetch(desk, "http://127.0.0.1:22/secret", Access(), most=most)
    assert "is no number of pages" in said


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
