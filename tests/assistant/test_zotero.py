"""Zotero: what it exports with its files, and a running one that a local server stands for."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from reportlab.pdfgen.canvas import Canvas

from assistant.desk import Desk
from ingest.errors import UsageError
from tests.assistant.test_keeping import QUICK
from tests.ingest.exports_examples import ZOTERO_COLLECTIONS, ZOTERO_ITEMS, ZOTERO_RDF, A
from ui.listed_form import added_object

WORDS = "The kestrel cache keeps one key for every head, and so it needs little memory at all."


def write_pdf(file, words):
    file.parent.mkdir(parents=True)
    canvas = Canvas(str(file))
    canvas.setTitle("untitled")
    for line in range(12):
        canvas.drawString(40, 780 - 20 * line, words)
    canvas.save()


@pytest.fixture(scope="module")
def desk(tmp_path_factory, models_dir):
    home = tmp_path_factory.mktemp("zotero")
    (home / "models").symlink_to(models_dir)
    desk = Desk(home, llm="extractive", limits=QUICK)
    desk.ingest(seed=False, offline=True)
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Return a folder as Zotero writes one, beside a file that is nobody's business."""
    folder = tmp_path_factory.mktemp("export") / "My Library"
    write_pdf(folder / "files" / "3" / "Berg - 2019.pdf", WORDS)
    (folder / "files" / "5").mkdir()
    (folder / "files" / "5" / "one.html").write_text(
        f"<title>x</title><article><p>{'Snapshots show ospreys as they stood. ' * 9}</p></article>"
    )
    (folder / "My Library.rdf").write_text(ZOTERO_RDF, encoding="utf-8")
    (folder.parent / "outside.txt").write_text("A secret of somebody else. " * 20)
    return folder


def test_files_of_an_export_are_documents_with_what_zotero_knows_of_them(desk, exported):
    curated = desk.add_list(exported)
    assert (curated.name, curated.form) == ("My Library", "zotero-rdf")
    assert [(e.section, e.title, e.url) for e in curated.entries] == [
        (("Papers", "Cache"), "On keys & caches", A)
    ]
    files = ["files/3/Berg - 2019.pdf", "files/5/one.html"]
    assert added_object(curated)["attached"] == files
    assert ("../outside.txt", "an attached file outside of the folder that was given") in [
        (each.target, each.reason) for each in curated.ignored
    ]
    urls = [(exported / file).as_uri() for file in files]
    there = [each for each in desk.library.store.documents() if each.url.startswith("file:")]
    assert sorted(each.url for each in there) == urls
    paper, snapshot = sorted(there, key=lambda each: each.url)
    assert WORDS in paper.text
    assert "ospreys" in snapshot.text
    for each in (paper, snapshot):
        assert each.title == "On keys & caches"
        assert (each.author, each.date) == ("Anna Berg; Key Lab", "2019-11-06")
    (item,) = desk.cite([paper.url])
    assert {name: value for name, value in item.items() if name not in ("id", "language")} == {
        "type": "article-journal", "title": "On keys & caches", "URL": A, "DOI": "10.1000/xyz",
        "author": [{"family": "Berg", "given": "Anna"}, {"literal": "Key Lab"}],
        "issued": {"date-parts": [[2019, 11, 6]]}, "container-title": "Journal of Caches",
        "volume": "4", "issue": "2", "page": "10–19",
    }  # fmt: skip
    assert desk.page_image(paper.url, 1).pages == 1  # drawn from its bytes, which are as given


def test_what_zotero_knows_lives_in_the_archive_and_follows_its_changes(desk, exported):
    url = (exported / "files" / "3" / "Berg - 2019.pdf").as_uri()
    text = ZOTERO_RDF.replace("On keys &amp; caches", "On keys, revised")
    (exported / "My Library.rdf").write_text(text, encoding="utf-8")
    desk.add_list(exported)
    assert desk.read_source(url).title == "On keys, revised"
    before = desk.status()["digest"]
    desk.rebuild()
    assert desk.status()["digest"] == before
    assert desk.read_source(url).title == "On keys, revised"


