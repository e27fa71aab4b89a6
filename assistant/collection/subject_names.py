"""What subjects are called: by the primer, by headings of lists, in Chinese by their parts."""

import re
from functools import cache, lru_cache

from assistant.collection.catalog import Catalog
from assistant.collection.vocabulary import SAID, TERMS, THING, WORDING, in_english
from assistant.learning import primer
from assistant.wording import whole
from ingest.text.scripts import has_han

_LONG = 4  # letters of a heading, or of a short Chinese name; words of a heading
_EMPTY = frozenset(("other", "misc", "news", "basics", "study", "assets", "applications"))
"""Headings that name no subject."""
_SUFFIX_ZH = WORDING.exact["after_a_subject_zh"]
_SUFFIX = r"(?: (?:mechanism|method|algorithm|technique|layer)s?)?"


def patterns(here: Catalog) -> tuple[re.Pattern[str], ...]:
    """Return patterns of the names of subjects: English ones, Chinese ones, those of headings."""
    return (*_of_the_primer(), _headings(here))


def english_names(text: str) -> list[str]:
    """Return what the subjects that a Chinese text names are called in English."""
    names = []
    for match in _of_the_primer()[1].finditer(text):
        note = primer.find(match[0])
        topic = note.topic.partition(":")[0] if note else ""
        names.append(in_english(match[0]) or topic)
    return [name for name in dict.fromkeys(names) if name]


@lru_cache(maxsize=4)
def _headings(here: Catalog) -> re.Pattern[str]:
    """Return a pattern of the headings and topics of lists that name a subject."""
    every = {part.strip() for _, path in here.sections() for part in path}
    said = [SAID[name] for name in SAID]
    telling = sorted(
        (name for name in every
         if len(name) > (1 if has_han(name) else _LONG) and not any(s.search(name) for s in said)
         and len(name.split()) <= _LONG and name.casefold() not in _EMPTY),
        key=len, reverse=True,
    )  # fmt: skip
    latin = "|".join(re.escape(name) for name in telling if not has_han(name))
    han = "|".join(re.escape(name) for name in telling if has_han(name))
    parts = [f"(?<![a-z0-9])(?:{latin})s?(?![a-z0-9])"] * bool(latin) + [han] * bool(han)
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)


@cache
def _of_the_primer() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return one pattern of all names of subjects that may stand in English, one of Chinese."""
    every = {name for note in primer.notes().values() for name in note.names}
    said = [*SAID.values(), whole(THING)]
    plain = {name: name.removesuffix("s") for name in every}
    dull = {name for name in every
            if len(name) < 2 or any(p.fullmatch(plain[name]) for p in said)}  # fmt: skip
    latin = sorted((n for n in every - dull if not has_han(n)), key=len, reverse=True)
    short = {_SUFFIX_ZH.sub("", name) for name in every if has_han(name)}
    every |= {name for name in short if len(name) >= _LONG}
    han = sorted((n for n in every - dull if has_han(n)), key=len, reverse=True)

    def loose(name: str) -> str:
        pattern = r"[\s_-]*".join(re.escape(part) for part in re.split(r"[\s_-]+", name))
        pattern = re.sub(r"(?<=i)[sz](?=(?:ation|e|ing|er|ed))", "[sz]", pattern)
        return pattern.removesuffix("s") + f"s?{_SUFFIX}"

    english = "|".join(map(loose, latin))
    term = "|".join(chinese.pattern for chinese, _ in TERMS)
    chinese = "|".join(re.escape(name) for name in han)
    chinese += rf"|(?:{term})(?:[的与和]?(?:{term}))+"  # "推理部署": a subject by its parts
    return (
        re.compile(rf"(?<![a-z0-9])(?:{english})(?![a-z0-9])", re.IGNORECASE),
        re.compile(chinese, re.IGNORECASE),
    )
