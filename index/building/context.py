"""What of a passage is embedded and word-indexed: where it stands, then what it says.

None of it but the passage's own words is ever quoted.
"""

import json
from collections.abc import Sequence

from index.store.sqlite import Store

_MOST_PLACES = 2
_LONGEST_NOTE = 160  # characters
_LONGEST_HEADINGS = 240


def placed(store: Store, numbers: Sequence[int]) -> list[str]:
    """Return the texts of passages under the titles and headings they stand under."""
    passages = store.passages(numbers)
    texts = []
    for passage in (passages[number] for number in numbers):
        path = [passage.title, *(part for part in passage.heading if part != passage.title)]
        texts.append(f"{' > '.join(path)[:_LONGEST_HEADINGS]}\n{passage.text}")
    return texts


def said_by_lists(store: Store) -> dict[str, str]:
    """Return what lists say of each document they recommend: its first two sections and note.

    Of a section the last two headings count. In the texts that are embedded this gains a little
    (BENCHMARKS.md, "Retrieval"), in the word index it does not.
    """
    places: dict[str, list[str]] = {}
    notes: dict[str, str] = {}
    for url, section, note, title in store.rows(
        "SELECT addresses.document, section, note, entries.title FROM entries"
        " JOIN lists ON entries.list = lists.name JOIN addresses ON entries.address = addresses.url"
        " ORDER BY lists.place, entries.place"
    ):
        place = " > ".join(json.loads(section)[-2:])
        if place and place not in places.setdefault(url, []):
            places[url].append(place)
        if note and note != title:
            notes.setdefault(url, note[:_LONGEST_NOTE])
    return {
        url: "\n".join([*places.get(url, [])[:_MOST_PLACES], *filter(None, [notes.get(url)])])
        for url in places | notes
    }
