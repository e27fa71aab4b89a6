"""Search within and between languages: ``python -m tests.benchmarks.languages [--home FOLDER]``.

The paragraphs of XQuAD and their questions, in English, Chinese, German and Spanish (beside the
checkout, never part of it). A row is a direction, questions → texts: nDCG@10 / recall@1 by words
alone, by vectors alone and by refdesk, everything by default as a person has it. In the library
`mixed` every other paragraph is there in English only, the rest in Chinese only.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import platformdirs

from assistant.evaluation import beir
from index.models.embedder import DEFAULT, Embedder
from index.store.generation import Home

LANGUAGES = ("en", "zh", "de", "es")
DIRECTIONS = (
    "en-en", "zh-zh", "de-de", "es-es", "zh-en", "en-zh", "de-en", "en-de", "es-en", "en-mixed",
    "zh-mixed",
)  # fmt: skip


def paragraphs(shared: Path, lang: str) -> list[dict[str, str]]:
    """Return the paragraphs in a language as rows of a corpus."""
    return [
        {"_id": str(number), "title": article["title"].replace("_", " "), "text": each["context"]}
        for number, (article, each) in enumerate(_all(shared, lang))
    ]


def questions(shared: Path, lang: str) -> list[tuple[str, str, str]]:
    """Return (id, question, number of its paragraph) in a language."""
    return [
        (each["id"], each["question"], str(number))
        for number, (_, paragraph) in enumerate(_all(shared, lang))
        for each in paragraph["qas"]
    ]


def _all(shared: Path, lang: str) -> Iterable[tuple[Any, Any]]:
    file = shared / "public" / "xquad" / f"xquad.{lang}.json"
    for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            yield article, paragraph


def make(folder: Path, shared: Path, direction: str, step: int) -> None:
    """Write a direction as a collection in BEIR layout."""
    asked, _, told = direction.partition("-")
    if told == "mixed":
        both = zip(paragraphs(shared, "en"), paragraphs(shared, "zh"), strict=True)
        rows = [pair[number % 2] for number, pair in enumerate(both)]
    else:
        rows = paragraphs(shared, told)
    (folder / "qrels").mkdir(parents=True)
    _write(folder / "corpus.jsonl", rows)
    given = questions(shared, asked)[::step]
    _write(folder / "queries.jsonl", [{"_id": key, "text": text} for key, text, _ in given])
    lines = ["query-id\tcorpus-id\tscore", *(f"{key}\t{number}\t1" for key, _, number in given)]
    (folder / "qrels" / "test.tsv").write_text("\n".join(lines), encoding="utf-8")


def _write(file: Path, rows: Iterable[dict[str, str]]) -> None:
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    file.write_text("\n".join(lines), encoding="utf-8")


def main() -> None:
    """Read the arguments and print a row for each direction."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directions", nargs="*", default=DIRECTIONS)
    parser.add_argument("--home", type=Path, help="kept: a second run finds its libraries built")
    parser.add_argument("--embedder", default=DEFAULT)
    parser.add_argument("--step", type=int, default=1, help="every so many questions only")
    given = parser.parse_args()
    shared = Path(os.environ.get("REFDESK_SHARED", "../shared"))
    embedder = Embedder.open(platformdirs.user_cache_path("refdesk-tests"), name=given.embedder)
    with tempfile.TemporaryDirectory() as scratch:
        home = Home(given.home or Path(scratch) / "home")
        print("questions-texts | words | vectors | refdesk | search p50 ms")
        for direction in given.directions:
            folder = Path(scratch) / direction
            make(folder, shared, direction, given.step)
            report = beir.evaluate(folder, home, embedder, lambda *_: None).report
            found = {**report["baselines"], "refdesk": report["retrieval"]}
            cells = [
                f"{found[name]['ndcg@10']:.3f} / {found[name]['recall@1']:.3f}"
                for name in ("words", "dense", "refdesk")
            ]
            seconds = report["timings"]["search_p50_s"]
            print(" | ".join([direction, *cells, f"{1000 * seconds:.1f}"]), flush=True)


if __name__ == "__main__":
    main()
