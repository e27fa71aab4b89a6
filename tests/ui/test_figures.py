"""Figures from the web to the answer, the reader and the REST interface; and out again."""

import base64
import dataclasses
import io
import re
from contextlib import closing

import httpx
import pytest
from PIL import Image

from assistant.contract import to_json
from assistant.desk import Desk
from assistant.kept.answer_of import answer_of
from ingest.archive.warc import Archive
from ingest.errors import NothingFound
from ingest.fetch.pace import Limits
from ingest.reading.decode import UnreadableError
from ingest.reading.picture_image import redrawn
from tests.conftest import BREAD_PAGE
from tests.doors import serving
from tests.ingest.test_pdf_figures import paper_bytes
from tests.stand_in import Web
from ui.kept import saved
from ui.kept.forms import exported
from ui.page.answer_markdown import markdown
from ui.page.html_figures import beside_html, kept_html
from ui.page.html_reader import POLICY, reader_html
from ui.page.i18n import texts

SAY = texts("en")
PAGE = "https://figures.example/ring"
OTHER = "https://figures.example/other"
PAPER = "https://figures.example/paper.pdf"
LONG = "and more words than the eight it takes"
EVIL = "<script>window.hacked=1</script>\"'><img src=x onerror=window.hacked=1>"
CAPTION = "Figure 2: Ring attention hands each block of keys to the next of 8 devices."
QUESTION = "to whom does ring attention hand each block of keys?"
BODY = f"""<title>Ring attention</title><body><article><h1>Ring attention</h1>
<p>{"Long sequences do not fit on a single device, whatever one does about the cache. " * 4}</p>
<h2>The ring</h2><p>Ring attention lets every device keep its own queries.</p>
<figure><img src="/img/ring.png"><figcaption>{CAPTION}</figcaption></figure>
<h2>Elsewhere</h2><p>{"Bandwidth between devices is what such a ring lives on. " * 6}</p>
<figure><img src="/img/lost.png"><figcaption>Bandwidth of links.</figcaption></figure>
<img src="/img/ring.png?2" alt="{EVIL.replace('"', "&quot;")} {LONG}">
</article></body>"""


def a_picture(form="PNG", size=(900, 500), **how):
    out = io.BytesIO()
    Image.new("RGB", size, (10, 120, 90)).save(out, form, **how)
    return out.getvalue()


def reply(body, kind):
    return 200, [("Content-Type", kind)], body


WEB = {
    PAGE: reply(BODY.encode(), "text/html; charset=utf-8"),
    OTHER: reply(
        f"<title>Circles</title><article><p>{'Circles are drawn with a compass. ' * 12}</p>"
        "<img src='/img/own.png'><img src='/img/ring.png'></article>".encode(),
        "text/html",
    ),
    "https://figures.example/img/ring.png": reply(a_picture(), "image/png"),
    "https://figures.example/img/ring.png?2": reply(a_picture("JPEG"), "image/jpeg"),
    PAPER: reply(paper_bytes(), "application/pdf"),
    "https://figures.example/img/own.png": reply(a_picture("GIF"), "image/gif"),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory, models_dir):
    home = tmp_path_factory.mktemp("figures") / "home"
    home.mkdir()
    (home / "models").symlink_to(models_dir)
    (home / "bread.md").write_text(BREAD_PAGE)
    with Web(dict(WEB)) as web:
        desk = Desk(home, llm="extractive", transport=web.transport, limits=Limits(pace=0))
        desk.ingest([PAGE, OTHER, PAPER, home / "bread.md"], seed=False)
        with closing(desk):
            yield desk


def test_an_answer_shows_the_figure_next_to_what_it_cites(desk):
    answer = desk.ask(QUESTION)
    assert not answer.refused
    [figure] = answer.figures
    assert (figure.caption, figure.source, figure.number) == (CAPTION, PAGE, 1)
    assert figure.url == "https://figures.example/img/ring.png"
    assert (figure.width, figure.height) == (900, 500)
    plain = to_json(answer)
    assert plain["figures"][0]["image"].startswith("api/v1/figure?url=https%3A%2F%2Ffigures")
    assert answer_of(plain).figures == answer.figures
    assert answer_of({**plain, "figures": []}).figures == ()
    del plain["figures"]
    assert answer_of(plain).figures == ()  # kept before there were any
    assert desk.ask("how hot is a rye bread baked?").figures == ()


def test_a_caption_is_found_and_cited(desk):
    found = desk.search("each block of keys to the next of 8 devices").hits[0]
    assert CAPTION in found.passage.text
    document = desk.read_source(PAGE)
    assert document.text[found.passage.start : found.passage.end] == found.passage.text


def test_pictures_are_served_drawn_anew_to_those_who_may_read(desk):
    with serving(desk) as address, httpx.Client(base_url=address) as client:
        got = client.get("/" + desk.ask(QUESTION).figures[0].image)
        assert got.status_code == 200
        assert got.headers["content-type"] == "image/webp"
        assert got.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in got.headers["content-security-policy"]
        assert Image.open(io.BytesIO(got.content)).size == (900, 500)
        for number, why in ((2, "not in the archive"), (99, "no figure 99")):
            missing = client.get("/api/v1/figure", params={"url": PAGE, "number": number})
            assert missing.status_code == 404
            assert why in missing.json()["detail"]
        assert client.get("/api/v1/figure", params={"url": PAGE, "number": 0}).status_code == 422
        elsewhere = client.get(got.request.url.raw_path.decode(), headers={"Host": "evil.example"})
        assert elsewhere.status_code in (400, 403, 421)


