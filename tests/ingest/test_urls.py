import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.links.kinds import date_of
from ingest.links.site import OTHER
from ingest.links.sites.registry import SITES, is_account
from ingest.links.urls import canonical, deep_link, kind_of, resolve, source_of
from ingest.text.addresses import ADDRESS, ARXIV_NUMBER

HOSTS = st.sampled_from(
    [
        "github.com",
        "WWW.GitHub.com",
        "raw.githubusercontent.com",
        "arxiv.org",
        "youtu.be",
        "m.youtube.com",
        "twitter.com",
        "docs.google.com",
        "mp.weixin.qq.com",
        "Blog.Example:443",
        "user:pw@example.com:8080",
        "bücher.example",
        "127.0.0.1:8000",
        "[::1]",
        "localhost",
    ]
)
SEGMENTS = st.sampled_from(
    [
        "o",
        "r.git",
        ".git",
        "raw",
        "blob",
        "tree",
        "main",
        "refs",
        "heads",
        "abs",
        "pdf",
        "2307.08691v2.pdf",
        "2307.08691",
        "watch",
        "embed",
        "status",
        "12345",
        "spreadsheets",
        "d",
        "a1B2",
        "edit",
        "..",
        ".",
        "%7Euser",
        "%e4%BD%a0",
        "%%341",
        "你好",
        "a+b",
        "a,b&c",
    ]
) | st.text(max_size=6)
QUERIES = st.sampled_from(
    ["", "?", "?v=bCz4OMemCcA&", "?utm_source=a&b=1", "?usp=sharing#x", "?a=%7e&fw=pt&&c", "#id"]
)


