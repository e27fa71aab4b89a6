"""What a search is narrowed to, as every door takes it."""

from index.store.values import DIFFICULTIES, Filters
from ingest.errors import UsageError


def filters_of(
    lists: list[str] | None,
    sections: list[str] | None,
    difficulties: list[str] | None,
    kinds: list[str] | None,
    langs: list[str] | None,
) -> Filters:
    """Return the filters that these values name.

    Raises:
        UsageError: there is no such difficulty.
    """
    for difficulty in difficulties or ():
        if difficulty not in DIFFICULTIES:
            raise UsageError(f"There is no difficulty {difficulty}: choose easy, medium or hard.")
    return Filters(
        tuple(lists or ()), tuple(sections or ()), tuple(difficulties or ()), tuple(kinds or ()),
        tuple(langs or ()),
    )  # fmt: skip
