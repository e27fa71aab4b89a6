"""The weights file of multilingual-e5-small and its tokenizer, with the real file."""

import random
import unicodedata
from pathlib import Path

import pytest
import tokenizers

from index.models.e5_tokenizer import UnigramTokenizer
from index.models.e5_weights import Pieces, read_pieces, write_checkpoint
from index.models.weights import obtain
from ingest.errors import ModelUnavailable

TEXTS = (
    "Hello world",
    "Grouped-query attention (GQA), see https://example.com/a?b=c#d&e=%20.",
    "分组查询注意力让多个查询头共享同一组键和值，从而减小 KV 缓存。",
    "回転位置埋め込み（RoPE）は相対位置を回転で表す。",
    "키와 값을 공유한다. Внимание! הקשב انتباه ध्यान",
    "def f(x):\n    return  x**2  # λ",
    "| method | bits |\n| --- | --- |\n| QLoRA | 4 |",
    "𠀀𠀁 龘 🙂👩‍👧 ᚠᛇᚻ ￼",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa0123456789",
    "<s> </s> <unk> <mask> ▁",
    "",
)


@pytest.fixture(scope="module")
def weights(models_dir: Path) -> Path:
    return obtain("multilingual-e5-small", models_dir)


@pytest.fixture(scope="module")
def pieces(weights: Path) -> Pieces:
    return read_pieces(weights)


@pytest.fixture(scope="module")
def tokenizer(pieces: Pieces) -> UnigramTokenizer:
    return UnigramTokenizer(pieces)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        # the engine the file was made for gives these
        ("Hello world", [0, 35378, 8999, 2]),
        (
            "query: 什么是分组查询注意力？",
            [0, 41, 1294, 12, 6, 171815, 1583, 14196, 115106, 155026, 32, 2],
        ),
        (
            "def f(x):\n    return  x**2",
            [0, 8, 420, 1238, 132, 425, 2077, 30646, 1022, 25442, 304, 2],
        ),
        (
            "naïve ﬁne ① ㎏ ½ ™ … ＡＢＣ　～",
            [0, 24, 9392, 272, 5885, 106, 5279, 78660, 50523, 153, 47457, 6, 6087, 2],
        ),
        ("🙂 \u200b(ﾊﾝｶｸ)", [0, 3143, 15, 158676, 10045, 4758, 16, 2]),
    ],
)
def test_known_tokens(tokenizer: UnigramTokenizer, text: str, ids: list[int]) -> None:
    assert tokenizer.ids(text) == ids


def test_tokens_are_those_of_the_library(pieces: Pieces, tokenizer: UnigramTokenizer) -> None:
    spelt = [(f"<{number}>", 0.0) for number in range(len(pieces.scores))]
    for piece, number in pieces.ids.items():
        spelt[number] = (piece, pieces.scores[number])
    library = tokenizers.Tokenizer(tokenizers.models.Unigram(spelt, pieces.unknown))
    library.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace()
    rng = random.Random(3)
    scripts = "abcdefgh ijklmnop   键值缓存的注意力  あいう かきく  приветя  \n.,:/()0123456789é"
    drawn = ["".join(rng.choices(scripts, k=rng.randrange(1, 90))) for _ in range(300)]
    for text in (*TEXTS, *drawn):
        plain = unicodedata.normalize("NFC", text.translate(pieces.replaced))
        plain = " ".join(plain.split())
        wanted = library.encode(plain).ids if plain else []
        assert tokenizer.ids(text) == [pieces.start, *wanted, pieces.end], text


def test_white_space_and_composition_make_no_difference(tokenizer: UnigramTokenizer) -> None:
    for text in ("a  b", " a b\n", "a\tb", "a\u00a0b", "a\u200bb", "a\x01 b"):
        assert tokenizer.ids(text) == tokenizer.ids("a b"), text
    assert tokenizer.ids("cafe\u0301") == tokenizer.ids("café")
    assert tokenizer.ids("ＡＢＣ") == tokenizer.ids("ABC")


@pytest.mark.parametrize("text", [*TEXTS, "½ ﬁne㎏ cafe\u0301s a\x01b \u1100\u1161다"])
def test_a_token_starts_where_its_characters_do(tokenizer: UnigramTokenizer, text: str) -> None:
    starts = tokenizer.starts(text)
    assert len(starts) == len(tokenizer.ids(text)) - 2
    assert starts == sorted(starts)
    assert all(0 <= start < len(text) and not text[start].isspace() for start in starts)


def test_starts_are_exact(tokenizer: UnigramTokenizer) -> None:
    assert tokenizer.starts("the cache\n\nthe cache") == [0, 4, 11, 15]
    # one character that is four, and two tokens, to the model
    assert tokenizer.starts("x① ㍿the") == [0, 1, 3, 3, 4]


def test_another_file_is_refused(weights: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.bin"
    other.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelUnavailable, match="E5S1"):
        read_pieces(other)
    with pytest.raises(ModelUnavailable, match="E5S1"):
        write_checkpoint(other, tmp_path)