@given(st.text())
def test_any_text_has_a_canonical_form_that_stays(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once
    if not re.match(r"https?:", text.strip(), re.IGNORECASE):
        assert once == text.strip()


@given(st.sampled_from(["http", "https", "HTTP"]), HOSTS, st.lists(SEGMENTS, max_size=7), QUERIES)
def test_canonical_form_is_stable_for_addresses(
    scheme: str, host: str, segments: list[str], query: str
) -> None:
    once = canonical(f"{scheme}://{host}/{'/'.join(segments)}{query}")
    assert canonical(once) == once
    assert "#" not in once


@given(st.text(), st.text())
def test_nothing_raises(url: str, text: str) -> None:
    source_of(url)
    kind_of(url)
    deep_link(url, text)
    resolve(url, text)


@pytest.mark.parametrize(
    ("spellings", "expected"),
    [
        (
            "HTTP://Example.COM:80/a/../b/ https://example.com/b?utm_source=x&fbclid=1#part "
            "https://example.com:443/./b?&",
            "https://example.com/b",
        ),
        ("https://arena.lmsys.org https://arena.lmsys.org/", "https://arena.lmsys.org/"),
        (
            "https://arxiv.org/pdf/2307.08691v2.pdf http://export.arxiv.org/abs/2307.08691 "
            "https://arxiv.org/html/2307.08691v1 https://www.arxiv.org/pdf/2307.08691",
            "https://arxiv.org/abs/2307.08691",
        ),
        ("https://arxiv.org/pdf/hep-th/9901001v3", "https://arxiv.org/abs/hep-th/9901001"),
        (
            "https://github.com/rasbt/LLMs-from-scratch/tree/main https://github.com/rasbt/"
            "LLMs-from-scratch/ http://www.github.com/rasbt/LLMs-from-scratch.git "
            "https://github.com/rasbt/LLMs-from-scratch?tab=readme-ov-file#setup",
            "https://github.com/rasbt/LLMs-from-scratch",
        ),
        (
            "https://raw.githubusercontent.com/o/r/main/a/b.md "
            "https://raw.githubusercontent.com/o/r/refs/heads/main/a/b.md "
            "https://github.com/o/r/raw/main/a/b.md https://github.com/o/r/blob/main/a/b.md?plain=1",
            "https://github.com/o/r/blob/main/a/b.md",
        ),
        ("https://github.com/o/r/tree/v1.0 ", "https://github.com/o/r/tree/v1.0"),
        (
            "https://www.youtube.com/watch?v=bCz4OMemCcA& https://youtu.be/bCz4OMemCcA?si=x "
            "https://m.youtube.com/watch?list=PL1&v=bCz4OMemCcA&t=10s "
            "https://www.youtube.com/embed/bCz4OMemCcA "
            "https://www.youtube-nocookie.com/embed/bCz4OMemCcA?rel=0 "
            "https://youtube-nocookie.com/v/bCz4OMemCcA "
            "https://music.youtube.com/watch?v=bCz4OMemCcA&si=x",
            "https://www.youtube.com/watch?v=bCz4OMemCcA",
        ),
        (
            "https://twitter.com/a/status/12?s=20 https://x.com/a/status/12/photo/1",
            "https://x.com/a/status/12",
        ),
        (
            "https://x.com/i/web/status/12 https://twitter.com/i/status/12?s=20 "
            "https://mobile.twitter.com/i/web/statuses/12",
            "https://x.com/i/status/12",
        ),
        (
            "https://docs.google.com/spreadsheets/d/1T_a-b/edit#gid=0 "
            "https://docs.google.com/spreadsheets/d/1T_a-b/edit?usp=sharing "
            "https://docs.google.com/spreadsheets/d/1T_a-b/export?format=csv",
            "https://docs.google.com/spreadsheets/d/1T_a-b/edit",
        ),
        (
            "https://docs.google.com/spreadsheets/d/1T_a-b/edit#gid=74 "
            "https://docs.google.com/spreadsheets/d/1T_a-b/edit?gid=74#gid=74 "
            "https://docs.google.com/spreadsheets/d/1T_a-b/export?format=csv&gid=74",
            "https://docs.google.com/spreadsheets/d/1T_a-b/edit?gid=74",
        ),
        (
            "https://docs.google.com/presentation/d/1T_a-b/edit#slide=id.g2 "
            "https://docs.google.com/presentation/d/1T_a-b/view?usp=sharing",
            "https://docs.google.com/presentation/d/1T_a-b/edit",
        ),
        ("https://huggingface.co/learn/x/5?fw=pt", "https://huggingface.co/learn/x/5"),
        ("https://a.example/%7euser/%e4%bd%a0 https://a.example/~user/你", None),
        ("https://bücher.example/ https://xn--bcher-kva.example", None),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
        ("refdesk:primer/gqa", "refdesk:primer/gqa"),
        ("http://[broken", "http://[broken"),
        ("https://user:secret@example.com/", "https://example.com/"),
    ],
)
def test_spellings_of_one_page_are_one(spellings: str, expected: str | None) -> None:
    forms = {canonical(url) for url in spellings.split()}
    assert len(forms) == 1
    assert expected is None or forms == {expected}


def test_different_pages_stay_apart() -> None:
    pages = [
        "https://a.example/x",
        "https://a.example/X",
        "https://a.example/x?page=2",
        "https://a.example/x.html",
        "https://github.com/o/r",
        "https://github.com/o/r/tree/main/d",
        "https://github.com/o/r/issues/1",
        "https://mp.weixin.qq.com/s/z5gpNkFkbR7nR4HHIHGx0g",
        "https://mp.weixin.qq.com/s/-SFFB6gUp0",
        "https://mp.weixin.qq.com/s?__biz=A&mid=1&idx=1&sn=b",
        "https://mp.weixin.qq.com/s?__biz=A&mid=2&idx=1&sn=b",
        "https://docs.google.com/spreadsheets/d/1T/edit#gid=1",
        "https://docs.google.com/spreadsheets/d/1T/edit#gid=2",
    ]
    assert len({canonical(url) for url in pages}) == len(pages)


def test_source_of_every_real_link(shared: Path) -> None:
    text = (shared / "web" / "links.jsonl").read_text("utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    assert len(rows) == 182
    for row in rows:
        assert (row["url"], source_of(row["url"])) == (row["url"], row["kind"])
        assert source_of(canonical(row["url"])) == row["kind"]


@pytest.mark.parametrize(
    ("url", "source", "kind"),
    [
        ("https://arxiv.org/abs/2307.08691", "arxiv", "paper"),
        ("https://example.org/some/paper.pdf", "other", "paper"),
        ("https://openreview.net/forum?id=x", "other", "paper"),
        ("https://github.com/karpathy/llm.c", "github-repo", "repository"),
        ("https://github.com/karpathy/llm.c/discussions/481", "github-discussion", "thread"),
        ("https://github.com/o/r/issues/7", "github-discussion", "thread"),
        ("https://github.com/o/r/blob/main/train.py", "github-file", "code"),
        ("https://github.com/o/r/blob/main/a.ipynb", "github-file", "notebook"),
        ("https://github.com/o/r/blob/main/a.md", "github-file", "note"),
        ("https://github.com/o/awesome-llm", "github-repo", "list"),
        ("https://github.com/mlabonne/llm-course", "github-repo", "course"),
        ("https://github.com/o/r/tree/main/docs", "github-tree", "repository"),
        ("https://colab.research.google.com/drive/1", "colab", "notebook"),
        ("https://youtu.be/x", "youtube", "video"),
        ("https://docs.google.com/presentation/d/1/edit", "google-slides", "slides"),
        ("https://docs.google.com/document/d/1/edit", "other", "docs"),
        ("https://huggingface.co/docs/trl/index", "other", "docs"),
        ("https://huggingface.co/learn/llm-course/en/chapter1/1", "hf-course", "course"),
        ("https://web.stanford.edu/class/cs224n/", "other", "course"),
        ("https://someone.substack.com/p/x", "blog", "post"),
        ("https://someone.example/2024/06/11/title.html", "blog", "post"),
        ("https://x.com/a/status/1", "tweet", "thread"),
        ("refdesk:primer/gqa", "other", "note"),
        ("file:///home/a/notes.md", "other", "note"),
    ],
)
def test_source_and_kind(url: str, source: str, kind: str) -> None:
    assert (source_of(url), kind_of(url)) == (source, kind)


PAGE = "https://a.example/x"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Grouped-query attention shares keys.", ["Grouped-query attention shares keys."]),
        (
            "## Attention\n\n- **Grouped-query** attention ([GQA](https://b.example/(y))) lets "
            "`n_kv` heads serve very many query heads. It is fast.\n- Next point is here too.",
            ["Grouped-query attention (GQA) lets n_kv", "serve very many query heads."],
        ),
        ("| method | rank |\n| --- | --- |\n| LoRA & co, new | 8 |", ["LoRA & co, new"]),
        ("```python\nx = f(a, b)\n```", ["x = f(a, b)"]),
        ("### Only a heading", ["Only a heading"]),
        (
            "分组查询注意力把查询头分成若干组，每组共享同一个键头和值头，从而减少显存占用。第二句。",
            ["分组查询注意力把查询头分成若干组", "，从而减少显存占用。"],
        ),
        (
            "The loss $L = -\\log p$ is averaged over the whole batch of tokens before the step.",
            ["is averaged over the whole", "of tokens before the step."],
        ),
        (
            "Call `__init__` of *the* base class \\[first\\].",
            ["Call __init__ of the base class [first]."],
        ),
    ],
)
def test_deep_link_quotes_the_page(text: str, found: list[str]) -> None:
    page, _, directive = deep_link(PAGE, text).partition("#:~:text=")
    assert page == PAGE
    assert not re.search(r"[-&\s]", directive)
    parts = [unquote(part) for part in directive.split(",")]
    assert parts == [part.lstrip("，") for part in found]


