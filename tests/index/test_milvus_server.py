"""A real Milvus server that stops, is cut off, is written to and loses what is being read."""

import contextlib
import socket
import threading
import time

import pytest

from assistant.desk import Desk
from index.milvus import client, passages
from index.milvus.client import LibraryUnavailable
from index.milvus.generations import Pointer
from index.search import library as library_module
from index.store.served import Served

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(600),
    # the package that starts the server leaves its sockets and files to the collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ETCD = 2380  # the port of the one that comes with the server
PAGE = "# Sharing\n\nMulti-query attention keeps one key head and one value head. Number {}."


class Cut:
    """Carries bytes between a port of its own and the server's, until it is cut.

    A server that is started again may listen at another port: connections of before still hold
    the first one.
    """

    def __init__(self, server) -> None:
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.is_cut = False
        self.stalls = False
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self._listening.accept()
            if self.is_cut:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._server.listen_port))
            except OSError:  # the server is stopped
                near.close()
                continue
            self._open += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                while self.stalls:
                    time.sleep(0.01)
                other.sendall(data)

    def cut(self) -> None:
        self.is_cut = True
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def mend(self) -> None:
        self.is_cut = False


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    milvus = pytest.importorskip("milvus", reason="the package milvus is not installed")
    pytest.importorskip("pymilvus", reason="the extra milvus is not installed")
    with socket.socket() as port:
        if port.connect_ex(("127.0.0.1", ETCD)) == 0:
            pytest.skip("an etcd or a Milvus runs on this machine already: there is room for one")
    server = milvus.MilvusServer()
    server.set_base_dir(str(tmp_path_factory.mktemp("milvus")))
    server.listen_port = free_port()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def cut(server):
    return Cut(server)


@pytest.fixture
def desk(cut, home, tmp_path):
    """A desk over one page in a library of its own, reached through what can be cut."""
    (tmp_path / "page.md").write_text(PAGE.format(0))
    name = f"lib{cut.port}"
    where = f"http://127.0.0.1:{cut.port}/{name}"
    desk = Desk(home, llm="extractive", library=where)
    desk.ingest([tmp_path / "page.md"], seed=False)
    yield desk
    desk.close()
    client.forget(Served(f"http://127.0.0.1:{cut.port}", name))


def searched(desk):
    return [hit.passage.text for hit in desk.library.search("multi-query attention", 3)]


def another(desk, tmp_path, name):
    home = tmp_path / name
    home.mkdir()
    (home / "models").symlink_to(desk.home.models.resolve())
    return Desk(home, llm="extractive", library=desk.home.named)


def test_a_server_without_bm25_leaves_the_words_here_and_says_so(desk):
    engine = desk.status()["engine"]
    assert (engine["name"], engine["version"][:3], engine["words"]) == ("milvus", "2.3", "local")
    assert searched(desk)
    assert desk.check().damages == ()


def test_a_server_that_stops_is_named_and_found_again(desk, server):
    digest = desk.status()["digest"]
    server.stop()
    with pytest.raises(LibraryUnavailable, match=r"http://127.0.0.1:\d+ cannot be reached"):
        searched(desk)
    server.start()
    end = time.monotonic() + 400
    while True:
        try:
            assert searched(desk)
            break
        except LibraryUnavailable:  # it is still loading what it holds
            assert time.monotonic() < end
            time.sleep(1)
    assert desk.status()["digest"] == digest


def test_a_connection_lost_in_an_upsert_leaves_the_library_as_it_was(
    desk, cut, tmp_path, monkeypatch
):
    digest = desk.status()["digest"]
    (tmp_path / "page.md").write_text(PAGE.format(1))
    put = passages.PassageWriter.put

    def cut_off(*args, **kwargs):
        threading.Timer(0.01, cut.cut).start()
        cut.stalls = True
        threading.Timer(0.5, setattr, (cut, "stalls", False)).start()
        return put(*args, **kwargs)

    with monkeypatch.context() as broken:
        broken.setattr(passages.PassageWriter, "put", cut_off)
        with pytest.raises(LibraryUnavailable):
            desk.ingest([tmp_path / "page.md"], seed=False)
    cut.mend()
    reader = another(desk, tmp_path, "reader")
    assert reader.status()["digest"] == desk.status()["digest"] == digest
    assert "Number 0" in searched(reader)[0]
    again = desk.ingest([tmp_path / "page.md"], seed=False)
    assert again.status["digest"] != digest
    names = client.connected(desk.home.served).client.list_collections()
    ours = {name.rsplit("_", 2)[0] for name in names if name.startswith(desk.home.served.name)}
    assert "Number 1" in searched(desk)[0]
    assert len(ours) <= 3  # shelf and passages of two generations, nothing half-made


def test_a_connection_lost_in_a_search_is_told_and_the_next_one_answers(desk, cut):
    assert searched(desk)
    cut.stalls = True
    threading.Timer(0.3, cut.cut).start()
    threading.Timer(0.4, setattr, (cut, "stalls", False)).start()
    with pytest.raises(LibraryUnavailable, match="cannot be reached"):
        searched(desk)
    cut.mend()
    assert searched(desk)


def test_two_readers_see_only_whole_generations_while_one_writes(desk, tmp_path, monkeypatch):
    monkeypatch.setattr(library_module, "_FOLLOW_S", 0.05)
    readers = [another(desk, tmp_path, name) for name in ("one", "two")]
    whole, wrong, seen = threading.Event(), [], set()

    def read(reader):
        while not whole.is_set():
            try:
                library = reader.library.snapshot()
                (text,) = [hit.passage.text for hit in library.search("multi-query attention", 3)]
                seen.add(text[-2])
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=read, args=(reader,)) for reader in readers]
    for thread in threads:
        thread.start()
    try:
        for turn in (1, 2, 3):
            (tmp_path / "page.md").write_text(PAGE.format(turn))
            desk.ingest([tmp_path / "page.md"], seed=False)
            time.sleep(1.5)  # for readers to see it
    finally:
        whole.set()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert seen == {"0", "1", "2", "3"}


def test_a_collection_dropped_under_a_reader_is_told_and_made_anew(desk):
    assert searched(desk)
    pointer = Pointer.of(desk.home.current())
    client.connected(desk.home.served).client.drop_collection(pointer.passages)
    with pytest.raises(LibraryUnavailable, match=r"replaced or dropped.*refdesk rebuild"):
        searched(desk)
    desk.rebuild()
    assert searched(desk)
