import gzip

import pytest

from ingest.archive.values import Reply
from ingest.sites import google_docs
from ingest.values import Document, Rejection

DOCS = "https://docs.google.com"
SLIDES = f"{DOCS}/presentation/d/1T6X_a-b/edit"
SHEET = f"{DOCS}/spreadsheets/d/1kT4/edit"
TEXT = f"{DOCS}/document/d/1abC/edit"
EXPORTS = {
    SLIDES: f"{DOCS}/presentation/d/1T6X_a-b/export/txt",
    SHEET: f"{DOCS}/spreadsheets/d/1kT4/export?format=csv",
    TEXT: f"{DOCS}/document/d/1abC/export?format=md",
}
TYPES = {SLIDES: "text/plain; charset=utf-8", SHEET: "text/csv", TEXT: "text/markdown"}


def reply(page: str, body: str | bytes, name: str = "", status: int = 200, **more: str) -> Reply:
    data = body.encode() if isinstance(body, str) else body
    headers = {
        "Content-Type": TYPES.get(page, "text/html"),
        "Content-Disposition": name,
    } | {key.replace("_", "-"): value for key, value in more.items() if key != "at"}
    at = more.get("at", "https://doc-00-slides.googleusercontent.com/export/x")
    return Reply(at, status, tuple(headers.items()), data, "2026-01-02T03:04:05Z")


def read(page: str, body: str | bytes, name: str = "", **more: object) -> Document | Rejection:
    return google_docs.read(page, {EXPORTS[page]: reply(page, body, name, **more)})  # type: ignore[arg-type]


def document(found: Document | Rejection) -> Document:
    assert isinstance(found, Document), found
    return found


@pytest.mark.parametrize("page", EXPORTS)
def test_one_request_for_the_export(page: str) -> None:
    assert google_docs.covers(page)
    (wanted,) = google_docs.requests(page, {})
    assert (wanted.url, wanted.method, wanted.interface) == (EXPORTS[page], "GET", True)
    assert google_docs.requests(page, {wanted.url: Rejection(page, "x")}) == ()


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        (
            f"{DOCS}/spreadsheets/d/e/2PACX-1v/pubhtml",
            f"{DOCS}/spreadsheets/d/e/2PACX-1v/pub?output=csv",
        ),
        (
            f"{DOCS}/spreadsheets/d/e/2PACX-1v/pubhtml?gid=7&single=true",
            f"{DOCS}/spreadsheets/d/e/2PACX-1v/pub?output=csv&gid=7",
        ),
        (f"{SHEET}?gid=7", f"{DOCS}/spreadsheets/d/1kT4/export?format=csv&gid=7"),
        (f"{DOCS}/document/d/e/2PACX-1v/pub", f"{DOCS}/document/d/e/2PACX-1v/pub"),
        (
            f"{DOCS}/presentation/d/e/2PACX-1v/pub?start=false",
            f"{DOCS}/presentation/d/e/2PACX-1v/pub?start=false",
        ),
    ],
)  # fmt: skip
def test_published_files(url: str, wanted: str) -> None:
    assert google_docs.covers(url)
    assert [request.url for request in google_docs.requests(url, {})] == [wanted]


@pytest.mark.parametrize(
    "url", [f"{DOCS}/forms/d/1x/viewform", f"{DOCS}/", "https://drive.google.com/file/d/1/view"]
)
def test_other_pages_of_google_are_not_covered(url: str) -> None:
    assert not google_docs.covers(url)


def test_slides() -> None:
    name = (
        "attachment; filename=\"RLHFLecture@Stanford.txt\"; filename*=UTF-8''"
        "%5B29%20Nov%202023%5D%20RLHF%20Lecture%20@%20Stanford%20%E2%80%93%20v1.5.txt"
    )
    body = (
        "\ufeffReinforcement learning from\x0bhuman feedback\r\nNathan\r\n\r\n\r\n\r\n‹#›\r\n"
        "\r\nReward models\r\n# of labels: 10k\r\n"
    )
    found = document(read(SLIDES, body, name))
    assert found.title == "[29 Nov 2023] RLHF Lecture @ Stanford – v1.5"
    assert found.text == (
        f"# {found.title}\n\nReinforcement learning from\nhuman feedback\nNathan\n\n"
        "Reward models\n\\# of labels: 10k"
    )
    assert (found.url, found.kind, found.source) == (SLIDES, "slides", "google-slides")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("attachment; filename=\"A.csv\"; filename*=UTF-8''LLM%20-%20Sheet1.csv", "LLM"),
        ('attachment; filename="Prices - Models.csv"', "Prices - Models"),
        ("attachment; filename=Prices.csv", "Prices"),
        ("", "Google sheet"),
    ],
)  # fmt: skip
def test_the_title_is_the_files_name(name: str, title: str) -> None:
    assert document(read(SHEET, "a,b\n1,2\n", name)).title == title