def test_deep_link_addresses() -> None:
    assert deep_link(PAGE + "#part", "some plain words") == (
        PAGE + "#part:~:text=some%20plain%20words"
    )
    assert deep_link("refdesk:primer/gqa", "words") == "refdesk:primer/gqa"
    assert deep_link("file:///home/a.md", "words") == "file:///home/a.md"
    assert deep_link(PAGE, " \n---\n") == PAGE
    raw = "https://raw.githubusercontent.com/o/r/main/a.md"
    assert deep_link(raw, "words") == "https://github.com/o/r/blob/main/a.md#:~:text=words"


@pytest.mark.parametrize(
    ("text", "before", "directive"),
    [
        ("Bake the bread well.", "Feed the starter well.", "Bake the bread well."),
        ("Bake the bread well.", "Bake the bread *well*, twice.\n\n## Rye", ""),
        (
            "Bake the bread well.",
            "Bake the bread *well*.\n\n## The rye: step two\n",
            "step two-,Bake the bread well.",
        ),
        (
            "Then it rises again. Bake the bread well and let it rest.",
            "- Then it rises again.\n\nFeed the [starter](x.md) twice.\n",
            "starter twice.-,Then it rises again.",
        ),
        ("烤面包。", "烤面包。先喂酵头。再等一夜。\n", "再等一夜。-,烤面包。"),
        ("Bake the bread well.", "Bake the bread well.\n\n$x$", ""),
    ],
)
def test_a_link_tells_like_words_apart_by_what_is_ahead(
    text: str, before: str, directive: str
) -> None:
    found = deep_link(PAGE, text, before).partition("#:~:text=")[2]
    assert unquote(found) == (directive or text)


