"""The words marked in a passage are those that carry a sentence."""

from ui.page.highlight import marked, readable


def test_a_quotation_is_marked_whole_wherever_lines_break():
    html = marked("One.\nThe **cache** holds\nkeys. Two.", ["The cache holds keys."], verbatim=True)
    assert html == "One.\n<mark>The cache holds\nkeys.</mark> Two."


def test_a_paraphrase_marks_the_words_shared_but_no_common_ones():
    html = marked("Caching the keys with care", ["It caches every key, with KV."], verbatim=False)
    assert html == "<mark>Caching</mark> the <mark>keys</mark> with care"


def test_words_are_marked_by_the_stems_that_search_finds_them_by():
    html = marked("Models run; policies were optimised.", ["running policy optimizing"],
                  verbatim=False)  # fmt: skip
    assert html == "Models <mark>run</mark>; <mark>policies</mark> were <mark>optimised</mark>."


def test_chinese_words_are_marked_as_pairs():
    assert marked("使用键值缓存推理", ["缓存的键值"], verbatim=False) == (
        "使用<mark>键值缓存</mark>推理"
    )


def test_everything_else_is_escaped():
    assert marked('1 < 2 & "x"', ["b"], verbatim=False) == "1 &lt; 2 &amp; &quot;x&quot;"


def test_markdown_is_read_off():
    text = "## Head\n\n- [link](https://a.example) and `code`\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    assert readable(text) == "Head\n\nlink and code\n\na · b\n\n1 · 2"
