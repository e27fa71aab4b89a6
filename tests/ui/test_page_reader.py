"""The reader view renders anybody's Markdown, and nothing in it runs or loads."""

import re

from ingest.values import Document
from ui.page.html_reader import reader_html
from ui.page.i18n import texts

EVIL = """# <script>alert(1)</script>

<img src=x onerror=alert(1)> ![call home](https://evil.example/pixel.png)
![](https://evil.example/2.png)

[run](javascript:alert(1)) [data](data:text/html,<script>alert(1)</script>) <javascript:alert(1)>
[fine](https://a.example/?a=1&b="2) <https://b.example/>

<iframe src="https://evil.example"></iframe>

```html
<script>alert(1)</script>
```
"""


def document(text, **changes):
    values = {
        "url": "https://a.example/p", "title": "<b>T</b>", "text": text, "author": "<i>A</i>",
        "date": "2024-01-02", "lang": "en", "source": "blog", "kind": "post",
        "fetched_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    return Document(**(values | changes))


def test_nothing_in_a_document_runs_or_loads():
    html = reader_html(document(EVIL), texts("en"))
    tags = set(re.findall(r"<(\w+)", html))
    assert html.count("<script>") == 3  # ours, named by their digests
    assert "alert" not in "".join(re.findall(r"<script>(.*?)</script>", html, re.DOTALL))
    assert tags.isdisjoint({"img", "iframe", "b", "i", "object", "embed", "form"})
    links = re.findall(r'<a [^>]*href="([^"]*)"', html)
    assert all(each.startswith(("https://", "./", "#")) for each in links), links
    assert "https://evil.example/pixel.png" not in html
    assert "[call home]" in html
    outside = re.findall(r'<a href="https://[ab][^>]*>', html)
    assert len(outside) == 2
    assert all("nofollow" in each for each in outside)


def test_the_passage_is_marked_where_it_stands():
    text = "# T\n\nFirst.\n\n## Part\n\nSecond one.\n\n- third\n- fourth\n\n| a |\n| - |\n| b |\n"
    start = text.index("Second")
    end = text.index("fourth") - 3
    html = reader_html(document(text), texts("en"), span=(start, end))
    assert '<p class="cited" id="passage">Second one.</p>' in html
    assert html.count('class="cited"') == 2
    assert '<li class="cited">third</li>' in html
    assert '<a href="#passage">To the passage</a>' in html


def test_a_note_of_the_primer_has_no_live_page():
    html = reader_html(document("text", url="refdesk:primer/x", kind="note"), texts("zh"))
    assert '="refdesk:primer' not in html
    assert 'lang="zh"' in html
