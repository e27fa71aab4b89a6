"""The Chinese wording of the primer says what the notes say, sentence for sentence."""

import re
from collections import Counter

import pytest

from assistant.answering.evidence import Piece, in_chinese
from assistant.answering.evidence.pieces import BLOCKS, pieces
from assistant.learning import primer
from ingest.shipped import shipped
from ingest.text.large_numbers import quantities
from ingest.text.passage import cut
from ingest.values import Document

CHINESE = {file.stem: file.read_text("utf-8") for file in shipped("primer-zh").glob("*.md")}
each_note = pytest.mark.parametrize("slug", sorted(CHINESE))

INLINE = re.compile(r"(?<![\\$])\$(?!\$)[^$\n]+\$(?!\$)|`[^`\n]+`")
HEADING = re.compile(r"^(#+) ", re.MULTILINE)
UNITS = "thousand|million|billion|trillion"
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def aligned(slug: str) -> list[tuple[Piece, Piece]]:
    return list(zip(pieces(primer.notes()[slug].text), pieces(CHINESE[slug]), strict=True))


def prose(slug: str) -> list[tuple[Piece, Piece]]:
    return [(one, other) for one, other in aligned(slug) if not one.block]


def test_every_chinese_note_words_a_note():
    assert set(CHINESE) == set(primer.notes())


def test_a_sentence_with_code_or_money_is_worded_as_a_library_has_it():
    names = "names the forward operation whose gradient became NaN, at a high cost in time."
    said = in_chinese("ml-debugging", f"torch.autograd.set_detect_anomaly(True) {names}")
    assert said is not None
    assert said.startswith("torch.autograd.set_detect_anomaly(True) ")
    said = in_chinese("deepseek", "At an assumed price of $2 per hour the sum is $5.576 million.")
    assert said is not None
    assert "\\$" not in said


@each_note
def test_the_pieces_of_both_stand_in_the_same_order(slug):
    english, chinese = primer.notes()[slug].text, CHINESE[slug]
    forms = [[piece.form for piece in pieces(text)] for text in (english, chinese)]
    assert forms[0] == forms[1]
    assert HEADING.findall(english) == HEADING.findall(chinese)
    for one, other in aligned(slug):
        if one.title:  # a short title counts as one by its words, which Chinese does not set apart
            continue
        assert (one.whole, one.leads) == (other.whole, other.leads), other.text


@each_note
def test_formulas_and_code_are_copied(slug):
    for one, other in aligned(slug):
        if one.form == "table":
            cells = [[row.count("|") for row in text.strip().splitlines()]
                     for text in (one.text, other.text)]  # fmt: skip
            assert cells[0] == cells[1]
        elif one.block:
            assert one.text.strip() == other.text.strip()
        else:
            assert Counter(INLINE.findall(one.text)) == Counter(INLINE.findall(other.text))


@each_note
def test_every_number_is_kept_in_whatever_units(slug):
    for one, other in prose(slug):
        said, wording = _with_units(INLINE.sub(" ", one.text)), _apart(INLINE.sub(" ", other.text))
        assert quantities(said) <= quantities(wording), other.text
        assert quantities(wording) <= quantities(said) | quantities(_in_digits(said)), other.text


@each_note
def test_names_are_kept(slug):
    for one, other in prose(slug):
        for name in _names(INLINE.sub(" ", one.text)):
            assert name in other.text, other.text


@each_note
def test_the_wording_is_chinese_and_punctuated_so(slug):
    for one, other in prose(slug):
        if one.form == "row":
            continue
        assert "**" not in other.text
        assert not re.search(r"[\u4e00-\u9fff][,;:(]|[,;:)][\u4e00-\u9fff]", other.text), other.text
        if one.text.endswith((".", ":", ";")) and not one.text.endswith("..."):
            assert other.text.endswith({".": "。", ":": "：", ";": "；"}[one.text[-1]])


