"""The lists a home is given: made known, examined, compared with what they were, forgotten."""

from dataclasses import replace
from pathlib import Path

from assistant.home.keeping import HomeWriter, check_named
from assistant.home.reports import Fetching
from index.doctor import Examination, examine
from index.search.library import Library
from ingest.archive import writing
from ingest.bounded.lists import ListReader
from ingest.disk import real
from ingest.errors import UsageError
from ingest.gathering import collected, zotero
from ingest.gathering.ledger import Ledger
from ingest.links.kinds import split
from ingest.links.schemes import is_web
from ingest.links.urls import canonical, without_user
from ingest.lists import catalog
from ingest.lists.catalog_file import CuratedList
from ingest.lists.changes import ListChanges, changes_between
from ingest.lists.check import check_text
from ingest.lists.parser import decode, parse


def add_list(
    writer: HomeWriter, where: str | Path, name: str | None, base: str | None, fetching: Fetching
) -> CuratedList:
    """See :meth:`assistant.desk.Desk.add_list`."""
    check_named([where])
    where = without_user(str(where)) if is_web(str(where)) else where
    source = _source_of(where)
    with writer.writing():
        writer.check_changeable()
        if name:
            catalog.check_name(writer.lists(), name, source)
        else:
            name = catalog.name_for(writer.lists(), _name_of(where), source)
        if "/" in name or not name.isprintable():
            raise UsageError(
                f"A list cannot be named {name}: a name holds no slash and nothing invisible."
            )
        if is_web(str(where)):
            writer.archive.mend()
            with ListReader() as reader:
                collector = writer.collector(fetching, reader)
                curated = collector.fetch_list(str(where), name, base)
            writing.add(writer.archive, [catalog.added(curated)])
        elif str(where).startswith(zotero.SCHEME):
            with ListReader() as reader:
                curated, resources = collected.read_zotero(str(where), name, reader)
            curated = replace(curated, given=source)
            writing.add(writer.archive, [catalog.added(curated), *resources])
        else:
            with ListReader() as reader:
                curated, resources = collected.read(Path(where), name, base, reader)
            curated = replace(curated, given=source)
            writing.add(writer.archive, [catalog.added(curated), *resources])
        report = writer.update(1)
        there = {row["name"]: row for row in report.status["lists"]}
        if name not in there:
            raise RuntimeError(f"the list {name} was added and is not there")
        # as it stands in the library now
        stands = next(known for known in writer.lists() if known.name == name)
        return replace(stands, attached=curated.attached)


def check_list(
    writer: HomeWriter, where: str | Path, name: str | None, base: str | None, fetching: Fetching
) -> Examination:
    """See :meth:`assistant.desk.Desk.check_list`."""
    known = {curated.name: curated for curated in writer.lists()}
    origin = str(where)
    if origin in known:
        name, base = origin, known[origin].base
        origin = known[origin].origin or ""
        if not origin:
            raise UsageError(f"Where the list {name} lives is not known: give its file.")
    if is_web(origin):
        with writer.writing():
            writer.archive.mend()
            with ListReader() as reader:
                collector = writer.collector(fetching, reader)
                fetched = collector.fetch_list(origin, name or origin, base)
        text = Ledger(writer.archive).markdown(origin) or ""
        data, base = text.encode(), fetched.base
    else:
        data = collected.bytes_of(Path(where))
        text = decode(data)
    curated = parse(text, name=name or _name_of(where), base=base)
    problems = check_text(data, curated.name, base)
    return examine(Library(writer.home, writer.embedder), curated, problems, text)


def changes(writer: HomeWriter, name: str) -> ListChanges:
    """See :meth:`assistant.desk.Desk.list_changes`."""
    states = [state for state in catalog.history(writer.archive).get(name, []) if state]
    if not states:
        names = [curated.name for curated in writer.lists()]
        raise UsageError(f"There is no list {name} here. Known: {', '.join(names)}.")
    return changes_between(states[-2] if len(states) > 1 else None, states[-1])


def remove_list(writer: HomeWriter, name: str) -> None:
    """See :meth:`assistant.desk.Desk.remove_list`."""
    writer.check_changeable()
    names = [curated.name for curated in writer.lists()]
    if name not in names:
        raise UsageError(f"There is no list {name} here. Known: {', '.join(names)}.")
    with writer.writing():
        writing.add(writer.archive, [catalog.removed(name)])
        writer.check_gone(name, writer.update(0))


def _source_of(where: str | Path) -> str:
    """Return the address of what a list is read from."""
    if is_web(str(where)) or str(where).startswith(zotero.SCHEME):
        return str(where)
    return real(Path(where)).as_uri()


def _name_of(where: str | Path) -> str:
    """Name a list by its file, or by its repository when it is a README."""
    if str(where).startswith(zotero.SCHEME):
        return "zotero"
    if not is_web(str(where)):
        return Path(where).stem
    parts = [part for part in split(canonical(str(where))).path.split("/") if part]
    name = Path(parts[-1]).stem if parts else split(str(where)).netloc
    return parts[1] if name.lower() == "readme" and len(parts) > 1 else name
