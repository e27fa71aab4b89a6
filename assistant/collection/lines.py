"""Parts of the lines of an answer by code: a work, a place in a list, how it was found."""

from collections import Counter
from collections.abc import Iterable, Sequence
from weakref import WeakKeyDictionary

from assistant.collection import about as shelves
from assistant.collection.catalog import Work
from assistant.collection.conditions import Conditions
from assistant.collection.licences import under
from assistant.collection.report import LANGS, LEVELS, Report, counted, named_kind
from assistant.collection.request import Request
from assistant.learning import effort
from assistant.learning.effort import duration
from index.search.library import Library
from index.store.sqlite import Store
from index.store.values import DIFFICULTIES

SHOWN = 10
"""How many works are shown, unless more are asked for."""
_LONGEST = 90  # characters of a title
_CANDIDATES = 40  # texts at the end by their length whose minutes are counted


def flat(text: str) -> str:
    """Return a title on one line, not longer than is needed to know it."""
    title = " ".join(text.split())
    return title if len(title) <= _LONGEST else f"{title[:_LONGEST].rsplit(' ', 1)[0]} …"


def joined(parts: Iterable[str], lang: str) -> str:
    """Return parts that are not empty as an enumeration."""
    return ("、" if lang == "zh" else ", ").join(part for part in parts if part)


def trail(section: Sequence[str]) -> str:
    """Return a section's path."""
    return " > ".join(section)


def place_of(name: str, section: Sequence[str]) -> str:
    """Return a place in a list."""
    return f"{name}, {trail(section)}" if section else name


_minutes_kept: "WeakKeyDictionary[Store, dict[str, tuple[int, bool]]]" = WeakKeyDictionary()


def minutes_of(library: Library, work: Work) -> tuple[int, bool]:
    """Return the minutes a work takes, and whether its own text says so.

    Kept while the library stands: to tell them, the whole text is read.
    """
    kept = _minutes_kept.setdefault(library.store, {})
    if work.url not in kept:
        document = library.document(work.document) if work.document else None
        kept[work.url] = effort.minutes(work.url, work.kind, document)
    return kept[work.url]


def within(work: Work, since: str, until: str) -> bool:
    """Say whether the date that a work carries lies between two dates or years."""
    if not work.date:
        return False
    return work.date >= since[: len(work.date)] and (not until or work.date[: len(until)] <= until)


ENDS = ("longest", "shortest", "hardest", "easiest")


def at_the_end(library: Library, works: Sequence[Work], end: str) -> list[Work]:
    """Return works sorted from one of the `ENDS` on; by difficulty marked ones come first.

    Of texts the minutes are counted where their lengths are near that end; the others follow.
    """
    if end in ("longest", "shortest"):
        most = end == "longest"
        held = sorted((work for work in works if work.held), key=_length, reverse=most)
        rest = held[_CANDIDATES:]
        beyond = {work.url for work in rest}
        near = [work for work in works if work.url not in beyond]
        near.sort(key=lambda work: minutes_of(library, work)[0], reverse=most)
        return [*near, *rest]
    sign = -1 if end == "hardest" else 1
    levels = {work.url: DIFFICULTIES.index(estimated(library, work)) for work in works}
    return sorted(works, key=lambda work: (sign * levels[work.url], not work.difficulty))


def _length(work: Work) -> int:
    return work.length


_levels_kept: "WeakKeyDictionary[Store, dict[str, str]]" = WeakKeyDictionary()


def estimated(library: Library, work: Work) -> str:
    """Return how hard a work is: as a list marks it, else a guess by its kind and title.

    A guess is kept while the library stands, as its minutes are.
    """
    if work.difficulty:
        return work.difficulty
    kept = _levels_kept.setdefault(library.store, {})
    if work.url not in kept:
        document = library.document(work.document) if work.document else None
        kept[work.url] = effort.difficulty(work.title, work.kind, document)
    return kept[work.url]


def hardness(level: str | None, lang: str) -> str:
    """Return a difficulty in words, "" where none is marked."""
    return (LEVELS[level] if lang == "zh" else level) if level else ""


def line(library: Library, work: Work, lang: str) -> str:
    """Return a work as a list item has it: title, kind, difficulty, time, who recommends it."""
    minutes, timed = minutes_of(library, work)
    about = "" if timed else ("约 " if lang == "zh" else "about ")
    here = "" if work.held else ("原文不在资料库" if lang == "zh" else "page not in the library")
    inside = [
        named_kind(work.kind, lang), hardness(work.difficulty, lang),
        f"{about}{duration(minutes, lang)}", here,
    ]  # fmt: skip
    where = "; ".join(dict.fromkeys(place_of(p.list, p.section) for p in work.places))
    if lang == "zh":
        said = f"{flat(work.title)}（{'，'.join(part for part in inside if part)}）"
        return f"{said}：{where}" if where else said
    said = f"{flat(work.title)} ({', '.join(part for part in inside if part)})"
    return f"{said}: {where}" if where else said


