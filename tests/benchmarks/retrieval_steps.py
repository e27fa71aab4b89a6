"""Measure each step of retrieval by itself: ``python -m tests.benchmarks.retrieval_steps``.

A row is a step, a column a set of questions: nDCG@10 and recall@5 by document, and the share of
questions whose evidence lies in the first eight passages, by which answers stand or fall. A star
marks a difference to the first row that a paired bootstrap calls significant (p < 0.05). What was
tried and left out lives here, so that others can repeat it; what was kept is in `index`.
"""

import argparse
import json
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import platformdirs

from assistant.evaluation.beir import read_collection, rrf
from assistant.evaluation.bootstrap import paired
from assistant.evaluation.scores import UNANSWERABLE, read_questions
from index import metrics
from index.models.embedder import Embedder
from index.search.dense import VectorIndex
from index.search.fusion import best_first, feedback, normalised
from index.search.fusion import fuse as weighed
from index.search.lexical import WordIndex
from index.search.library import Library
from index.store.generation import Home
from index.store.sqlite import Store
from tests.benchmarks.retrieval import refdesk

Ranked = list[tuple[int, float]]
Step = Callable[["Questions", str], Ranked]
SHOWN = 8
_WORD = re.compile(r"[\u3040-\u9fff]|[^\W_\u3040-\u9fff]+")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")


class Questions:
    """Questions over one library, and what a run over them is worth."""

    def __init__(self, name: str, home: Path, embedder: Embedder) -> None:
        self.name = name
        folder = Home(home).current()
        if folder is None:
            raise SystemExit(f"{home} holds no library")
        self.embedder = embedder
        self.library = Library(Home(home), embedder)
        self.store: Store = self.library.store
        self.dense, self.words = VectorIndex(folder), WordIndex(folder / "words")
        numbers = [int(number) for number in self.dense.numbers]
        self.passages = self.store.passages(numbers)
        self.text: dict[str, str] = {}
        self.evidence: dict[str, str] = {}
        self.gains: dict[str, dict[str, int]] = {}
        self.ids: dict[str, list[str]] = {}

    def read(self, files: Sequence[Path]) -> "Questions":
        """Take question files with gold addresses: any of a question's is the one document."""
        for file in files:
            rows = {row["id"]: row for row in map(json.loads, file.read_text().splitlines())}
            for each in read_questions(file):
                if each.type != UNANSWERABLE:
                    self.text[each.id] = each.question
                    self.gains[each.id] = dict.fromkeys(each.gold, 1)
                    self.evidence[each.id] = rows[each.id]["evidence"]
        return self

    def read_collection(self, folder: Path) -> "Questions":
        """Take the queries of a collection in BEIR layout."""
        collection = read_collection(folder)
        self.text, self.gains = dict(collection.queries), collection.gains
        for url in {passage.url for passage in self.passages.values()}:
            self.ids[url] = [url.partition("#")[2]] if url.startswith("file:") else [
                each for address in sorted(self.store.addresses(url))
                for each in collection.addresses.get(address, ())
            ]  # fmt: skip
        return self

    def scores(self, step: Step) -> dict[str, dict[str, float]]:
        """Return the measures of every question."""
        run = {question: [n for n, _ in step(self, question)][:100] for question in self.text}
        found: dict[str, dict[str, float]]
        if self.ids:
            ranked = {
                question: list(
                    dict.fromkeys(i for url in self._documents(numbers) for i in self.ids[url])
                )
                for question, numbers in run.items()
            }
            return metrics.calculate(self.gains, ranked, metrics.COLLECTION_MEASURES)
        ranks = {
            question: next(
                (
                    rank
                    for rank, url in enumerate(self._documents(numbers), 1)
                    if self.store.addresses(url) & self.gains[question].keys()
                ),
                None,
            )
            for question, numbers in run.items()
        }
        found = metrics.scores(ranks)
        for question, numbers in run.items():
            wanted = grams(self.evidence[question])
            shown = numbers[:SHOWN]
            found[question]["evidence@8"] = float(self.holds(wanted, [[n] for n in shown]))
            beside = self.store.beside(numbers[:3])
            joined = [[n, *beside.get(n, ())] for n in numbers[:3]]
            found[question]["+ neighbours"] = float(
                self.holds(wanted, [*joined, *([n] for n in shown)])
            )
            found[question]["documents"] = len(self._documents(shown))
        return found

    def holds(self, wanted: set[tuple[str, ...]], groups: Sequence[Sequence[int]]) -> bool:
        """Say whether 0.8 of the word pairs of an evidence stand in one group of passages."""
        return any(
            len(wanted & set[tuple[str, ...]]().union(*(grams(self.passages[n].text) for n in one)))
            >= 0.8 * len(wanted)
            for one in groups
        )

    def _documents(self, numbers: Sequence[int]) -> list[str]:
        return list(dict.fromkeys(self.passages[number].url for number in numbers))


