"""What is printed steers nobody's terminal."""

import re
from io import StringIO

import pytest
from rich.console import Console

from assistant.answering.values import Answer, Citation, Sentence
from index.store.values import Recommendation
from ingest.gathering.gather import PageOutcome
from ui.cli import render
from ui.cli.progress import ShownProgress
from ui.serving import chat_markdown


def test_control_characters_of_a_page_are_not_printed():
    assert render.clean("a\x1b]8;;http://evil\x07b\x9bc\n") == "a]8;;http://evilbc\n"


def test_markup_of_a_page_is_printed_as_it_stands():
    console = Console(file=StringIO(), width=200)
    console.print(render.run_text([Sentence("[red]not red[/red]", (1, 2), 0.7, "weak", False)]))
    assert console.file.getvalue() == "[red]not red[/red] [1] [2] (weakly supported)\n"


def cited(url):
    return Citation(
        n=1, passage="p", document_sha256="d", start=0, end=5, quote="Words of the passage.",
        heading=("Part",), title="[bold]A title[/bold] \x1b[31m", url=url, deep_link=url,
        kind="post", primer=False, archived_at="",
        recommended_by=(Recommendation("my list", ("Attention", "[red]GQA[/red]"), None),),
    )  # fmt: skip


def printed(given, **how):
    console = Console(file=StringIO(), **{"width": 60} | how)
    render.answer(console, given)
    return console.file.getvalue()


def answer(url="https://a.example/x#:~:text=a b", **fields):
    shown = Sentence("Quoted words.", (1,), 1.0, "supported", True)
    return Answer(**{
        "question": "why?", "asked": "why MQA?", "lang": "en", "refused": False, "refusal": None,
        "view": "model", "sentences": (shown,), "citations": (cited(url),), "nearest": (),
        "further": (), "model": None,
    } | fields)  # fmt: skip


def test_marks_and_sources_link_at_a_terminal():
    out = printed(answer(), force_terminal=True)
    assert out.count("\x1b]8;") >= 2
    assert "https://a.example/x#:~:text=a%20b" in out


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "refdesk:primer/x"])
def test_only_addresses_of_the_web_become_links(url):
    assert "\x1b]8;" not in printed(answer(url), force_terminal=True)


def test_piped_it_is_plain_text_with_quotation_marks():
    out = printed(answer())
    assert "\x1b" not in out
    assert "Asked as: why MQA?" in out
    assert "“Quoted words.” [1]" in out
    assert "[bold]A title[/bold] [31m" in out
    assert "recommended by my list: Attention > [red]GQA[/red]" in out


def test_no_color_is_obeyed(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    out = printed(answer(), force_terminal=True)
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", out)


def test_lines_fit_a_narrow_terminal():
    long = Sentence("word " * 40 + "end.", (1,), 0.9, "supported", False)
    out = printed(answer(sentences=(long,)), width=40)
    said = out[: out.index("Sources")].splitlines()
    assert max(map(len, said)) <= 40


def test_a_dead_link_is_told_once_whatever_its_spelling():
    reason = "dead (404)"
    missing = {"list": "mine", "title": "Gone", "url": "http://www.a.example/x/", "section": ["A"]}
    found = {
        "lists": [{"name": "mine"}],
        "missing": [missing | {"reason": reason}],
        "failures": [
            {"url": "https://www.a.example/x", "source": "web", "reason": reason},
            {"url": "https://www.a.example/other", "source": "web", "reason": reason},
        ],
    }
    assert render.dead(found).splitlines() == [
        "## mine: 1 links that lead to no readable page", "", "### dead", "",
        "- [Gone](http://www.a.example/x/), A: dead (404)", "",
        "## Other addresses", "", "- https://www.a.example/other: dead (404)",
    ]  # fmt: skip


def test_an_extract_is_marked_as_such():
    assert "From the sources directly" in printed(answer(view="extractive"))
    assert "From the sources directly" not in printed(answer())


def test_a_refusal_says_where_to_look():
    place = Recommendation("my list", ("Attention", "GQA"), None)
    out = printed(answer(refused=True, refusal="Not answered.", look_in=(place,)))
    assert "Not answered." in out
    assert "my list: Attention > GQA" in out
    assert "Quoted words" not in out


def test_progress_without_a_terminal_is_a_few_plain_lines(capsys):
    with ShownProgress() as progress:
        for done in range(1, 1001):
            progress("embedding", done, 1000)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "embedding: 1000 of 1000"


def test_progress_as_events_is_json_on_stdout(capsys):
    with ShownProgress(events=True) as progress:
        progress("reading pages", 3, 0)
    out = capsys.readouterr()
    assert out.out == ('{"event": "progress", "step": "reading pages", "done": 3, "total": null}\n')
    assert out.err == ""


def test_pages_are_counted_by_kind_of_link_and_outcome(capsys):
    got = [
        PageOutcome("https://a.example/", "blog", "fetched"),
        PageOutcome("https://arxiv.org/abs/1", "arxiv", "failed", "dead (404)"),
        PageOutcome("https://b.example/", "blog", "unchanged"),
    ]
    with ShownProgress() as progress:
        for done, page in enumerate(got, 1):
            progress.on_outcome(page, done, len(got))
    assert capsys.readouterr().err.splitlines() == [
        "fetching pages: 1 of 3 (1 fetched)",
        "https://arxiv.org/abs/1: dead (404)",
        "fetching pages: 2 of 3 (1 fetched, 1 failed)",
        "fetching pages: 3 of 3 (1 fetched, 1 unchanged, 1 failed)",
    ]


def test_the_live_view_has_a_row_for_each_kind_of_link(monkeypatch):
    screen = StringIO()
    console = Console(file=screen, force_terminal=True, width=100)
    monkeypatch.setattr("ui.cli.progress.Console", lambda stderr: console)
    with ShownProgress() as progress:
        progress.on_outcome(PageOutcome("https://a.example/", "blog", "fetched"), 1, 2)
        progress.on_outcome(
            PageOutcome("https://arxiv.org/abs/1", "arxiv", "failed", "dead (404)"), 2, 2
        )
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue())
    rows = [line.split() for line in plain.splitlines()]
    assert ["fetched", "unchanged", "failed"] in rows
    assert ["arxiv", "0", "0", "1"] in rows
    assert ["blog", "1", "0", "0"] in rows


def test_code_stands_on_indented_lines_without_quotation_marks():
    shown = Sentence(
        "```python\nfor x in y:\n    train(x)\n```", (1,), 1.0, "supported", True, form="code"
    )
    text = render.run_text([shown]).plain
    assert text.startswith("    for x in y:\n        train(x)\n")
    assert "“" not in text
    assert text.endswith("[1]")


def test_sums_stand_below_each_other_and_are_no_quotations():
    sums = [
        Sentence(text, (1,), 1.0, "supported", False, group="Calculation", form="calculation")
        for text in ("a: 2 × 3 bytes = 6 bytes", "b: 2 × 4 bytes = 8 bytes")
    ]
    given = answer(sentences=tuple(sums))
    assert "Calculation\n  • a: 2 × 3 bytes = 6 bytes\n  • b: 2 × 4" in printed(given)
    assert "“a" not in printed(given)
    assert "- a: 2 × 3 bytes = 6 bytes\n- b: 2 × 4 bytes = 8 bytes [1]" in given.text
    chat = "".join(chat_markdown.pieces(given))
    assert "- a: 2 × 3 bytes = 6 bytes [1]\n- b: 2 × 4 bytes = 8 bytes [1]" in chat
