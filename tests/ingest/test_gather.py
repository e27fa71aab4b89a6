"""Getting pages through the real fetcher from a local server: what is due, kept, resumed."""

import io
import json
import struct
from contextlib import redirect_stdout
from types import SimpleNamespace

import pytest
from PIL import Image
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from ingest.archive.warc import Archive
from ingest.fetch.pace import Limits
from ingest.gathering.gather import gather
from ingest.page import Page
from ingest.pipeline import pages
from ingest.values import Document
from tests.stand_in import Web

QUICK = Limits(pace=0, backoff=0.01, patience=0.2)
TEXT = "A sentence of words about attention and its cost, long enough to be a page. " * 12


def page(text=TEXT, title="T", headers=()):
    body = f"<html><title>{title}</title><body><p>{text}</p></body></html>"
    return (200, [("Content-Type", "text/html; charset=utf-8"), *headers], body.encode())


class Asks:
    """A gather over one archive and one web, again and again."""

    def __init__(self, folder, web):
        self.archive = Archive(folder)
        self.web = web

    def __call__(self, *urls, **how):
        before = len(self.web.log)
        got = gather(
            self.archive, urls, lambda *_: None, transport=self.web.transport, limits=QUICK, **how
        )
        self.asked = [url for url in self.web.asked()[before:] if "robots.txt" not in url]
        return {each.url: (each.state, each.reason) for each in got}

    def read(self):
        documents, lost = {}, {}
        for item in pages(self.archive):
            for found in item.read() if isinstance(item, Page) else [item]:
                if isinstance(found, Document):
                    documents[found.url] = found
                else:
                    lost[found.url] = found.reason
        return documents, lost


@pytest.fixture
def asks(tmp_path):
    with Web({}) as web:
        yield Asks(tmp_path / "archive", web)


def test_a_page_is_fetched_once_and_read_from_the_archive(asks):
    asks.web.pages["https://a.example/post/"] = page(title="Title")
    assert asks("https://a.example/post/#part") == {"https://a.example/post": ("fetched", None)}
    assert asks.asked == ["https://a.example/post/"]
    assert asks("https://a.example/post") == {}
    assert asks.asked == []
    documents, _ = asks.read()
    assert documents["https://a.example/post"].title == "Title"


def test_a_moved_page_is_one_document_under_its_last_address(asks):
    asks.web.pages |= {
        "https://a.example/old": (301, [("Location", "/new")], b""),
        "https://a.example/new": page(),
    }
    asks("https://a.example/old", "https://a.example/new")
    assert sorted(asks.asked) == ["https://a.example/new", "https://a.example/old"]
    documents, lost = asks.read()
    assert (list(documents), lost) == (["https://a.example/new"], {})


def test_a_page_that_only_sends_on_is_followed(asks):
    sends = b'<meta http-equiv="refresh" content="0; url=/new"><title>Moved</title>'
    asks.web.pages |= {
        "https://a.example/old": (200, [("Content-Type", "text/html")], sends),
        "https://a.example/new": page(),
    }
    asks("https://a.example/old")
    assert list(asks.read()[0]) == ["https://a.example/new"]


def test_what_is_dead_is_not_asked_again_and_what_was_down_is(asks):
    asks.web.pages |= {"https://b.example/": (503, [], b"busy")}
    first = asks("https://a.example/gone", "https://b.example/")
    assert first["https://a.example/gone"] == ("failed", "dead (404)")
    assert first["https://b.example/"] == ("failed", "not available now (503)")
    asks.web.pages["https://b.example/"] = page()
    assert asks("https://a.example/gone", "https://b.example/") == {
        "https://b.example/": ("fetched", None)
    }
    assert asks.read()[1] == {"https://a.example/gone": "dead (404)"}


def test_a_refresh_asks_whether_a_page_changed(asks):
    def answer(headers):
        same = headers.get("If-None-Match") == '"1"'
        return (304, [("ETag", '"1"')], b"") if same else page(headers=[("ETag", '"1"')])

    asks.web.pages |= {"https://a.example/": answer, "https://b.example/": page()}
    asks("https://a.example/", "https://b.example/")
    before = {item.url: item.digest for item in pages(asks.archive) if isinstance(item, Page)}
    second = asks("https://a.example/", "https://b.example/", refresh=True)
    assert second == {  # b says the same again, at length
        "https://a.example/": ("unchanged", None),
        "https://b.example/": ("unchanged", None),
    }
    after = {item.url: item.digest for item in pages(asks.archive) if isinstance(item, Page)}
    assert after == before  # nothing needs to be read again
    asks.web.pages["https://b.example/"] = page(TEXT + "More.")
    assert asks("https://b.example/", refresh=True) == {"https://b.example/": ("fetched", None)}
    assert asks.read()[0]["https://b.example/"].text.endswith("More.")