def test_a_figure_of_a_pdf_file_stands_beside_the_answer_and_is_served(desk):
    answer = desk.ask("which keys are shared by groups of queries?")
    figure = answer.figures[0]  # nearest first
    assert figure.caption == "Figure 3: Keys are shared by groups of queries."
    assert figure.url.startswith(f"{PAPER}#page=2&viewrect=")
    with serving(desk) as address, httpx.Client(base_url=address) as client:
        got = client.get("/" + figure.image)
        assert got.headers["content-type"] == "image/webp"
        shown = Image.open(io.BytesIO(got.content))
        assert shown.size == (figure.width, figure.height)
    document = desk.read_source(PAPER)
    pictures = {n: desk.picture_head(each) for n, each in enumerate(document.figures, 1)}
    assert reader_html(document, SAY, pictures=pictures).count("<figure id=") == 2
    [visit] = Archive(desk.home.archive).visits()[PAPER]
    assert visit.pictures == ()  # nothing was asked for: they are in the file


def test_the_reader_shows_figures_in_place_and_nothing_of_them_runs(desk):
    document = desk.read_source(PAGE)
    heads = {n: desk.picture_head(each) for n, each in enumerate(document.figures, 1)}
    assert [n for n, head in heads.items() if head] == [1, 3]
    pictures = {n: head for n, head in heads.items() if head}
    html = reader_html(document, SAY, pictures=pictures)
    article = html[html.index("<article") : html.index("</article>")]
    assert article.index('id="figure-1"') < article.index("Ring attention hands each")
    assert article.index("keep its own queries") < article.index('id="figure-1"')
    sources = re.findall(r'<img src="([^"]*)"', article)
    assert [each.partition("?")[0] for each in sources] == ["./api/v1/figure"] * 2
    assert "<script" not in article
    assert not re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', article))
    assert "img-src 'self' data:" in POLICY
    assert "figure" not in reader_html(document, SAY).partition("<article")[2]


def test_captions_and_titles_beside_an_answer_are_text(desk):
    [figure] = desk.ask(QUESTION).figures
    evil = type(figure)(1, 1, EVIL, EVIL, f"https://a.example/{EVIL}", EVIL, 10, 10)
    html = beside_html([evil], SAY)
    assert set(re.findall(r"<(\w+)", html)) == {"div", "figure", "a", "img", "figcaption", "span"}
    assert html.count("<img") == 1
    named = kept_html([evil], {}, SAY)
    assert set(re.findall(r"<(\w+)", named)) == {"p"}  # no address of the web: no link
    answer = desk.ask(QUESTION)
    assert f"[{CAPTION}](https://figures.example/img/ring.png)[^1]" in markdown(answer)
    lines = markdown(dataclasses.replace(answer, figures=(evil,)))
    assert "<script" not in lines.replace("\\<", "")
    assert not re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', html))
    assert beside_html([], SAY) == ""


def test_a_rebuild_needs_the_archive_alone_and_forgetting_takes_pictures_away(desk):
    before = desk.ask(QUESTION).figures
    [visit] = Archive(desk.home.archive).visits()[OTHER]
    assert len(visit.pictures) == 2
    desk.forget([OTHER])
    digest = desk.status()["digest"]
    kept = {record.url for record in Archive(desk.home.archive).records()}
    assert "https://figures.example/img/ring.png" in kept  # another page shows it, too
    assert "https://figures.example/img/own.png" not in kept
    desk.rebuild()
    assert desk.status()["digest"] == digest
    assert desk.ask(QUESTION).figures == before
    archive = Archive(desk.home.archive)
    record = next(each for each in archive.records() if each.url.endswith("ring.png"))
    assert archive.read(record).body == a_picture()  # byte for byte as it came


def test_an_archive_from_elsewhere_brings_its_pictures(desk, tmp_path, models_dir):
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(models_dir)
    fetched = next(desk.home.archive.glob("fetched-*.warc.gz"))
    with closing(Desk(home, llm="extractive")) as other:
        other.ingest([fetched], seed=False)
        assert other.ask(QUESTION).figures == desk.ask(QUESTION).figures
        assert other.picture(PAGE, 1).width == 900
        other.forget([PAGE])
        assert not [r for r in Archive(other.home.archive).records() if "ring.png" in r.url]
        with pytest.raises(NothingFound):
            other.picture(PAGE, 1)


def test_an_exported_thread_holds_its_pictures(desk):
    thread = desk.threads.show(desk.threads.keep(desk.ask(QUESTION)))
    text = exported(thread, "html", picture_of=desk.shown_picture)
    (data,) = re.findall(r'<img src="data:image/webp;base64,([^"]+)"', text)
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (900, 500)
    assert saved.read(text.encode())[1] == ""


def test_what_pictures_carry_beside_their_pixels_is_left_out():
    marked = a_picture("JPEG", (4000, 900), exif=b"Exif\0\0secret place", comment=b"secret")
    shown = redrawn(marked)
    assert (shown.width, shown.height) == (1600, 360)
    assert b"secret" not in shown.picture
    assert redrawn(a_picture("GIF")).width == 900


def test_damaged_pictures_and_bombs_are_refused_in_words():
    for cut in (30, 60, 400):
        with pytest.raises(UnreadableError):
            redrawn(a_picture()[:cut])
    bomb = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(bomb, "PNG", compress_level=1)
    with pytest.raises(UnreadableError, match="no picture"):
        redrawn(bomb.getvalue())
    lies = bytearray(a_picture(size=(64, 64)))
    lies[16:24] = (6000).to_bytes(4, "big") * 2
    with pytest.raises(UnreadableError, match="damaged"):
        redrawn(bytes(lies))
