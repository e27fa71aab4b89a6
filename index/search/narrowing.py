"""Filters that name nothing are told so, with the nearest name there is: for every door."""

import json
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from index.store.sqlite import Store
from index.store.values import DIFFICULTIES, Filters
from ingest.errors import UsageError

KINDS = (
    "paper", "post", "repository", "code", "notebook", "video", "slides", "course", "docs",
    "thread", "list", "note",
)  # fmt: skip
_ALWAYS = ("en", "zh")  # languages of the founding lists: to ask for them is no mistake
_NAMED = {
    "english": "en", "chinese": "zh", "mandarin": "zh", "german": "de", "french": "fr",
    "spanish": "es", "japanese": "ja", "korean": "ko", "russian": "ru", "portuguese": "pt",
    "italian": "it", "中文": "zh", "汉语": "zh", "英文": "en", "英语": "en",
}  # fmt: skip
"""What people call languages that a filter has by their codes."""
_PRIMER = "primer"
_MOST_NAMED = 12


def check(store: Store, filters: Filters) -> None:
    """Check that each value of each filter names something.

    Kinds and difficulties there are none of here are no mistake, and find nothing.

    Raises:
        UsageError: a value names nothing; the message names what is near, or what there is.
    """
    if filters.lists:
        lists = [str(row[0]) for row in store.rows("SELECT name FROM lists ORDER BY place")]
        _known("list", filters.lists, [*lists, _PRIMER])
    _known("kind", filters.kinds, KINDS)
    _known("difficulty", filters.difficulties, DIFFICULTIES)
    if filters.langs:
        langs = [str(row[0]) for row in store.rows("SELECT DISTINCT lang FROM passages")]
        there = sorted({*langs, *_ALWAYS})
        for name in filters.langs:
            if _NAMED.get(name.casefold()) in there:
                raise UsageError(
                    f"There is no language '{name}' here: did you mean '{_NAMED[name.casefold()]}'?"
                )
        _known("language", filters.langs, there)
    if filters.sections:
        _sections(filters.sections, store.rows("SELECT DISTINCT section FROM entries"))


def _known(what: str, wanted: Iterable[str], there: Sequence[str]) -> None:
    for name in wanted:
        if name not in there:
            raise UsageError(f"There is no {what} '{name}' here{_instead(name, there)}")


def _sections(wanted: Iterable[str], rows: Iterable[tuple[str]]) -> None:
    """Check section texts as the filter reads them: anywhere in a path, in whatever case."""
    paths = [str(row[0]) for row in rows]
    for text in wanted:
        if not any(text.lower() in path.lower() for path in paths):
            headings = sorted({part for path in paths for part in json.loads(path)})
            raise UsageError(
                f"No section of the lists here holds '{text}'"
                f"{_instead(text, headings, all_of_them=False)}"
            )


def _instead(name: str, there: Sequence[str], *, all_of_them: bool = True) -> str:
    """Return what a message goes on with: the nearest name, or all there are."""
    spelt = {option.lower(): option for option in reversed(there)}
    near = get_close_matches(name.lower(), list(spelt), n=1, cutoff=0.6)
    if near:
        return f": did you mean '{spelt[near[0]]}'?"
    if not all_of_them or not there:
        return "."
    more = ", …" if len(there) > _MOST_NAMED else ""
    return f": choose from {', '.join(there[:_MOST_NAMED])}{more}."
