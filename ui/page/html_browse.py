"""A curated list as a tree of sections, each with its counts; documents of no list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from index.store.browse import HERE, Holding, Link
from ui.page.html import chip, framed, link, message_html, reader_link
from ui.page.i18n import Texts


@dataclass(slots=True)
class _Branch:
    """A section while the tree is put together."""

    links: list[Link] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    below: dict[str, "_Branch"] = field(default_factory=dict)

    def all(self) -> list[Link]:
        return [*self.links, *(entry for branch in self.below.values() for entry in branch.all())]


def tree_html(
    links: Sequence[Link], topics: Mapping[tuple[str, ...], Sequence[str]], say: Texts
) -> str:
    """Return the links of one list under their sections."""
    root = _Branch()
    for entry in links:
        _at(root, entry.section).links.append(entry)
    for section, titles in topics.items():
        _at(root, section).topics.extend(titles)
    here = sum(entry.state == HERE for entry in links)
    counts = f"{_entries(len(links), say)}, {say('browse.here', count=here)}"
    return framed(
        f'<p class="legend">{escape(counts)}</p>{_find(say, tree=True)}'
        f'<div class="tree">{_inside(root, say)}</div>',
        kind="wide",
    )


def shelf_html(documents: Sequence[Holding], say: Texts) -> str:
    """Return documents that stand in no list, by title."""
    rows = "".join(
        f"<li>{reader_link(say, document.title, url=document.url)}"
        f"{chip(say.named('kind', document.kind))}"
        f"{_length(document.length, document.lang, say)}</li>"
        for document in documents
    )
    return framed(f'{_find(say, tree=False)}<div class="tree"><ul>{rows}</ul></div>', kind="wide")


def nothing_html(say: Texts) -> str:
    """Return what stands where there is nothing to browse."""
    return message_html(say("browse.invite"), say("browse.explain"))


def _at(root: _Branch, section: Sequence[str]) -> _Branch:
    for part in section:
        root = root.below.setdefault(part, _Branch())
    return root


def _inside(branch: _Branch, say: Texts) -> str:
    parts = []
    if branch.links:
        parts.append(f"<ul>{''.join(_row(entry, say) for entry in branch.links)}</ul>")
    if branch.topics:
        said = say("browse.topics", topics=", ".join(branch.topics))
        parts.append(f'<p class="topics">{escape(said)}</p>')
    for title, below in branch.below.items():
        every = below.all()
        here = sum(entry.state == HERE for entry in every)
        counts = _entries(len(every), say)
        if here:
            counts += f", {say('browse.here', count=here)}"
        parts.append(
            f"<details><summary>{escape(title)}"
            f'<span class="count">{escape(counts)}</span></summary>{_inside(below, say)}</details>'
        )
    return "".join(parts)


def _row(entry: Link, say: Texts) -> str:
    if entry.document:
        title = reader_link(say, entry.title, url=entry.document)
        live = link(entry.url, "↗", "out")
    else:
        title, live = link(entry.url, entry.title), ""
    level = chip(say.named("difficulty", entry.difficulty), f"level {entry.difficulty}")
    state = chip(say(f"state.{entry.state}"), entry.state)
    reason = f'<span class="where">{escape(entry.reason)}</span>' if entry.reason else ""
    length = _length(entry.length, entry.lang, say) if entry.document else ""
    kind = chip(say.named("kind", entry.kind))
    return f"<li>{title}{live}{state}{level}{kind}{length}{reason}</li>"


def _length(characters: int, lang: str, say: Texts) -> str:
    """How long a text is: in words of about six characters, Chinese in characters."""
    if lang == "zh":
        said = say("browse.chars", count=f"{characters:,}")
    else:
        said = say("browse.words", count=f"{max(1, round(characters / 6)):,}")
    return f'<span class="where">{escape(said)}</span>'


def _entries(count: int, say: Texts) -> str:
    return say("browse.entries_one") if count == 1 else say("browse.entries", count=count)


def _find(say: Texts, *, tree: bool) -> str:
    hint = escape(say("browse.find"))
    unfold = f'<button type="button" class="unfold">{escape(say("browse.sections"))}</button>'
    return (
        f'<div class="find"><input type="search" aria-label="{hint}" placeholder="{hint}">'
        f"{unfold if tree else ''}</div>"
    )
