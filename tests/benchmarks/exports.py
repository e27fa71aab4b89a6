"""What comes in of other programs' files, by format, as a table in Markdown.

python -m tests.benchmarks.exports

Read are the examples of `tests.ingest.exports_examples`, each as it stands, with Windows' line ends
and a byte order mark, and in UTF-16 where the file does not name its own encoding.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from ingest.exports.registry import FORMATS, read_list
from tests.ingest.exports_examples import EXAMPLES, Example

Place = tuple[tuple[str, ...], str, str]
_HEAD = "| format | files | read as | entries expected | seen | not taken, and why |"


def spellings(example: Example) -> Iterator[bytes]:
    """Yield the bytes of an example as programs on different systems write them."""
    yield example.text.encode()
    text = example.text.lstrip("\ufeff").replace("\r\n", "\n")
    yield text.replace("\n", "\r\n").encode("utf-8-sig")
    if not text.startswith("<?xml"):  # which names its own encoding
        yield text.encode("utf-16")


def row(form: str, examples: Sequence[Example]) -> str:
    """Return the row of a format: an entry counts as seen where section, title and address are."""
    expected = seen = files = 0
    refused: Counter[str] = Counter()
    for example in examples:
        for number, data in enumerate(spellings(example)):
            curated = read_list(data, file=example.file, name="mine")
            came = {(entry.section, entry.title, entry.url) for entry in curated.entries}
            expected += len(example.entries)
            seen += len(came & set(example.entries)) if curated.form == form else 0
            files += 1
            if number == 0:
                refused.update(each.reason for each in curated.ignored)
    why = "; ".join(f"{count} × {reason}" for reason, count in sorted(refused.items()))
    return f"| {form} | {len(examples)} | {files} | {expected} | {seen} | {why or 'nothing'} |"


def main() -> None:
    """Print the table."""
    print(f"{_HEAD}\n|{' --- |' * 6}")
    for form in FORMATS:
        print(row(form, [each for each in EXAMPLES if each.form == form]))


if __name__ == "__main__":
    main()
