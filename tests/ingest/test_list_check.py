"""What the text of a list shows to be wrong, and what it must not be blamed for."""

import pytest

from ingest.lists.check import check_text
from ingest.lists.written import anchors_of, headings_of, links_of

BASE = "https://github.com/a/b"
FINE = """# Mine

- [Attention](#attention)
- [Attention again](#attention-1)

## Attention
- [Sharing keys](https://a.example/mqa?v=2)

### Attention
- Prefix tuning
"""


def codes(text, base=BASE):
    return [finding.code for finding in check_text(text, "mine", base)]


def test_a_sound_list_is_not_blamed():
    assert codes(FINE) == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("- []()", "empty-link"),
        ("- ", "empty-bullet"),
        ("-[No space](https://c.example/)", "no-space-after-dash"),
        ("![img](images/)", "image-of-directory"),
        ("- [Elsewhere](#nowhere)", "broken-anchor"),
        ("- [Third](#attention-2)", "broken-anchor"),
        ("- [Sharing keys](https://a.example/mqa?v=2#part)", "same-target-twice"),
        ("- [Other name](https://a.example/mqa?v=2)", "same-target-two-titles"),
        ("- [X](https://c.example/1)", "title-says-nothing"),
        ("- [c.example](https://c.example/1)", "title-says-nothing"),
        ("- [Video](https://c.example/watch?v=1&)", "dangling-ampersand"),
        ("- [Paper](https://c.example/p?utm_source=list)", "view-parameter"),
        ("- [Root](https://github.com/c/d/tree/main)", "repository-root"),
        ("<!-- [Old](https://c.dev/old) -->", "commented-link"),
        ("\n[Alone](https://c.example/alone)", "not-a-list-item"),
        ("## Nothing here", "empty-section"),
    ],
)
def test_each_odd_form_is_found_where_it_stands(line, code):
    text = f"{FINE}{line}\n"
    found = check_text(text, "mine", BASE)
    assert [one.code for one in found] == [code]
    assert found[0].line == len(text.splitlines())


def test_a_template_in_a_comment_and_code_are_left_alone():
    assert codes(f"{FINE}<!-- [Link 1](http://example.com) -->\n```\n- []()\n```\n") == []


def test_a_bracket_behind_a_backslash_opens_no_link():
    found = list(links_of("\\[a](https://a.example/a) and [b](https://a.example/b)"))
    assert [link.title for link in found] == ["b"]


def test_mojibake_is_told_with_what_was_meant():
    broken = "# Notes\n- [Tülu 2](https://a.example/)\n".encode().decode("mac_roman")
    found = check_text(broken.encode(), "mine", BASE)
    assert [(one.code, one.line) for one in found] == [("mojibake", 2)]
    assert "Tülu 2" in found[0].message


def test_relative_links_need_a_base():
    text = "# Notes\n- [One](./one.md)\n"
    assert codes(text) == []
    assert codes(text, None) == ["relative-without-base"]


def test_two_hosts_of_one_site_are_named_at_each_link():
    text = "- [A post](https://x.com/a)\n- [Another](https://twitter.com/b)\n"
    assert codes(text) == ["two-hosts", "two-hosts"]


def test_anchors_are_those_of_github():
    text = "## 🟩 Model Architecture\n## LLM.int8()\n## LLM 架构\n## JAX / XLA\n## JAX / XLA\n"
    assert anchors_of(text) == {
        "-model-architecture", "llmint8", "llm-架构", "jax--xla", "jax--xla-1",
    }  # fmt: skip


def test_headings_count_what_stands_under_them():
    found = {
        one.title: (one.own, one.inside) for one in headings_of("# A\n## B\n- [c](https://c)\n")
    }
    assert found == {"A": (0, 1), "B": (1, 1)}


def test_the_real_lists_show_their_known_faults(shared):
    import gzip
    import re

    archive = gzip.decompress((shared / "web" / "pages.warc.gz").read_bytes())
    found = set()
    for match in re.finditer(rb"WARC-Target-URI: https://lists\.example/(\S+)", archive):
        body = archive[match.end() :].split(b"\r\n\r\n", 2)[2].split(b"\r\n\r\nWARC/")[0]
        found |= {one.code for one in check_text(body, match[1].decode(), BASE)}
    assert found >= {
        "mojibake", "empty-link", "empty-bullet", "no-space-after-dash", "image-of-directory",
        "title-says-nothing", "same-target-two-titles", "dangling-ampersand", "view-parameter",
        "repository-root", "two-hosts", "not-a-list-item", "empty-section",
    }  # fmt: skip
    assert "broken-anchor" not in found
