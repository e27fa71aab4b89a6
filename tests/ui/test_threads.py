"""Kept threads at the shell, and the files they are taken away in: whole, safe, and checked."""

import base64
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from assistant.answering.values import ShownFigure
from assistant.contract import to_json
from assistant.kept.threads import KeptTurn, Thread, Whole, whole_object
from ingest.errors import NothingFound, UsageError
from tests.assistant.test_threads import CITED, answered
from ui.kept import forms, saved
from ui.kept.pictures import MOST_BYTES
from ui.kept.thread_html import embedded, shown_otherwise

QUESTION = "how does multi-query attention share keys?"
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)> ${1} [a](javascript:b)"


FIGURE = ShownFigure(1, 1, EVIL, f"https://a.example/{EVIL}", "https://a.example/", EVIL, 9, 9)
PICTURE = b"RIFF\0\0\0\0WEBP of a few bytes"


def exported(thread, form, lang="en", picture_of=lambda _: PICTURE):
    return forms.exported(thread, form, lang, picture_of=picture_of)


def no_picture(figure):
    raise NothingFound(figure.url)


def whole(*asked, title="Attention"):
    turns = tuple(KeptTurn("2026-01-02T03:04:05+00:00", to_json(each)) for each in asked)
    thread = Thread("0123456789", title, "page", "2026-01-02", "2026-01-02", len(turns))
    return Whole(thread, turns)


def evil():
    cited = replace(
        CITED, quote=EVIL, title=EVIL, heading=(EVIL,), url="javascript:alert(1)",
        deep_link="javascript:alert(1)",
    )  # fmt: skip
    return whole(replace(answered(EVIL, EVIL), citations=(cited,)), title=EVIL)


@pytest.fixture
def run(desk, home):
    def run(*arguments, code=0):
        done = subprocess.run(
            [sys.executable, "-m", "ui.cli", *map(str, arguments), "--home", str(home)],
            capture_output=True, text=True, timeout=280, check=False,
            env=os.environ | {"COLUMNS": "100"},
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


def test_what_is_asked_at_the_shell_is_kept_found_exported_and_verified(run, tmp_path):
    run("ask", QUESTION, "--llm", "extractive")
    run("ask", QUESTION, "--llm", "extractive", "--no-history")
    (thread,) = json.loads(run("threads", "list", "--json").stdout)["threads"]
    assert (thread["title"], thread["origin"], thread["questions"]) == (QUESTION, "shell", 1)
    (same,) = json.loads(run("threads", "search", "shazeer", "--json").stdout)["threads"]
    assert same["id"] == thread["id"]
    assert "Shazeer" in same["snippet"]
    cited = run("cite", thread["id"][:6]).stdout
    assert cited.count("@") == 1
    saved = tmp_path / "thread.json"
    run("threads", "export", thread["id"], saved)
    assert run("cite", saved).stdout == cited
    file = tmp_path / "thread.html"
    run("threads", "export", thread["id"][:6], file)
    checked = json.loads(run("verify", file, "--json").stdout)
    assert checked["ok"]
    assert checked["sentences"]
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("one key head", "two key heads", 1), encoding="utf-8")
    assert "changed after refdesk wrote it" in run("verify", file, code=5).stderr
    run("threads", "delete", thread["id"])
    assert run("threads", "list").stdout == ""


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_exported_file_gives_back_its_thread_and_shows_what_that_says(lang):
    thread = whole(answered(), answered("and MQA?", "One head, $k < 1$ & more."))
    text = exported(thread, "html", lang)
    found, wrong = saved.read(text.encode())
    assert wrong == ""
    assert whole_object(thread).items() <= found.items()
    assert saved.read(text.replace("\n", "\r\n").encode("utf-8-sig"))[1] == ""
    for shown in (
        text.replace("Groups of heads", "No heads", 1), text.replace("<h1>", "<h1>Not ", 1),
        text.replace("</main>", "<p>By the way</p></main>"), text.replace("One head.", "Two.", 1),
    ):  # fmt: skip
        assert shown != text
        assert "changed" in saved.read(shown.encode())[1]
    other = text.replace("refdesk ", "refdesk 9", 9)
    assert "another version" in shown_otherwise(text, embedded(text) | {"written_by": "refdesk 9"})
    assert saved.read(other.encode())[1]


