"""Reading, cutting and embedding on a Ray cluster; what comes back is written by one process here.

A task takes a batch of archived pages, or of texts. It depends on nothing but its arguments, so one
whose worker dies is run again elsewhere, and what is built does not depend on how many there are.
Machines of a cluster trust each other: Ray speaks in pickles. An archive in a folder must be
reachable under the same path on all of them; one in an object store need not be.
"""

import os
import platform
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Self, cast

import numpy as np

from index.building.work import cut_for
from index.models.embedder import Embedder, Vectors
from index.store.generation import Home
from ingest.archive.shelf import ArchiveUnreachable, settle_at
from ingest.archive.warc import Archive
from ingest.bounded.pool import Reader, Results
from ingest.bounded.quarantine import Quarantine
from ingest.bounded.sound import soundly
from ingest.errors import ModelUnavailable, RefdeskError, UsageError
from ingest.page import Page, Reading
from ingest.values import Document, Passage, Rejection

_PAGES = 8  # a task
_BYTES = 4_000_000  # of records, after which a task takes no more pages
_TEXTS = 16  # a task: as many as `Embedder.embed` gives to one thread
_AHEAD = 3  # tasks under way a processor
_TRIES = 5  # workers that may die of one task
_NO_TELEMETRY = {"RAY_USAGE_STATS_ENABLED": "0"}

Batch = list[tuple[Results, list[list[Passage]]]]
"""Of every page of a batch what it holds, and the passages of its documents."""


class OnRay:
    """Work done on a cluster; use it as a context manager.

    Args:
        address: the cluster's, as ``ray.init`` takes it; ``local`` makes one on this machine.
        quarantine: what is not read, and where what made a reader fail is held.
        embedder: the library's model; workers open it by name from the home's models folder, or
            from their own.
        home: the home that is written to.
        archive: its archive.

    Raises:
        UsageError: Ray is not installed, or the cluster cannot be had.
    """

    def __init__(
        self,
        address: str,
        quarantine: Quarantine,
        embedder: Embedder,
        home: Home,
        archive: Archive,
    ) -> None:
        self._address = address
        self._quarantine = quarantine
        self._embedder = embedder
        self._models = str(home.models.resolve())
        self._store = archive.store.url if archive.store else None
        self._cut: dict[tuple[str, str], list[Passage]] = {}
        self._ray: Any = None
        self._ours = False
        self._ahead = _AHEAD

    def __enter__(self) -> Self:
        """Connect."""
        os.environ.update(_NO_TELEMETRY)
        try:
            import ray
        except ImportError as error:
            raise UsageError(
                "--ray needs Ray: install refdesk with the extra ray, here and on the cluster."
            ) from error
        self._ray = ray
        if not ray.is_initialized():
            here = self._address == "local"
            where = {"include_dashboard": False} if here else {"address": self._address}
            try:
                ray.init(log_to_driver=False, configure_logging=False, **where)
            except Exception as error:  # whatever its transports raise
                said = " ".join(str(error).split())[:200]
                raise UsageError(
                    f"The Ray cluster at {self._address} cannot be used: {said}. See that it runs, "
                    "or leave out --ray."
                ) from error
            self._ours = True
        cores = int(ray.cluster_resources().get("CPU", 0))
        if cores < 1:
            self.__exit__(None, None, None)
            raise UsageError(f"The Ray cluster at {self._address} has no processor to give.")
        self._ahead = _AHEAD * cores
        return self

    def __exit__(self, *raised: object) -> None:
        if self._ours:
            self._ray.shutdown()
            self._ours = False

    def read(self, pages: Iterable[Page]) -> Iterator[tuple[Page, Results]]:
        """See `index.building.work.Work`."""
        waiting: deque[tuple[list[Page], Any]] = deque()
        for batch in _batches(pages):
            there = [page for page in batch if self._is_read_there(page)]
            readings = [cast("Reading", page.read).message() for page in there]
            task = self._task(_read) if there else None
            wanted = (readings, self._store, self._models, self._embedder.name,
                      self._embedder.fingerprint)  # fmt: skip
            waiting.append((batch, task.remote(*wanted) if task else None))
            if len(waiting) > self._ahead:
                yield from self._settled(*waiting.popleft())
        while waiting:
            yield from self._settled(*waiting.popleft())

    def cut(self, document: Document) -> list[Passage]:
        """See `index.building.work.Work`; what came with the document, else cut here."""
        there = self._cut.pop((document.url, document.sha256), None)
        return cut_for(self._embedder, document) if there is None else there

    def embed(self, embedder: Embedder, texts: Sequence[str]) -> Vectors:
        """See `index.building.work.Work`."""
        embed = self._task(_embed)
        parts = [texts[start : start + _TEXTS] for start in range(0, len(texts), _TEXTS)]
        under_way = [
            embed.remote(list(part), self._models, embedder.name, embedder.fingerprint)
            for part in parts
        ]
        vectors = [self._got(task) for task in under_way]
        return np.concatenate(vectors) if vectors else embedder.embed(())

    def _is_read_there(self, page: Page) -> bool:
        return isinstance(page.read, Reading) and self._quarantine.get(page.digest) is None

    def _settled(self, batch: list[Page], task: Any) -> Iterator[tuple[Page, Results]]:
        """Wait for a batch; give its pages, those that are read here among them."""
        came = iter(self._got(task) if task is not None else [])
        for page in batch:
            if (held := self._quarantine.get(page.digest)) is not None:
                yield page, [Rejection(page.url, held.reason)]
            elif not isinstance(page.read, Reading):  # of what refdesk itself knows
                yield page, soundly(page.url, page.read)
            else:
                results, passages = next(came)
                self._quarantine.judge(page.digest, page.url, results)
                documents = [result for result in results if isinstance(result, Document)]
                for document, cuts in zip(documents, passages, strict=True):
                    self._cut[document.url, document.sha256] = cuts
                yield page, results

    def _task(self, work: Callable[..., Any]) -> Any:
        return self._ray.remote(num_cpus=1, max_retries=_TRIES)(work)

    def _got(self, task: Any) -> Any:
        """Wait for a task; what it could not do is raised as refdesk's own."""
        try:
            came = self._ray.get(task)
        except self._ray.exceptions.RayTaskError as error:
            raise error.cause or error from error
        except self._ray.exceptions.RayError as error:
            said = " ".join(str(error).split())[:200]
            raise UsageError(
                f"The Ray cluster at {self._address} gave up: {said}. The library is as it was; "
                "see to the cluster, then run it again."
            ) from error
        kind, value = came
        if kind != "done":
            raise _ERRORS[kind](value)
        return value


