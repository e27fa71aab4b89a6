"""How well pages become text: run by hand, ``python tests/benchmarks/extraction.py [SHARED]``.

Prints how many records of the shared archive become documents and why the others do not, the
token F1 of every rendered page against its raw Markdown, which parts of the structure survive, the
share of questions' evidence found word for word, and the speed on one core.
"""

import collections
import json
import re
import sys
import time
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from ingest.archive.values import Reply  # noqa: E402
from ingest.reading.document import Document, Rejection, read_document  # noqa: E402

_WORD = re.compile(r"[^\W_]+")
_CJK = re.compile(r"([\u3040-\u30ff\u3400-\u9fff])")


def replies(warc: Path) -> list[Reply]:
    found = []
    with warc.open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "response":
                head = record.http_headers
                found.append(
                    Reply(
                        record.rec_headers.get_header("WARC-Target-URI"),
                        int(head.get_statuscode()),
                        tuple(head.headers),
                        record.raw_stream.read(),
                        record.rec_headers.get_header("WARC-Date"),
                    )
                )
    return found


def tokens(text: str) -> collections.Counter[str]:
    """Count the words of a text; every CJK character is one."""
    return collections.Counter(_WORD.findall(_CJK.sub(r" \1 ", text.lower())))


def raw_tokens(text: str) -> collections.Counter[str]:
    """Count the words of raw Markdown; what no reader sees of it is left out."""
    text = re.sub(r"\A---\n.*?\n---\n", " ", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->|^import [^\n]*$", " ", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(
        r"!\[[^\]\n]*\]\([^)\n]*\)|<img[^<>]*>|^\[[^\]\n]+\]: *http\S+",
        " ",
        text,
        flags=re.MULTILINE,
    )
    text = re.sub(r"\]\([^)\n]*\)|</?[a-zA-Z][^<>\n]{0,300}>|&\w+;", " ", text)
    return tokens(text)


def f1(found: collections.Counter[str], wanted: collections.Counter[str]) -> float:
    total = found.total() + wanted.total()
    return 2 * (found & wanted).total() / total if total else 1.0


def structure(text: str) -> tuple[int, int, int, int]:
    """Count headings, code blocks, tables and formulas."""
    fences = re.findall(r"^[ \t>]*(?:```|~~~)", text, re.MULTILINE)
    bare = re.sub(r"^[ \t]*(```|~~~).*?^[ \t]*\1", "", text, flags=re.DOTALL | re.MULTILINE)
    rules = re.findall(r"^[ \t]*\|?[ \t]*:?-{3,}:?[ \t]*\|[-:| \t]*$", bare, re.MULTILINE)
    formulas = re.findall(r"\$[^$\n]+\$", bare)
    headings = re.findall(r"^#{1,6} ", bare, re.MULTILINE)
    return len(headings), len(fences) // 2, len(rules), len(formulas)


def raw_twins(shared: Path, bodies: dict[str, Reply]) -> list[tuple[str, str]]:
    """Pair every rendered page with its raw Markdown, by ``also_at`` and by GitHub's addresses."""
    pairs = {}
    for line in (shared / "web" / "links.jsonl").read_text("utf-8").splitlines():
        link = json.loads(line)
        for other in link.get("also_at", []):
            if link.get("archived") and other in bodies and "raw.githubusercontent" in other:
                pairs[link["final_url"]] = other
    for url in bodies:
        if found := re.match(r"https://github\.com/([^/]+/[^/]+)/blob/(.*)$", url):
            other = f"https://raw.githubusercontent.com/{found[1]}/{found[2]}"
            if other in bodies:
                pairs[url] = other
    return [(page, raw) for page, raw in pairs.items() if page in bodies]


def main() -> None:
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared"
    archived = replies(shared / "web" / "pages.warc.gz")
    read_document(archived[0])  # the first one loads the libraries
    started = time.process_time()
    read = {reply.url: read_document(reply) for reply in archived}
    seconds = time.process_time() - started
    print(f"{len(archived)} records, {len(archived) / seconds:.0f} a second of one core's time")
    reasons = collections.Counter(
        found.reason.split(" http")[0] for found in read.values() if isinstance(found, Rejection)
    )
    print(f"{len(archived) - reasons.total()} documents")
    for reason, count in reasons.most_common():
        print(f"  {count:4d} {reason}")

    bodies = {reply.url: reply for reply in archived}
    scores = []
    kept = [[0, 0] for _ in range(4)]
    for page, raw in raw_twins(shared, bodies):
        document = read[page]
        if isinstance(document, Document):
            source = bodies[raw].body.decode("utf-8")
            scores.append((f1(tokens(document.text), raw_tokens(source)), page))
            for pair, have, want in zip(
                kept, structure(document.text), structure(source), strict=True
            ):
                pair[0] += min(have, want)
                pair[1] += want
    scores.sort()
    mean = sum(score for score, _ in scores) / len(scores)
    print(f"token F1 of {len(scores)} rendered pages against raw Markdown: mean {mean:.4f}; worst:")
    for score, page in scores[:10]:
        print(f"  {score:.3f} {page}")
    for name, (have, want) in zip(("headings", "code", "tables", "formulas"), kept, strict=True):
        print(f"{name} kept: {have} of {want}")

    asked = []
    for name in ("questions.jsonl", "questions-extra.jsonl"):
        lines = (shared / "eval" / name).read_text("utf-8").splitlines()
        asked += [question for question in map(json.loads, lines) if question.get("evidence")]
    texts = {
        url: " ".join(found.text.split())
        for url, found in read.items()
        if isinstance(found, Document)
    }
    missing = [
        question
        for question in asked
        if " ".join(question["evidence"].split()) not in texts.get(question["evidence_url"], "")
    ]
    print(f"evidence found word for word: {len(asked) - len(missing)} of {len(asked)}")
    for question in missing:
        print(f"  {question['evidence_url']}: {question['evidence'][:120]!r}")


if __name__ == "__main__":
    main()
