"""Reading lists, which come from anywhere too, in a process that can be ended."""

import base64
from dataclasses import replace
from typing import Any, Self

from ingest.bounded.limits import seconds_for
from ingest.bounded.process import ReaderFailed, Worker
from ingest.errors import UsageError
from ingest.lists.catalog_file import Attached, CuratedList, loads


class ListReader:
    """Does what `parse` and `read_list` do, bounded; use it as a context manager."""

    def __init__(self) -> None:
        self._worker = Worker()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._worker.leave()

    def parse(
        self, text: str, *, name: str, base: str | None = None, origin: str | None = None
    ) -> CuratedList:
        """Read a list in Markdown; see `ingest.lists.parser.parse`.

        Raises:
            UsageError: it holds no link, or cannot be read.
        """
        said = {"text": text, "name": name, "base": base, "origin": origin}
        return self._asked(said, len(text))

    def read(
        self,
        data: bytes,
        *,
        file: str,
        name: str,
        base: str | None = None,
        origin: str | None = None,
    ) -> CuratedList:
        """Read a list of any format; see `ingest.exports.registry.read_list`.

        Raises:
            UsageError: it holds no link, or cannot be read.
        """
        said = {"data": base64.b64encode(data).decode("ascii"), "file": file, "name": name,
                "base": base, "origin": origin}  # fmt: skip
        return self._asked(said, len(data))

    def _asked(self, said: dict[str, Any], size: int) -> CuratedList:
        name = said["name"]
        try:
            answer = self._worker.ask({"list": said}, seconds_for(size))
        except ReaderFailed as error:
            raise UsageError(f"The list {name} cannot be read: {error}.") from error
        if "error" in answer:
            self._worker.end()  # what ran into a wall may hold on to memory
            raise UsageError(answer["error"])
        attached = tuple(Attached(**file) for file in answer["attached"])
        return replace(loads(answer["toml"]), attached=attached)