def test_a_sheet_becomes_a_table() -> None:
    body = (
        "Models of 2024,,,\r\n,,,\r\n"
        'Model,,Size,"Context, max"\r\nLlama | 2,,7B,"4k\nor more"\r\nMistral,,7B\r\n'
    )
    found = document(read(SHEET, body, 'attachment; filename="LLM.csv"'))
    assert found.text == (
        "# LLM\n\nModels of 2024\n\n"
        "| Model | Size | Context, max |\n"
        "| --- | --- | --- |\n"
        "| Llama \\| 2 | 7B | 4k or more |\n"
        "| Mistral | 7B |  |"
    )
    assert found.kind == "note"


def test_every_part_of_a_big_sheet_says_what_its_columns_are() -> None:
    rows = "".join(f"model {n},{n}B,a remark on model {n}\n" for n in range(200))
    found = document(read(SHEET, "Model,Size,Remark\n" + rows))
    _, *parts = found.text.split("\n\n")
    assert len(parts) > 5
    assert all(
        part.startswith("| Model | Size | Remark |\n| --- | --- | --- |\n") for part in parts
    )
    assert all(len(part) < 1500 for part in parts)
    seen = [line for part in parts for line in part.split("\n")[2:]]
    assert seen == [f"| model {n} | {n}B | a remark on model {n} |" for n in range(200)]


def test_a_sheet_of_one_column_is_text() -> None:
    assert document(read(SHEET, "first note\n\nsecond note\n")).text.endswith(
        "first note\n\nsecond note"
    )


def test_a_document_is_markdown() -> None:
    body = (
        "# **Scaling laws**\n\nLoss falls as a power of compute \\- see ![][image1].\n\n"
        "| N | D |\n| :---- | :---- |\n| 1B | 20B |\n\n## Chinchilla\n\nTwenty tokens.\n\n"
        "[image1]: <data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==>\n"
    )
    found = document(read(TEXT, body, "attachment; filename*=UTF-8''Scaling%20notes.md"))
    assert found.title == "Scaling notes"
    assert "Loss falls as a power of compute - see" in found.text
    assert "## Chinchilla" in found.text
    assert "| 1B | 20B |" in found.text
    assert "base64" not in found.text
    assert document(read(TEXT, body)).title == "Scaling laws"


def test_bodies_are_unpacked() -> None:
    found = read(SLIDES, gzip.compress(b"Hello slides"), Content_Encoding="gzip")
    assert "Hello slides" in document(found).text


SIGN_IN = (
    "<!doctype html><html><head><title>Sign in - Google Accounts</title></head><body>"
    "<form><input type=email><input type=password></form></body></html>"
)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (reply("", SIGN_IN, at="https://accounts.google.com/v3/signin/identifier"), "sign-in wall"),
        (reply("", "<html><body>You need access</body></html>"), "sign-in wall"),
        (
            reply(
                "",
                "<html><title>Sorry...</title><body><h1>We're sorry...</h1><p>Your computer may "
                "be sending automated queries.</p></body></html>",
            ),
            "bot wall",
        ),
        (reply(SLIDES, "", status=404), "dead (404)"),
        (reply(SLIDES, "", status=403), "blocked (403)"),
        (reply(SLIDES, " \r\n\r\n\ufeff"), "empty"),
        (reply(SLIDES, b"%PDF-1.7 x", Content_Type="application/pdf"), "unsupported type"),
        (Rejection("x", "redirects in a circle"), "redirects in a circle"),
    ],
)
def test_what_is_not_public_is_reported(made: Reply | Rejection, reason: str) -> None:
    found = google_docs.read(SLIDES, {EXPORTS[SLIDES]: made})
    assert isinstance(found, Rejection)
    assert found.url == SLIDES
    assert found.reason.startswith(reason)


def test_one_sheet_is_not_taken_for_another() -> None:
    of_8 = {f"{DOCS}/spreadsheets/d/1kT4/export?format=csv&gid=8": reply(SHEET, "a,b\n1,2")}
    assert google_docs.read(f"{SHEET}?gid=7", of_8) == Rejection(f"{SHEET}?gid=7", "not fetched")
    assert "| 1 | 2 |" in document(google_docs.read(f"{SHEET}?gid=8", of_8)).text


def test_somebody_elses_archive() -> None:
    other = {
        f"{DOCS}/spreadsheets/d/1kT4/export?format=csv&gid=741531996": reply(SHEET, "a,b\n1,2")
    }
    assert "| 1 | 2 |" in document(google_docs.read(SHEET, other)).text
    shell = reply(
        "",
        "<html><title>LLM - Google Sheets</title><body><noscript>JavaScript isn't enabled in your "
        "browser, so this file can't be opened. Enable and reload.</noscript>"
        "<script>x()</script></body></html>",
        at=SHEET,
    )
    found = google_docs.read(SHEET, {f"{SHEET}?usp=sharing": shell})
    assert found == Rejection(SHEET, "needs a browser")
    assert google_docs.read(SHEET, {}) == Rejection(SHEET, "not fetched")