def test_bibtex_names_its_files_too(desk, tmp_path):
    write_pdf(
        tmp_path / "files" / "2" / "a;b.pdf", "A merlin is a small falcon of the north, they say."
    )
    (tmp_path / "secret.txt").symlink_to(tmp_path.parent)
    file = tmp_path / "lib.bib"
    file.write_text(
        "@inproceedings{a, title={Merlins}, author={Roth, Ben}, booktitle={Proc. Birds}, "
        "year={2020}, file={Full Text:files/2/a\\;b.pdf:application/pdf;"
        "P:/etc/hostname:text/plain;S:secret.txt/x.txt:text/plain;X:files/2/x.png:image/png}}"
    )
    curated = desk.add_list(file)
    assert [each.path for each in curated.attached] == ["files/2/a;b.pdf"]
    assert [each.reason.partition(" (")[0] for each in curated.ignored] == [
        "it names no address, DOI or arXiv number: only its file comes in",
        "an attached file outside of the folder that was given",
        "an attached file outside of the folder that was given",
        "an attached file that is not there",
    ]
    (item,) = desk.cite([(tmp_path / "files" / "2" / "a;b.pdf").as_uri()])
    assert (item["type"], item["container-title"]) == ("paper-conference", "Proc. Birds")


class Zotero(BaseHTTPRequestHandler):
    """Answers as the local interface of Zotero 7 does; ``storage`` is where it keeps files."""

    protocol_version = "HTTP/1.1"
    storage = None
    rows = {}  # noqa: RUF012  # set by the test
    allowed = True

    def do_GET(self):
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        kind = "application/json"
        status, rows, path = 200, None, parts.path.removeprefix("/api/users/0/")
        if not self.allowed:
            status, body, kind = 403, b"Local API is not enabled", "text/plain"
        elif path.endswith("/file/view/url"):
            key = path.split("/")[1]
            kind, body = "text/plain", f"{self.storage.as_uri()}/{key}/Berg%20a.pdf".encode()
        elif path in self.rows:
            rows = self.rows[path]
            start = int(query["start"][0])
            end = start + min(2, int(query["limit"][0]))
            body = json.dumps(rows[start:end] if isinstance(rows, list) else rows).encode()
        else:
            status, body = 404, b"Not found"
        self.send_response(status)
        if rows is not None:
            self.send_header("Total-Results", str(len(rows)))
            self.send_header("Zotero-API-Version", self.headers["Zotero-API-Version"])
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def zotero(tmp_path):
    class Running(Zotero):
        storage = tmp_path / "Zotero" / "storage"
        rows = {"items": ZOTERO_ITEMS, "collections": ZOTERO_COLLECTIONS}  # noqa: RUF012

    server = ThreadingHTTPServer(("127.0.0.1", 0), Running)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield Running, f"zotero:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_running_zotero_is_a_list_and_its_stored_files_documents(desk, zotero):
    running, where = zotero
    write_pdf(
        running.storage / "BBBB1111" / "Berg a.pdf", "A hobby is a falcon that hunts dragonflies."
    )
    curated = desk.add_list(where)
    assert (curated.name, curated.form, curated.origin) == ("zotero", "zotero", None)
    (entry,) = curated.entries
    assert (entry.section, entry.title, entry.url) == (("Papers", "Cache"), "On keys", A)
    assert entry.note == "Anna Berg; Key Lab, 2019. mine. Tags: llm."
    assert [each.title for each in curated.ignored] == ["No address"]
    hit = desk.search("falcon that hunts dragonflies", k=1).hits[0].passage
    assert hit.url == (running.storage / "BBBB1111" / "Berg a.pdf").as_uri()
    assert desk.read_source(hit.url).imprint.venue == "Journal of Caches"


def test_only_files_of_zoteros_storage_are_read(desk, zotero, tmp_path):
    running, where = zotero
    write_pdf(tmp_path / "mine" / "BBBB1111" / "Berg a.pdf", WORDS)
    running.storage = tmp_path / "mine"
    curated = desk.add_list(where, name="other")
    assert not curated.attached
    assert "an attached file outside of the folder that was given" in [
        each.reason for each in curated.ignored
    ]


def test_a_zotero_that_is_not_there_or_says_no_is_told_what_to_do(desk, zotero):
    running, where = zotero
    running.allowed = False
    with pytest.raises(UsageError, match="allow other applications"):
        desk.add_list(where)
    running.allowed, running.rows = True, {"items": ["x"], "collections": {}}
    with pytest.raises(UsageError, match="is no Zotero"):
        desk.add_list(where)
    with pytest.raises(UsageError, match="No Zotero answers"):
        desk.add_list("zotero:9")
    with pytest.raises(UsageError, match="names no port"):
        desk.add_list("zotero:evil.example:80")