def by_kind(works: Sequence[Work], lang: str) -> str:
    """Return how many works there are of each kind, most first."""
    counts = Counter(work.kind for work in works)
    return joined((counted(kind, number, lang) for kind, number in counts.most_common()), lang)


def add_works(library: Library, report: Report, works: Sequence[Work], most: int = SHOWN) -> None:
    """Add works as items, and how many more there are."""
    for work in works[:most]:
        report.item(line(library, work, report.lang), work)
    if len(works) > most:
        report.more(len(works) - most)


def narrowed(library: Library, works: Sequence[Work], request: Request) -> list[Work]:
    """Return the works that a request asks for, by kind, level, language, list and the rest."""
    plain = shelves.narrowed(
        works,
        kinds=request.kinds,
        levels=request.levels,
        langs=request.langs,
        lists=[row.name for row in request.lists],
    )
    if not request.conditions:
        return plain
    licence = request.conditions.licence
    if licence:
        texts = under(library, licence)
        plain = [work for work in plain if work.document in texts]
    return [
        work for work in plain
        if request.conditions.hold(work, lambda work: minutes_of(library, work)[0])
    ]  # fmt: skip


def options_of(request: Request) -> str:
    """Return the options that narrow a search to what was looked at."""
    parts = [f"--list {row.name}" for row in request.lists]
    parts += [f"--kind {kind}" for kind in request.kinds]
    parts += [f"--difficulty {level}" for level in request.levels]
    parts += [f"--lang {lang}" for lang in request.langs]
    return " ".join(parts)


def in_words(request: Request, lang: str, number: int = 2) -> str:
    """Return what is looked for, as words: "easy videos", of one "easy video"."""
    english = [*request.levels, *(LANGS[code][0] for code in request.langs if code in LANGS)]
    chinese = [*(LEVELS[level] for level in request.levels),
               *(LANGS[code][1] for code in request.langs if code in LANGS)]  # fmt: skip
    names = [counted(kind, number, "en").partition(" ")[2] for kind in request.kinds]
    names = names or ["work" if number == 1 else "works"]
    names_zh = [named_kind(kind, "zh") for kind in request.kinds] or ["资料"]
    beside = _conditions_in_words(request.conditions, lang)
    if lang == "zh":
        return (
            "".join(chinese) + "和".join(names_zh) + (f"（{'，'.join(beside)}）" if beside else "")
        )
    return " ".join([*english, " or ".join(names)]) + (f" ({', '.join(beside)})" if beside else "")


def _conditions_in_words(asked: Conditions, lang: str) -> list[str]:
    """Return what works have to be beside their kind, each in words."""

    def told(english: str, chinese: str) -> str:
        return chinese if lang == "zh" else english

    parts = [told(f"on {host}{path}", f"来自 {host}{path}") for host, path in asked.sites]
    parts += [
        told(f"not on {host}{path}", f"不来自 {host}{path}") for host, path in asked.not_sites
    ]
    for kind in asked.not_kinds:
        many = counted(kind, 2, "en").partition(" ")[2]
        parts.append(told(f"no {many}", f"不含{named_kind(kind, 'zh')}"))
    parts += [told(f"not {LANGS[code][0]}", f"不是{LANGS[code][1]}") for code in asked.not_langs]
    parts += [told(f"not on {name}", f"不在 {name} 上") for name in asked.not_lists]
    if asked.unlisted:
        parts.append(told("on no list", "不在任何清单上"))
    if asked.held:
        parts.append(told("with their text here", "原文在资料库里"))
    if asked.licence:
        parts.append(
            told(
                f"whose text names {asked.licence} as licence", f"正文写明采用 {asked.licence} 许可"
            )
        )
    if asked.minutes is not None:
        parts.append(
            told(
                f"of at most {duration(asked.minutes, 'en')}",
                f"不超过{duration(asked.minutes, 'zh')}",
            )
        )
    if asked.since:
        parts.append(told(f"dated {asked.since} or later", f"日期不早于 {asked.since} 年"))
    if asked.until:
        parts.append(told(f"dated {asked.until} or before", f"日期不晚于 {asked.until} 年"))
    return parts


def how_found(request: Request, report: Report, search: str = "") -> str:
    """Return the command that shows the same, and more of it."""
    options = options_of(request)
    if search:
        command = f"refdesk search {quoted(search)}" + (f" {options}" if options else "")
        return report.text(
            f"From titles and headings of the lists and a search: `{command}`.",
            f"依据清单的标题、章节和搜索：`{command}`。",
        )
    command = f"refdesk search … {options}" if options else "refdesk lists show"
    return report.text(f"From the catalog: `{command}`.", f"依据目录：`{command}`。")


def quoted(text: str) -> str:
    """Return a text as a command's argument."""
    return '"' + text.replace('"', "'").replace("`", "'") + '"'