@pytest.mark.parametrize("opened", ["", '<script type="application/json" id="refdesk-thread">'])
def test_a_file_nested_beyond_reason_is_refused_in_our_words(opened):
    deep = f"{opened}{'[' * 100_000}{']' * 100_000}</script>"
    with pytest.raises(UsageError, match="nested too deeply"):
        saved.read((deep if opened else deep.removesuffix("</script>")).encode())


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.links, self.handlers, self.ids = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.ids += [value for name, value in attrs if name == "id"]


def test_nothing_in_an_exported_file_runs_or_loads():
    text = exported(evil(), "html")
    read = Tags()
    read.feed(text)
    assert read.tags.count("script") == 1
    assert re.findall(r"<script[^>]*>", text) == [
        '<script type="application/json" id="refdesk-thread">'
    ]
    assert not {"img", "iframe", "object", "form", "link"} & set(read.tags)
    assert read.handlers == []
    assert all(each.startswith("#") for each in read.links), read.links
    assert len(read.ids) == len(set(read.ids))
    assert "default-src 'none'" in text
    assert embedded(text)["title"] == EVIL
    assert saved.read(text.encode())[1] == ""


def test_pictures_stand_in_the_file_as_data_and_nothing_in_their_captions_runs():
    thread = whole(replace(answered(), figures=(FIGURE,)), replace(answered(), figures=(FIGURE,)))
    text = exported(thread, "html")
    read = Tags()
    read.feed(text)
    pictures = [link for link in read.links if link and link.startswith("data:")]
    assert pictures == ["data:image/webp;base64," + base64.b64encode(PICTURE).decode()] * 2
    assert read.tags.count("img") == 2
    assert read.tags.count("script") == 1
    assert read.handlers == []
    assert "img-src data:" in text
    assert saved.read(text.encode())[1] == ""
    other = base64.b64encode(PICTURE.replace(b"few", b"new")).decode()
    exchanged = text.replace(base64.b64encode(PICTURE).decode(), other)
    assert "changed" in saved.read(exchanged.encode())[1]
    assert "changed" in saved.read(text.replace("image/webp", "image/svg+xml").encode())[1]


def test_a_figure_whose_picture_is_lost_or_too_large_is_named():
    thread = whole(replace(answered(), figures=(FIGURE,)))
    for picture_of in (no_picture, lambda _: PICTURE + bytes(MOST_BYTES)):
        text = exported(thread, "html", picture_of=picture_of)
        assert "<img" not in text.replace("&lt;", "")
        assert "alert(1)" in text
        assert saved.read(text.encode())[1] == ""


def test_markdown_keeps_the_footnotes_of_several_answers_apart():
    refused = replace(
        answered("Why?"), refused=True, refusal="Not here.", sentences=(), citations=()
    )
    text = exported(whole(answered(), answered("and MQA?"), refused), "markdown")
    assert text.startswith("# Attention\n")
    assert "share a key head.[^1-1]" in text
    assert "[^2-1]: [Sharing keys](https://a.example/#:~:text=One) (mine \\> Attention)" in text
    assert "Not here." in text
    assert "<script" not in re.sub(r"\\<script", "", exported(evil(), "markdown"))


def test_json_is_what_show_gives():
    thread = whole(answered())
    assert json.loads(exported(thread, "json")) == whole_object(thread)


OPENING = b'<script type="application/json" id="refdesk-thread">'


@pytest.mark.parametrize(
    "given",
    [b"<p>no thread</p>", b"<", b"no", b"\xff\xfe<", OPENING + b"[]</script>", OPENING + b"{"],
)
def test_what_is_no_saved_answer_is_refused_in_words(given):
    with pytest.raises(UsageError):
        saved.read(given)


@pytest.mark.parametrize(("form", "lang"), [("pdf", "en"), ("html", "fr")])
def test_other_forms_and_languages_are_named(form, lang):
    with pytest.raises(UsageError, match="choose one of"):
        exported(whole(answered()), form, lang)
