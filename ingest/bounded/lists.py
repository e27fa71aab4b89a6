"""Reading Markdown lists, which come from anywhere too, in a process that can be ended."""

from types import TracebackType
from typing import Self

from ingest.bounded.limits import seconds_for
from ingest.bounded.process import Process, ReaderFailed
from ingest.errors import UsageError
from ingest.lists.catalog_file import CuratedList, loads


class ListReader:
    """Does what `ingest.lists.parser.parse` does, bounded; use it as a context manager."""

    def __init__(self) -> None:
        self._process: Process | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None

    def parse(
        self, text: str, *, name: str, base: str | None = None, origin: str | None = None
    ) -> CuratedList:
        """Read a list.

        Raises:
            UsageError: it holds no link, or cannot be read.
        """
        if self._process is None:
            self._process = Process()
        said = {"text": text, "name": name, "base": base, "origin": origin}
        try:
            answer = self._process.ask({"list": said}, seconds_for(len(text)))
        except ReaderFailed as error:
            self._process.end()
            self._process = None
            raise UsageError(f"The list {name} cannot be read: {error}.") from error
        if "error" in answer:
            raise UsageError(answer["error"])
        return loads(answer["toml"])