@given(st.text(), st.text())
def test_a_directive_is_one_fragment(text: str, before: str) -> None:
    for ahead in ("", before, f"{text}\n{before}"):
        link = deep_link(PAGE, text, ahead)
        fragment = urlsplit(link).fragment
        assert link.isascii()
        words = "[A-Za-z0-9_.~%]+"
        assert re.fullmatch(f"(:~:text=({words}-,)?{words}(,{words})?)?", fragment)


REPOSITORY = "https://github.com/o/r"


@pytest.mark.parametrize(
    ("target", "base", "expected"),
    [
        ("./dev/", REPOSITORY, f"{REPOSITORY}/tree/main/dev"),
        ("./dev/lm", f"{REPOSITORY}/blob/main/", f"{REPOSITORY}/tree/main/dev/lm"),
        ("1-a/b.md", f"{REPOSITORY}/tree/dev", f"{REPOSITORY}/blob/dev/1-a/b.md"),
        ("../b.md#x", f"{REPOSITORY}/blob/main/d/README.md", f"{REPOSITORY}/blob/main/b.md#x"),
        ("b.md", f"{REPOSITORY}/tree/main/d", f"{REPOSITORY}/blob/main/d/b.md"),
        ("/LICENSE", f"{REPOSITORY}/blob/main/d/README.md", f"{REPOSITORY}/blob/main/LICENSE"),
        ("llama-3.1/", REPOSITORY, f"{REPOSITORY}/tree/main/llama-3.1"),
        ("llama-3.1", REPOSITORY, f"{REPOSITORY}/tree/main/llama-3.1"),
        ("../../..", f"{REPOSITORY}/blob/main/d/README.md", REPOSITORY),
        (
            "b.md",
            "https://raw.githubusercontent.com/o/r/main/d/README.md",
            f"{REPOSITORY}/blob/main/d/b.md",
        ),
        ("b.html", "https://a.example/list/index.html", "https://a.example/list/b.html"),
        ("//b.example/x", None, "https://b.example/x"),
        ("https://b.example/x?usp=1#y", REPOSITORY, "https://b.example/x?usp=1#y"),
    ],
)
def test_resolve(target: str, base: str | None, expected: str) -> None:
    assert resolve(target, base) == (expected, "")