def test_numbers_are_counted_in_ten_thousands_and_hundred_millions():
    for english, chinese in (
        ("With NF4 and double quantisation, 65 billion weights take about 33.5 GB, against 130 GB "
         "at 16 bits; Dettmers et al. fine-tuned a 65-billion-parameter model on one 48 GB GPU.",
         "使用 NF4 和双重量化时，650 亿个权重约占 33.5 GB，而 16 位时要占 130 GB；Dettmers 等人在"
         "一块 48 GB 的 GPU 上微调了一个 650 亿参数的模型。"),
        ("QLoRA (Dettmers et al., 2023) combines three ideas:",
         "QLoRA（Dettmers 等人，2023）结合了三个想法："),
    ):  # fmt: skip
        assert in_chinese("lora-and-qlora", english) == chinese


def test_headings_items_rows_and_blocks_are_worded_too():
    assert in_chinese("kv-cache", "Why the KV cache exists") == "为什么需要 KV 缓存"
    item = "Fewer key-value heads: multi-query and grouped-query attention."
    assert in_chinese("kv-cache", item) == "更少的键值头：多查询注意力和分组查询注意力。"
    row = "| MHA | 64 | 2,621,440 | 10 GiB |"
    assert in_chinese("mha-mqa-gqa", row) == row
    assert in_chinese("transformer-block", "$$12\\,L\\,d^2$$") == "$$12\\,L\\,d^2$$"


def test_a_lead_that_ends_in_a_full_stop_does_so_in_chinese():
    said = in_chinese("lora-and-qlora", "QLoRA (Dettmers et al., 2023) combines three ideas.")
    assert said == "QLoRA（Dettmers 等人，2023）结合了三个想法。"


def test_what_no_note_says_has_no_wording():
    assert in_chinese("kv-cache", "The moon is made of cheese.") is None
    assert in_chinese("no-such-note", "Why the KV cache exists") is None


@each_note
def test_the_sentences_of_every_passage_are_found(slug):
    note = primer.notes()[slug]
    document = Document(note.url, note.topic, note.text, None, None, "en", "primer", "note", "")
    for passage in cut(document, _words, 250):
        for piece in pieces(passage.text):
            if piece.form not in BLOCKS:
                assert in_chinese(slug, piece.text), piece.text


def _words(text: str) -> list[int]:
    return [word.start() for word in re.finditer(r"\S+", text)]


def _apart(text: str) -> str:
    """Set a number apart from the Chinese before it."""
    return re.sub(r"(?<=[^\x00-\x7f])(?=\d)", " ", text)


def _with_units(text: str) -> str:
    """Give every number its unit: "13-billion", and "from 1.5 to 70 billion"."""
    text = re.sub(rf"(?<=\d)-(?={UNITS})", " ", text)
    listed = re.compile(rf"(\d)((?:, (?:and )?| and | or | to )\d[\d.]*\s)({UNITS})")
    while (spread := listed.sub(r"\1 \3\2\3", text)) != text:
        text = spread
    return text


def _in_digits(text: str) -> str:
    for number, word in enumerate(WORDS):
        text = re.sub(rf"\b{word}\b", str(number), text, flags=re.IGNORECASE)
    months = [str(place) for place, month in enumerate(MONTHS, 1) if month in text]
    return " ".join([text, *months])


def _names(text: str) -> set[str]:
    """Return abbreviations, model names, and authors who are cited with a year."""
    names = set(re.findall(r"\b\w*[A-Z]\w*[A-Z]\w*?(?=s?\b)", text))
    names |= set(
        re.findall(r"([A-Z][\w-]+)(?= et al\.| \((?:19|20)\d\d\)|, (?:19|20)\d\d\))", text)
    )
    return names | set(
        re.findall(r"([A-Z][\w-]+) and (?=[A-Z][\w-]+(?: \(|, )(?:19|20)\d\d)", text)
    )
