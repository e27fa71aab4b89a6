"""Where a search is narrowed to, as an expression of Milvus over the fields of passages."""

import json
from collections.abc import Sequence

from index.store.within import FOREIGN, Group, Narrowed, Within

_NOTHING = "id < 0"


def expression(within: Within) -> str:
    """Return the expression of what a search is narrowed to, "" for nothing."""
    parts = [] if within.narrowed is None else _of_filters(within.narrowed)
    if within.only is not None:
        parts.append(_of_group(within.only, there=True))
    if within.without is not None:
        parts.append(_of_group(within.without, there=False))
    if within.left_out:
        parts.append("listed == false")
    return " and ".join(parts)


def _of_group(group: Group, *, there: bool) -> str:
    lang = "en" if group.lang == FOREIGN else group.lang
    same = there is (group.lang != FOREIGN)
    return f"lang {'==' if same else '!='} {json.dumps(lang)}"


def _of_filters(narrowed: Narrowed) -> list[str]:
    filters, parts = narrowed.filters, []
    for field, wanted in (
        ("kind", filters.kinds), ("lang", filters.langs), ("url", filters.documents),
    ):  # fmt: skip
        if wanted:
            parts.append(f"{field} in {_values(wanted)}")
    if filters.of_lists:
        places = narrowed.places
        listed = f"array_contains_any(places, {_values(places)})" if places else _NOTHING
        parts.append(f'({listed} or kind == "note")' if filters.primer else listed)
    return parts


def _values(values: Sequence[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