@pytest.mark.parametrize(
    "target",
    ["", "#a", "mailto:a@b.example", "javascript:alert(1)", "file:///etc/passwd", "http://"],
)
def test_what_is_no_page_has_a_reason(target: str) -> None:
    url, reason = resolve(target, REPOSITORY)
    assert not url
    assert reason


def test_a_host_belongs_to_one_site():
    hosts = {
        host
        for site in SITES
        for host in (*site.aliases.values(), *site.spellings, *site.noise, *site.names)
    }
    owners = {
        host: [site for site in SITES if site.hosts.fullmatch(host.removeprefix("www."))]
        for host in hosts
    }
    assert {host: len(owned) for host, owned in owners.items()} == dict.fromkeys(hosts, 1)


def test_a_site_names_every_source_that_it_gives():
    for row in ("a", "a/b", "a/b/tree/m/x", "a/b/blob/m/x", "a/b/issues/1", "blog/x", "course/x"):
        for site in SITES:
            source = site.source(row.split("/"))
            assert source == OTHER or source in site.kinds


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://arxiv.org/abs/2305.18290", "2023-05"),
        ("https://arxiv.org/abs/hep-th/9901001", "1999-01"),
        ("https://huggingface.co/papers/2305.18290", "2023-05"),
        ("https://x.com/hongyangzh/status/1733169111625064833", "2023-12-08"),
        ("https://a.example/2024/06/11/title.html", "2024-06-11"),
        ("https://a.example/posts/2023-06-23-agent", "2023-06-23"),
        ("https://a.example/blog/2023/05/title", "2023-05"),
    ],
)
def test_an_address_tells_the_day_or_the_month(url: str, told: str) -> None:
    assert date_of(canonical(url)) == told


@pytest.mark.parametrize(
    "url",
    [
        "https://arxiv.org/abs/2313.00001",  # no such month
        "https://arxiv.org/list/cs.CL",
        "https://x.com/a/status/12",  # numbers told nothing then
        "https://a.example/2023/02/30/title",  # no such day
        "https://a.example/blog/2023/05",  # a month's archive, no post
        "https://a.example/class/2023/1/notes",  # the first lecture
        "https://a.example/wp-content/uploads/2023/05/paper.pdf",  # the day a file came
        "https://github.com/a/b/blob/main/2023/05/17/a.md",
        "file:///home/a/2023/05/17/title.md",
    ],
)
def test_what_may_be_no_date_is_none(url: str) -> None:
    assert date_of(canonical(url)) == ""


@pytest.mark.parametrize(
    ("url", "account"),
    [
        ("https://x.com/someone", True),
        ("https://www.youtube.com/@someone/", True),
        ("https://github.com/someone", True),
        ("https://github.com/someone/repository", False),
        ("https://space.bilibili.com/12", True),
        ("https://medium.com/@some.one", True),
        ("https://www.linkedin.com/in/some-one/", True),
        ("https://example.org/someone", False),
    ],
)
def test_an_account_is_told_from_what_it_publishes(url, account):
    assert is_account(url) is account


def test_no_two_sites_are_called_alike():
    called = [name for site in SITES for name in site.called]
    assert len(called) == len(set(called))
    assert all(name == name.lower() for name in called)


@pytest.mark.parametrize(
    ("said", "address", "number"),
    [
        ("见 https://a.example/x，中文", ["https://a.example/x"], []),
        ('"https://a.example/x".', ["https://a.example/x"], []),
        ("Summarise 2305.13245.", [], ["2305.13245"]),
        ("Is 2305.13245v2 newer?", [], ["2305.13245"]),
        ("Version 1.2305.13245 or 2305.13245.1", [], []),
    ],
)
def test_an_address_in_a_sentence_ends_before_the_marks_that_close_it(said, address, number):
    assert ADDRESS.findall(said) == address
    assert ARXIV_NUMBER.findall(said) == number
