"""The collections passages lie in: their fields, writing them, searching them by vectors and words.

A collection is written once, then only read, like the files of a local generation. One of passages
holds all fields, their vectors and, where the server has BM25, their words; one of second vectors
(of the model for other languages) only what is filtered by.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.milvus.client import READ_S, WRITE_S, LibraryUnavailable, Server, answering
from index.milvus.expression import expression
from index.store.values import StoredPassage
from index.store.within import Within

Vectors = NDArray[np.float32]

FLAT_UP_TO = 20_000
"""Passages up to which every vector is looked at, as locally; beyond, by HNSW."""

_GRAPH = {"M": 16, "efConstruction": 200}
_EF = 2  # times as many as wanted are kept while a graph is walked,
_LEAST_EF = 256  # and at least so many
_MOST_FOUND = 16_384  # that Milvus returns at once
_LONGEST = 65_535  # bytes of a text field
_MOST_PLACES = 1024
_BATCH = 500
_READ_AT_ONCE = 1000


class PassageWriter:
    """Writes one collection of passages, which counts for nobody until it is named."""

    def __init__(self, server: Server, name: str, dimension: int, count: int, *, words: bool,
                 texts: bool) -> None:  # fmt: skip
        self._server = server
        self._name = name
        self._count = count
        self._words = words
        self._texts = texts
        with answering(server.served, "make a collection"):
            _create(server, name, dimension, count, words=words, texts=texts)

    def put(
        self,
        passages: Sequence[StoredPassage],
        vectors: Vectors,
        places: Mapping[str, Sequence[str]],
        terms: Sequence[str],
    ) -> None:
        """Write passages with their vectors, the places of their documents, and their words."""
        rows = [
            _row(passage, vectors[at], places.get(passage.url, ()), texts=self._texts)
            | ({"terms": terms[at]} if self._words else {})
            for at, passage in enumerate(passages)
        ]
        with answering(self._server.served, "take passages in"):
            for start in range(0, len(rows), _BATCH):
                self._server.client.upsert(
                    self._name, rows[start : start + _BATCH], timeout=WRITE_S
                )

    def finish(self) -> None:
        """Make what was written durable and ready to be searched.

        Raises:
            LibraryUnavailable: the server does not hold what it was given.
        """
        client, name = self._server.client, self._name
        with answering(self._server.served, "index the passages"):
            client.flush(name, timeout=WRITE_S)
            client.load_collection(name, timeout=WRITE_S)
        there = count(self._server, name)
        if there != self._count:
            raise LibraryUnavailable(
                f"The library {self._server.served} took {there} of {self._count} passages. It is "
                "as it was; try again."
            )


class ServedVectors:
    """The vectors of a collection; see `index.search.halves.PassageVectors`."""

    def __init__(self, server: Server, name: str) -> None:
        server.load(name)
        self._server = server
        self._name = name

    def near(
        self, query: Vectors, limit: int, within: Within, *, among: bool = False
    ) -> list[tuple[int, float]]:
        """Return the ``limit`` nearest passages as (number, cosine), nearest first."""
        params = {"metric_type": "IP", "params": {"ef": max(_LEAST_EF, _EF * limit)}}
        return search(self._server, self._name, "vector", query.tolist(), limit, within, params)

    def vectors(self, numbers: Sequence[int] | NDArray[np.int64]) -> Vectors:
        """Return the stored vectors of these passages, shape (len(numbers), dimension)."""
        wanted = [int(number) for number in numbers]
        rows: dict[int, list[float]] = {}
        for start in range(0, len(wanted), _READ_AT_ONCE):
            part = wanted[start : start + _READ_AT_ONCE]
            for row in rows_of(self._server, self._name, part, ["id", "vector"]):
                rows[row["id"]] = row["vector"]
        if len(rows) < len(set(wanted)):
            raise LibraryUnavailable(
                f"The library {self._server.served} lacks passages: `refdesk rebuild` makes it "
                "anew."
            )
        return np.array([rows[number] for number in wanted], dtype=np.float32)

    def __len__(self) -> int:
        return count(self._server, self._name)


def search(
    server: Server,
    name: str,
    field: str,
    query: object,
    limit: int,
    within: Within,
    params: dict[str, Any],
) -> list[tuple[int, float]]:
    """Return the ``limit`` best rows of a collection by a field, best first.

    What is searched was complete before it was named, so no read waits for later writes.
    """
    with answering(server.served, "search"):
        (hits,) = server.client.search(
            name, data=[query], anns_field=field, limit=min(limit, _MOST_FOUND),
            filter=expression(within), output_fields=["id"], search_params=params,
            consistency_level="Eventually", timeout=READ_S,
        )  # fmt: skip
    return [(int(hit["id"]), float(hit["distance"])) for hit in hits]


def count(server: Server, name: str) -> int:
    """Return how many rows a collection holds, those written last among them."""
    with answering(server.served, "count"):
        rows = server.client.query(
            name, filter="", output_fields=["count(*)"], consistency_level="Strong",
            timeout=READ_S,
        )  # fmt: skip
        return int(rows[0]["count(*)"])


def is_loaded(server: Server, name: str) -> bool:
    """Say whether a collection is ready to be searched."""
    with answering(server.served, "say how it is"):
        said = server.client.get_load_state(name, timeout=READ_S)
    return "Loaded" in str(said["state"])


def rows_of(
    server: Server, name: str, numbers: Iterable[int], fields: list[str]
) -> list[dict[str, Any]]:
    """Return these fields of the rows of a finished collection, in no order.

    As in `search` no read waits for later writes: to ask for the newest costs 0.2 to 0.4 s.
    """
    wanted = list(numbers)
    if not wanted:
        return []
    with answering(server.served, "give what it holds"):
        return list(
            server.client.query(
                name,
                filter=f"id in {wanted}",
                output_fields=fields,
                consistency_level="Eventually",
                timeout=READ_S,
            )
        )


def _create(
    server: Server, name: str, dimension: int, rows: int, *, words: bool, texts: bool
) -> None:
    from pymilvus import DataType, Function, FunctionType, MilvusClient

    text = {"datatype": DataType.VARCHAR, "max_length": _LONGEST}
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    for field in ("url", "kind", "lang"):
        schema.add_field(field, **text)
    schema.add_field("listed", DataType.BOOL)
    schema.add_field(
        "places", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=_MOST_PLACES,
        max_length=_LONGEST,
    )  # fmt: skip
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    if texts:
        for field in ("key", "title", "heading", "text"):
            schema.add_field(field, **text)
        schema.add_field("start", DataType.INT64)
        schema.add_field("end", DataType.INT64)
    indexes = MilvusClient.prepare_index_params()
    if rows <= FLAT_UP_TO:
        indexes.add_index("vector", index_type="FLAT", metric_type="IP")
    else:
        indexes.add_index("vector", index_type="HNSW", metric_type="IP", params=_GRAPH)
    if words:
        schema.add_field(
            "terms", **text, enable_analyzer=True, analyzer_params={"tokenizer": "standard"}
        )
        schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(
            Function(
                name="bm25",
                function_type=FunctionType.BM25,
                input_field_names=["terms"],
                output_field_names=["sparse"],
            )
        )
        indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    server.client.create_collection(
        name, schema=schema, index_params=indexes, consistency_level="Strong", timeout=WRITE_S
    )


def _row(
    passage: StoredPassage, vector: Vectors, places: Sequence[str], *, texts: bool
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": passage.number, "url": _cut(passage.url), "kind": passage.kind,
        "lang": passage.lang, "listed": passage.listed, "vector": vector,
        # what only stands for a link is let through by no filter of lists, as locally
        "places": [] if passage.listed else [_cut(place) for place in places[:_MOST_PLACES]],
    }  # fmt: skip
    if texts:
        row |= {
            "key": passage.key, "title": _cut(passage.title), "text": _cut(passage.text),
            "heading": _cut(" > ".join(passage.heading)), "start": passage.start,
            "end": passage.end,
        }  # fmt: skip
    return row


def _cut(text: str) -> str:
    return text.encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore")