@pytest.mark.parametrize(
    "later",
    [
        (404, [], b""),
        (500, [], b""),
        page("Checking your browser", title="Just a moment..."),
    ],
)
def test_a_good_copy_stays_when_a_later_visit_fails(asks, later):
    asks.web.pages["https://a.example/"] = page()
    asks("https://a.example/")
    asks.web.pages["https://a.example/"] = later
    asks("https://a.example/", refresh=True)
    documents, lost = asks.read()
    assert documents["https://a.example/"].text.startswith("A sentence of words")
    assert "copy is kept" in lost["https://a.example/"]


def test_a_body_that_is_known_is_not_kept_again(asks):
    asks.web.pages |= {f"https://a.example/{n}": page() for n in range(3)}
    asks(*asks.web.pages)
    kinds = []
    for warc in asks.archive.folder.glob("*.warc.gz"):
        with warc.open("rb") as stream:
            kinds += [
                record.rec_type
                for record in ArchiveIterator(stream)
                if "robots" not in (record.rec_headers.get_header("WARC-Target-URI") or "")
            ]
    assert sorted(kinds) == ["metadata"] * 3 + ["request"] * 3 + ["response"] + ["revisit"] * 2
    assert {doc.text for doc in asks.read()[0].values()} == {TEXT.strip()}


def test_other_tools_can_read_the_archive(asks):
    asks.web.pages |= {f"https://a.example/{n}": page(f"{n} {TEXT}") for n in range(3)}
    asks(*asks.web.pages, "https://a.example/missing")
    asks("https://a.example/1", refresh=True)

    inputs = [str(path) for path in asks.archive.folder.glob("*.warc.gz")]
    said = io.StringIO()
    with redirect_stdout(said):
        assert Checker(SimpleNamespace(inputs=inputs, verbose=True)).process_all() in (0, None)
    assert "digest pass" in said.getvalue()
    assert "fail" not in said.getvalue().lower()


def test_other_tools_find_the_page_under_its_address(asks):
    """A replay tool takes any record of an address for a copy of it: visits stand elsewhere."""
    asks.web.pages["https://a.example/"] = page()
    asks("https://a.example/")
    (warc,) = asks.archive.folder.glob("*.warc.gz")
    with warc.open("rb") as stream:
        found = [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"))
            for record in ArchiveIterator(stream)
        ]
    kinds = [kind for kind, url in found if url == "https://a.example/"]
    assert sorted(kinds) == ["request", "response"]
    assert ("metadata", "refdesk:visit/https://a.example/") in found


def test_a_token_never_reaches_the_archive(asks, monkeypatch):
    from ingest.sites import web as source
    from ingest.sites.adapter import Request

    def requests(url, replies):
        return () if url in replies else (Request(url, headers=(("Authorization", "s3cr3t"),)),)

    monkeypatch.setattr(source, "requests", requests)
    asks.web.pages["https://a.example/"] = page()
    asks("https://a.example/")
    assert ("Authorization", "s3cr3t") in [
        pair for _, url, headers in asks.web.log if "robots" not in url for pair in headers.items()
    ]
    import gzip

    for warc in asks.archive.folder.glob("*.warc.gz"):
        assert b"s3cr3t" not in gzip.decompress(warc.read_bytes())


@pytest.mark.parametrize("keep", [0.999, 0.7, 0.4, 0.05])
def test_a_torn_end_is_cut_off_and_only_the_rest_fetched_again(asks, keep):
    urls = [f"https://a.example/{n}" for n in range(8)]
    asks.web.pages |= {url: page(f"{url} {TEXT}") for url in urls}
    asks(*urls)
    whole = asks.read()[0]
    (warc,) = asks.archive.folder.glob("*.warc.gz")
    warc.write_bytes(warc.read_bytes()[: int(warc.stat().st_size * keep)])
    assert asks.archive.mend() == [warc.name]
    assert asks.archive.mend() == []
    left = {record.url for record in asks.archive.records()}
    asks(*urls)
    assert set(asks.asked) == set(urls) - left
    assert {url: doc.text for url, doc in asks.read()[0].items()} == {
        url: doc.text for url, doc in whole.items()
    }