_ERRORS: Mapping[str, type[RefdeskError]] = {
    "unreachable": ArchiveUnreachable,
    "usage": UsageError,
    "model": ModelUnavailable,
}


def _batches(pages: Iterable[Page]) -> Iterator[list[Page]]:
    """Put pages together that lie in the order given."""
    batch: list[Page] = []
    size = 0
    for page in pages:
        batch.append(page)
        size += page.read.size if isinstance(page.read, Reading) else 0
        if len(batch) == _PAGES or size >= _BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _read(
    messages: list[dict[str, Any]], store: str | None, models: str, name: str, fingerprint: str
) -> tuple[str, Batch | str]:
    """Read and cut a batch; runs on a worker."""
    try:
        embedder = _embedder(models, name, fingerprint)
        pages: Batch = []
        for message in messages:
            if store is not None:
                message = {**message, "folder": _folder_for(store)}
            elif not Path(message["folder"]).is_dir():
                raise ArchiveUnreachable(
                    f"The archive's folder {message['folder']} is not on {platform.node()}, a "
                    "machine of the Ray cluster: share it, or move the archive to an object store "
                    "with `refdesk archive URL`."
                )
            results = _reader().read(Reading.of(message))
            documents = [result for result in results if isinstance(result, Document)]
            pages.append((results, [cut_for(embedder, document) for document in documents]))
    except (ArchiveUnreachable, ModelUnavailable, UsageError) as error:
        return _said(error)
    return "done", pages


def _embed(texts: list[str], models: str, name: str, fingerprint: str) -> tuple[str, Vectors | str]:
    """Embed a batch; runs on a worker."""
    try:
        return "done", _embedder(models, name, fingerprint).embed(texts)
    except (ModelUnavailable, UsageError) as error:
        return _said(error)


def _said(error: RefdeskError) -> tuple[str, str]:
    kinds = (kind for kind, known in _ERRORS.items() if type(error) is known)
    return next(kinds, "usage"), str(error)


@cache
def _reader() -> Reader:
    return Reader()


@cache
def _folder_for(store: str) -> str:
    """Return a folder that leads to the archive in an object store."""
    folder = tempfile.mkdtemp(prefix="refdesk-ray-")
    settle_at(Path(folder), store)
    return folder


@cache
def _embedder(models: str, name: str, fingerprint: str) -> Embedder:
    """Open the library's model: from the home's models where they are here, else our own.

    Raises:
        ModelUnavailable: it cannot be had.
        UsageError: what goes by its name here makes other vectors.
    """
    folder = Path(models)
    if not folder.is_dir():
        import platformdirs

        folder = platformdirs.user_cache_path("refdesk") / "models"
    embedder = Embedder.open(folder, None, name)
    if embedder.fingerprint != fingerprint:
        raise UsageError(
            f"{name} on {platform.node()}, a machine of the Ray cluster, is not the model this "
            "home has: install the same refdesk there."
        )
    return embedder