def grams(text: str) -> set[tuple[str, ...]]:
    """Return the pairs of neighbouring words (of Han characters) of a text, links as their text."""
    words = _WORD.findall(_LINK.sub(r"\1", text).lower())
    return set(pairwise(words)) or {(word,) for word in words}


def fuse(*lists: Ranked) -> Ranked:
    """Sum normalised scores, every list weighing the same."""
    return best_first(weighed(*((normalised(each), 1.0) for each in lists)))


def product(of: Questions, question: str) -> Ranked:
    """What refdesk does."""
    return [(h.passage.number, h.score) for h in of.library.search(of.text[question], 100)]


def by_meaning(of: Questions, question: str) -> Ranked:
    """Vectors alone."""
    return of.dense.search(of.embedder.embed_query(of.text[question]), 100)


def by_words(of: Questions, question: str) -> Ranked:
    """Words alone, titles counting more."""
    return of.words.search(of.text[question], 100)


def by_rank(of: Questions, question: str) -> Ranked:
    """Reciprocal rank fusion, k = 60."""
    return rrf(by_meaning(of, question), by_words(of, question))


def by_score(of: Questions, question: str) -> Ranked:
    """Sum of z-scores."""
    return fuse(by_meaning(of, question), by_words(of, question))


def with_feedback(of: Questions, question: str) -> Ranked:
    """The same with feedback, without other forms of abbreviations."""
    fused = by_score(of, question)
    seeds = of.dense.vectors([number for number, _ in fused[:3]])
    moved = feedback(of.embedder.embed_query(of.text[question]), seeds)
    return fuse(of.dense.search(moved, 100), by_words(of, question))


def at_most(share: int) -> Step:
    """So many passages of one document among the first eight. Left out: evidence gets lost."""

    def step(of: Questions, question: str) -> Ranked:
        first: Ranked = []
        later: Ranked = []
        seen: dict[str, int] = {}
        for number, score in product(of, question):
            url = of.passages[number].url
            seen[url] = seen.get(url, 0) + 1
            keep = seen[url] <= share and len(first) < SHOWN
            (first if keep else later).append((number, score))
        return first + later

    return step


def apart(weight: float) -> Step:
    """Maximal marginal relevance (Carbonell and Goldstein 1998). Left out: evidence gets lost."""

    def step(of: Questions, question: str) -> Ranked:
        ranked = product(of, question)
        pool, chosen = ranked[:40], list[tuple[int, float]]()
        if not pool:
            return ranked
        near = dict(zip((n for n, _ in pool), of.dense.vectors([n for n, _ in pool]), strict=True))
        while pool and len(chosen) < SHOWN:
            best = max(
                pool,
                key=lambda pair: (
                    weight * pair[1]
                    - (1 - weight)
                    * max((float(near[pair[0]] @ near[n]) for n, _ in chosen), default=0.0)
                ),
            )
            chosen.append(best)
            pool.remove(best)
        return chosen + pool + ranked[40:]

    return step