def test_an_unfinished_visit_takes_what_it_had_from_the_archive(asks, monkeypatch):
    from ingest.sites import web as source
    from ingest.sites.adapter import Request

    def requests(url, replies):
        return [Request(each) for each in (url, f"{url}?part=2") if each not in replies]

    monkeypatch.setattr(source, "requests", requests)
    asks.web.pages |= {
        "https://a.example/x": page(),
        "https://a.example/x?part=2": page("2 " + TEXT),
    }
    asks("https://a.example/x")
    (warc,) = asks.archive.folder.glob("*.warc.gz")
    rows = (warc.parent / f"{warc.name}.index.jsonl").read_text("utf-8").splitlines()
    assert "requests" in json.loads(rows[-1])
    data = warc.read_bytes()
    warc.write_bytes(data[: data.rindex(b"\x1f\x8b\x08")])  # the note that the visit ended is lost
    asks.archive.mend()
    assert list(asks.read()[0]) == []  # half a page is no page
    asks("https://a.example/x")
    assert asks.asked == []
    assert len(asks.read()[0]) == 1


def test_limits_and_reports(asks):
    urls = [f"https://a.example/{n}" for n in range(5)]
    asks.web.pages |= {url: page(url + TEXT) for url in urls}
    told = []
    got = gather(
        asks.archive,
        urls,
        lambda *each: told.append(each),
        transport=asks.web.transport,
        limits=QUICK,
        most=2,
    )
    assert [each.url for each in got] == [each[0].url for each in told]
    assert {(done, total) for _, done, total in told} == {(1, 2), (2, 2)}


def picture(size=(120, 80), form="PNG"):
    out = io.BytesIO()
    Image.new("RGB", size, (10, 120, 90)).save(out, form)
    return (200, [("Content-Type", f"image/{form.lower()}")], out.getvalue())


def with_figures(*names, more=""):
    shown = "".join(
        f"<figure><img src='{name}'><figcaption>Figure {n} of {name}.</figcaption></figure>"
        for n, name in enumerate(names, 1)
    )
    body = f"<title>T</title><body><article><p>{TEXT}</p>{shown}{more}</article></body>"
    return (200, [("Content-Type", "text/html"), ("ETag", '"1"')], body.encode())


def test_the_pictures_of_a_page_s_figures_come_with_it_and_its_visit_names_them(tmp_path):
    bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 60_000, 60_000) + b"\x08\x02\0\0\0"
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"
    site = "https://a.example/img/"
    web = {
        "https://a.example/post": with_figures(
            "/img/good.png", "/img/moved.jpg", "/img/gone.png", "/img/bomb.png", "/img/lies.png",
            "/img/large.png", "http://10.0.0.1/inside.png", "file:///etc/passwd.png",
            more="<img src='/img/nothing.svg'>",
        ),
        f"{site}good.png": picture(),
        f"{site}moved.jpg": (302, [("Location", "/img/there.jpg")], b""),
        f"{site}there.jpg": picture(form="JPEG"),
        f"{site}bomb.png": (200, [("Content-Type", "image/png")], bomb),
        f"{site}lies.png": (200, [("Content-Type", "image/png")], svg),
        f"{site}large.png": (200, [("Content-Type", "image/png")], picture()[2] + bytes(5_000_000)),
        "http://10.0.0.1/inside.png": picture(),
    }  # fmt: skip
    with Web(web) as served:
        asks = Asks(tmp_path, served)
        assert asks("https://a.example/post") == {"https://a.example/post": ("fetched", None)}
        assert "http://10.0.0.1/inside.png" not in asks.asked
        assert not any(each.endswith(".svg") for each in asks.asked)
        [visit] = asks.archive.visits()["https://a.example/post"]
        came = {each.url: each.reply_url for each in visit.pictures if each.reason is None}
        assert came == {
            f"{site}good.png": f"{site}good.png", f"{site}moved.jpg": f"{site}there.jpg",
            f"{site}gone.png": f"{site}gone.png",
        }  # fmt: skip
        kept = {each.url for each in asks.archive.records() if each.status == 200}
        assert kept & set(web) == {
            "https://a.example/post", f"{site}good.png", f"{site}there.jpg"
        }  # fmt: skip
        documents, lost = asks.read()
        assert len(documents["https://a.example/post"].figures) == 7
        assert not lost
        # a page that did not change keeps its pictures, and asks for none again
        web["https://a.example/post"] = (304, [], b"")
        assert asks("https://a.example/post", refresh=True)["https://a.example/post"][0] == (
            "unchanged"
        )  # fmt: skip
        assert asks.asked == ["https://a.example/post"]
        assert asks.archive.visits()["https://a.example/post"][-1].pictures == visit.pictures


def test_a_page_of_many_figures_gets_the_first_of_them(tmp_path):
    names = [f"/{n}.png" for n in range(30)]
    web = {f"https://a.example{name}": picture() for name in names}
    with Web({"https://a.example/post": with_figures(*names), **web}) as served:
        asks = Asks(tmp_path, served)
        asks("https://a.example/post")
        assert len(asks.asked) == 1 + QUICK.pictures
        assert asks("https://a.example/post") == {}