def by_sentence(weight: float) -> Step:
    """The nearest sentence of the first 30. Left out: it costs Cranfield and evidence."""
    from ingest.text.sentences import sentences

    kept: dict[tuple[str, int], float | np.ndarray] = {}

    def near(of: Questions, number: int, query: np.ndarray) -> float:
        text = of.passages[number].text
        if (of.name, number) not in kept:
            kept[of.name, number] = of.embedder.embed([text[a:b] for a, b in sentences(text)])
        return float(np.max(kept[of.name, number] @ query, initial=0.0))

    def step(of: Questions, question: str) -> Ranked:
        ranked = product(of, question)
        query = of.embedder.embed_query(of.text[question])
        again = [(number, near(of, number, query)) for number, _ in ranked[:30]]
        both = dict(fuse(ranked[:30])), dict(fuse(again))
        first = [(n, (1 - weight) * both[0][n] + weight * both[1][n]) for n, _ in again]
        return sorted(first, key=lambda pair: -pair[1]) + ranked[30:]

    return step


STEPS: dict[str, Step] = {
    "refdesk": product,
    "vectors alone": by_meaning,
    "words alone": by_words,
    "rank fusion, k = 60": by_rank,
    "score fusion": by_score,
    "score fusion, feedback": with_feedback,
    "at most 2 a document": at_most(2),
    "at most 3 a document": at_most(3),
    "marginal relevance, 0.8": apart(0.8),
}
SLOW: dict[str, Step] = {f"sentences, {w}": by_sentence(w) for w in (0.2, 0.35)}


def table(sets: Sequence[Questions], steps: dict[str, Step]) -> None:
    """Print a row per step."""
    base: dict[str, dict[str, dict[str, float]]] = {}
    for label, step in steps.items():
        row: list[Any] = [label]
        for of in sets:
            found = of.scores(step)
            first = base.setdefault(of.name, found)
            names = ["ndcg@10", "recall@100"] if of.ids else [
                "ndcg@10", "recall@5", "evidence@8", "+ neighbours", "documents"]  # fmt: skip
            for name in names:
                values = [found[question][name] for question in of.text]
                before = [first[question][name] for question in of.text]
                other = paired(before, values)
                star = "*" if name != "documents" and other and other[1] < 0.05 else ""
                row.append(f"{name} {fmean(values):.3f}{star}")
            row.append(f"({of.name})")
        print(" | ".join(row), flush=True)


def main() -> None:
    """Read the arguments and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--models", type=Path, default=platformdirs.user_cache_path("refdesk-tests")
    )
    parser.add_argument("--pages", type=Path, help="home made with --no-primer from the pages")
    parser.add_argument("--primer", type=Path, help="home that holds the primer")
    parser.add_argument("--beir", type=Path, help="home of a collection, as `eval --beir` made it")
    parser.add_argument(
        "--shared", type=Path, default=Path(os.environ.get("REFDESK_SHARED", "../shared"))
    )
    parser.add_argument("--slow", action="store_true", help="steps that embed sentences, too")
    given = parser.parse_args()
    if given.pages or given.primer or given.beir:
        measure(given)
        return
    with tempfile.TemporaryDirectory() as folder:
        make_homes(Path(folder), given)
        measure(given)


def make_homes(folder: Path, given: argparse.Namespace) -> None:
    """Make the three homes in a folder and put them where the options would name them."""
    given.pages, given.primer = folder / "pages", folder / "primer"
    for home in (given.pages, given.primer):
        home.mkdir()
        (home / "models").symlink_to(given.models)
    warc, cranfield = given.shared / "web" / "pages.warc.gz", given.shared / "ir" / "cranfield"
    refdesk(given.pages, "ingest", "--no-primer", str(warc), "--json")
    refdesk(given.pages, "eval", "--beir", str(cranfield), "--json")
    refdesk(given.primer, "status", "--json")
    (given.beir,) = (given.pages / "cache" / "beir").iterdir()


def measure(given: argparse.Namespace) -> None:
    """Measure all steps over the homes that are given."""
    embedder = Embedder.open(given.models)
    sets = []
    if given.pages:
        files = [given.shared / "eval" / f"questions{part}.jsonl" for part in ("", "-extra")]
        sets.append(Questions("pages", given.pages, embedder).read(files))
    if given.primer:
        file = Path("data") / "eval" / "primer.jsonl"
        sets.append(Questions("primer", given.primer, embedder).read([file]))
    if given.beir:
        folder = given.shared / "ir" / "cranfield"
        sets.append(Questions("cranfield", given.beir, embedder).read_collection(folder))
    table(sets, STEPS | (SLOW if given.slow else {}))


if __name__ == "__main__":
    main()
