"""What people keep elsewhere comes in: every format by faithful examples, and hostile ones."""

import io
import json
import os
import plistlib
import zipfile

import pytest

from ingest.archive.given import resources
from ingest.bounded.lists import ListReader
from ingest.errors import UsageError
from ingest.exports import packs
from ingest.exports.given import MOST_BYTES
from ingest.exports.registry import FORMATS, grown, is_export, read_list
from ingest.exports.vault import read_vault
from ingest.lists.catalog_file import dumps, loads
from ingest.reading import wiki
from ingest.reading.feed_heads import is_feed
from tests.ingest.exports_examples import EXAMPLES, A, B


def listed(text, file="x", **how):
    data = text if isinstance(text, bytes) else text.encode()
    return read_list(data, file=file, name="mine", **how)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"{each.form}-{each.file}")
def test_an_export_gives_its_entries_and_names_what_it_does_not(example):
    curated = listed(example.text, example.file)
    assert curated.form == example.form
    assert [(e.section, e.title, e.url) for e in curated.entries] == list(example.entries)
    assert [each.reason for each in curated.ignored] == list(example.refused)
    assert loads(dumps(curated)) == curated


def test_every_format_has_three_examples():
    counts = {form: sum(each.form == form for each in EXAMPLES) for form in FORMATS}
    assert {form for form, count in counts.items() if count < 3} == set()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"{each.form}-{each.file}")
def test_line_ends_marks_and_wide_letters_change_nothing(example):
    expected = [(e.section, e.title, e.url) for e in listed(example.text, example.file).entries]
    text = example.text.lstrip("\ufeff")
    spelled = [text.encode("utf-8-sig"), text.replace("\r\n", "\n").replace("\n", "\r\n").encode()]
    if not text.startswith("<?xml"):  # which says its own encoding
        spelled.append(text.encode("utf-16"))
    for data in spelled:
        read = listed(data, example.file)
        assert [(e.section, e.title, e.url) for e in read.entries] == expected


def test_notes_tags_and_dates_are_told_beside_the_entry():
    by_file = {each.file: listed(each.text, each.file).entries[0].note for each in EXAMPLES}
    assert by_file["bookmarks.html"] == "Read it twice. Tags: llm, kv cache. Kept on 2023-11-14."
    assert by_file["raindrop.csv"] == (
        "mine said, of it Highlight:a b. Tags: llm, cache. Kept on 2023-11-14."
    )
    assert by_file["reader-document-history.csv"] == "Tags: llm, cache. Kept on 2023-11-14."
    assert by_file["GoodLinks-Export.json"] == "s. Tags: llm. Kept on 2023-11-14."
    assert by_file["wallabag.json"] == "Tags: llm. Kept on 2023-11-14."
    assert by_file["bookmarks-2023-11-14.json"] == ("mine. Tags: llm, cache. Kept on 2023-11-14.")
    assert by_file["hypothesis.json"] == (
        "“keys are shared” mine “values too”. Tags: llm. Kept on 2023-11-14."
    )
    assert by_file["backup.json"] == "mine. Tags: llm. Kept on 2023-11-14."
    assert by_file["rss.xml"] == "A summary. Tags: llm. Kept on 2023-11-14."
    assert by_file["My Library.bib"] == (
        "Vaswani, Ashish; Shazeer, Noam; Parmar, Niki et al., 2017. Tags: transformers, attention."
    )
    assert by_file["jabref.txt"] == "Müller, Jörg; Étienne Ørsted, 2020. Tags: a, b."
    assert by_file["Exported Items.ris"] == (
        "Shazeer, Noam, 2019. mine. Tags: decoding, attention."
    )


def test_what_was_marked_and_remarked_is_told_too():
    marks = [{"quote": "keys are shared", "text": "mine"}, {"text": "a remark"}, "no mark"]
    row = {"url": A, "title": "One", "annotations": marks, "highlights": "Highlight: words"}
    (entry,) = listed(json.dumps([row]), "wallabag.json").entries
    assert entry.note == "Highlight: words “keys are shared” mine a remark."
    tweet = {"id": "1", "full_text": "New paper", "name": "A", "url": B, "created_at": "2023-11-14"}
    (entry,) = listed(json.dumps([tweet]), "bookmarks.json").entries
    assert entry.note == "New paper. Kept on 2023-11-14."
    by_file = {each.file: listed(each.text, each.file).entries[0].note for each in EXAMPLES}
    assert by_file["starred.json"] == "mine. Tags: llm. Kept on 2023-11-14."
    assert by_file["thoughts.opml"] == "mine"
    assert by_file["Watch later.csv"] == "Kept on 2023-11-14."
    assert by_file["Extra.json"] == "Vincent van Gogh, 2022. mine arXiv:2205.14135 [cs]"
    bib = f"@misc{{a, title={{One}}, url={{{A}}}, note={{classic}}}}"
    assert listed(bib, "a.bib").entries[0].note == "classic."


def test_highlights_of_omnivore_stand_with_their_page():
    rows = json.dumps([{"slug": "one", "url": A, "title": "One"}, {"slug": "two", "url": B}])
    data = packed(**{
        "metadata_0_to_20.json": rows,
        "highlights__one.md": "> Keys are shared.\n\nmine\n\n> Values, too.\n",
        "highlights__other.md": "> Of a page that is not here.\n",
    })  # fmt: skip
    curated = listed(data, "omnivore.zip")
    notes = [entry.note for entry in curated.entries]
    assert notes == ["Keys are shared. mine Values, too.", None]
    assert [each.target for each in curated.ignored] == ["highlights/other.md"]


def test_a_vault_gives_what_its_notes_were_clipped_from_and_its_canvases(tmp_path):
    (tmp_path / "Clip.md").write_text(
        f"---\ntitle: One\nsource: {A}\ntags: [llm, kv]\ncreated: 2023-11-14\n"
        "description: mine\nurl: not an address\n---\nNo links.\n"
    )
    (tmp_path / "Secret.md").write_text("---\nsource: http://127.0.0.1/x\n---\nText.\n")
    nodes = [
        {"type": "text", "text": f"see [Two]({B})", "x": 0, "y": 50, "width": 9, "height": 9},
        {"type": "link", "url": f"{A}?x=3", "x": 0, "y": 0, "width": 9, "height": 9},
        {"type": "file", "file": "Clip.md", "x": 200, "y": 0, "width": 9, "height": 9},
        {"type": "text", "text": f"[Three]({A}?x=4)", "x": 110, "y": 5, "width": 9, "height": 9},
        {"type": "group", "label": "To [read]", "x": 100, "y": 0, "width": 50, "height": 50},
        {"type": "text", "text": 7, "x": "?"}, "no node",
    ]  # fmt: skip
    (tmp_path / "Board.canvas").write_text(json.dumps({"nodes": nodes, "edges": []}))
    (tmp_path / "Broken.canvas").write_text("{")
    with ListReader() as reader:
        curated = read_vault(tmp_path, "mine", reader.parse, reader.read)
    assert [(entry.section, entry.title, entry.url) for entry in curated.entries] == [
        (("Board",), f"{A}?x=3", f"{A}?x=3"),
        (("Board",), "Two", B),
        (("Board", "To read"), "Three", f"{A}?x=4"),
        (("Clip",), "One", A),
    ]
    assert curated.entries[-1].note == "mine. Tags: llm, kv. Kept on 2023-11-14."
    assert [each.target for each in curated.ignored] == ["http://127.0.0.1/x"]
    assert curated.topics == ()


_BOMB = "<!DOCTYPE a [<!ENTITY a 'x'><!ENTITY b '&a;&a;&a;'>]>"


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("x.opml", f"<?xml version='1.0'?>{_BOMB}<opml><body><outline text='&b;'/></body></opml>",
         "declares XML entities"),
        ("x.xml", f"<?xml version='1.0'?>{_BOMB}<rss><channel><title>&b;</title></channel></rss>",
         "declares XML entities"),
        ("x.opml", "<opml>" + "<outline text='a'>" * 5000, "nests its elements"),
        ("x.json", "[" * 20_000, "no JSON: it nests"),
        ("x.json", "[x](https://a.example)", "no JSON: .* in line 1"),
        ("x.json", '{"what": 1}', "JSON of a kind"),
        ("x.csv", "a,b\n1,2\n", "without a column of addresses"),
        ("x.csv", "url\njavascript:1\n", "unsupported address"),
        ("x.pdf", "%PDF-1.7", "refdesk ingest x.pdf"),
        ("x.html", "<!DOCTYPE NETSCAPE-Bookmark-file-1><DL>", "holds no address"),
        ("x.bib", "@article{a, title={x}}", "names no address"),
        ("x.bib", "mail me @home", "holds no address"),
        ("x.bin", b"\x7fELF\0\0\0", "no text file"),
        ("x.md", b"a" * (MOST_BYTES + 1), "larger than"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_one_sentence(file, text, said):
    with pytest.raises(UsageError, match=said):
        listed(text, file)


@pytest.mark.parametrize(
    "head",
    ["```bibtex\n@misc{a, title={x}, url={https://x.example/}}\n```", "Link", "URL, title",
     "# About <opml> and <rss>", "<div>\n\n<opml>", "TY  is a tag", "@someone: a greeting"],
)  # fmt: skip
def test_a_markdown_list_stays_one_whatever_it_quotes(head):
    curated = listed(f"{head}\n\n- [One]({A})\n", "README.md")
    assert curated.form == ""
    assert A in [entry.url for entry in curated.entries]


def test_deep_folders_and_cut_files_lose_nothing_else():
    deep = "<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><p>" + "<DT><H3>f</H3><DL><p>" * 300
    curated = listed(f'{deep}<DT><A HREF="{A}">x</A>{"</DL><p>" * 300}<DT><A HREF="{B}">y</A>')
    assert [entry.url for entry in curated.entries] == [A, B]
    cut = listed(f'url,title\n{A},One\n{B},"Tw')
    assert [entry.url for entry in cut.entries] == [A, B]


def test_random_bytes_after_a_real_beginning_end_in_a_list_or_a_sentence():
    for example in EXAMPLES:
        for length in (40, 200, 2000):
            data = example.text.encode()[: length * 2] + os.urandom(length)
            try:
                read = listed(data, example.file)
            except UsageError:
                continue
            assert read.entries


def test_a_feed_keeps_the_entries_it_no_longer_shows():
    first = listed(f"<rss><channel><item><title>1</title><link>{A}</link></item></channel></rss>")
    now = listed(f"<rss><channel><item><title>2</title><link>{B}</link></item></channel></rss>")
    assert [entry.url for entry in grown(first, now).entries] == [B, A]
    bookmarks = listed(json.dumps([{"url": B}]), "x.json")
    assert grown(first, bookmarks) == bookmarks


def test_feeds_are_told_from_pages():
    feeds = [each for each in EXAMPLES if each.form in ("feed", "json-feed", "opml")]
    assert all(
        is_feed(each.text.encode()) for each in feeds if each.text.strip()[:9] != '{"items":'
    )
    assert not is_feed(b"<!doctype html><html><head><title>feed</title></head></html>")
    assert not is_feed(b"# A list\n\n<rss> is a format")


def test_lists_are_read_in_a_process_that_can_be_ended():
    with ListReader() as reader:
        curated = reader.read(f"url,title\n{A},One\n".encode(), file="x.csv", name="mine")
        assert [entry.title for entry in curated.entries] == ["One"]
        with pytest.raises(UsageError, match="no text file"):
            reader.read(b"\0\0", file="x.bin", name="mine")


def packed(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, body in members.items():
            pack.writestr(name.replace("__", "/"), body)
    return out.getvalue()


def test_a_folder_of_logseq_is_its_pages(tmp_path):
    (tmp_path / "logseq").mkdir()
    (tmp_path / "logseq" / "config.edn").write_text("{}")
    (tmp_path / "pages").mkdir()
    note = (
        f"tags:: llm\ntitle:: Low rank\n\n- Adapters, see [One]({A})\n  id:: 64a\n"
        "- {{video https://www.youtube.com/watch?v=aaaaaaaaaaa}} "
        "((11111111-2222-3333-4444-555555555555))\n"
    )
    (tmp_path / "pages" / "lora.md").write_text(note)
    skipped = []
    assert [file.url.rpartition("/")[2] for file in resources(tmp_path, skipped.append)] == [
        "lora.md"
    ]
    assert skipped == []
    with ListReader() as reader:
        curated = read_vault(tmp_path, "mine", reader.parse, reader.read)
    assert [(entry.section, entry.title) for entry in curated.entries] == [
        (("pages", "lora"), "One"),
        (("pages", "lora"), "https://www.youtube.com/watch?v=aaaaaaaaaaa"),
    ]
    assert wiki.title_in(note) == "Low rank"
    assert "::" not in wiki.as_markdown(note)
    assert "1111" not in wiki.as_markdown(note)


def test_a_folder_of_notion_holds_its_tables(tmp_path):
    key = "1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d"
    (tmp_path / f"Reading {key}.md").write_text(f"# Reading\n\n[One]({A})\n")
    (tmp_path / f"Reading {key}").mkdir()
    (tmp_path / f"Reading {key}" / f"List {key}.csv").write_text(f"Name,URL\nTwo,{B}\n")
    with ListReader() as reader:
        curated = read_vault(tmp_path, "mine", reader.parse, reader.read)
    assert [(entry.section, entry.title) for entry in curated.entries] == [
        (("Reading",), "One"), (("Reading", "List"), "Two"),
    ]  # fmt: skip


def test_a_packed_export_is_read_member_by_member():
    saved = json.dumps([{"url": A, "title": "One", "labels": ["llm"]}])
    more = json.dumps([{"url": B, "title": "Two"}])
    data = packed(**{
        "metadata_0_to_20.json": saved, "metadata_20_to_40.json": more,
        "content__one.html": "<html><body><p>Words of the page.</p></body></html>",
    })  # fmt: skip
    assert is_export("omnivore.zip", data)
    curated = listed(data, "omnivore.zip")
    assert [(entry.title, entry.url) for entry in curated.entries] == [("One", A), ("Two", B)]
    assert [each.target for each in curated.ignored] == ["content/one.html"]


def test_a_pack_of_notion_keeps_its_pages_and_tables():
    key = "1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d"
    inner = packed(**{
        f"Reading {key}.md": f"# Reading\n\n[One]({A})\n",
        f"Reading {key}__List {key}.csv": f"Name,Tags,URL\nTwo,llm,{B}\n",
    })  # fmt: skip
    curated = listed(packed(**{"Export-Part-1.zip": inner}), "notion.zip")
    assert [(entry.section, entry.title) for entry in curated.entries] == [
        (("Reading",), "One"), ((), "Two"),
    ]  # fmt: skip


def test_a_pack_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(packs, "MOST_UNPACKED", 1_000)
    with pytest.raises(UsageError, match="unpacks to more than"):
        listed(packed(a="x" * 2_000), "a.zip")
    with pytest.raises(UsageError, match="cannot be unpacked"):
        listed(packed(a="x" * 50)[:60], "b.zip")


def test_a_table_or_backup_without_addresses_says_so():
    with pytest.raises(UsageError, match="table without a column of addresses"):
        listed("Highlight,Book Title\nWords,One\n", "readwise-data.csv")
    with pytest.raises(UsageError, match="packed backup of Firefox"):
        listed(b"mozLz40\0rest", "bookmarks.jsonlz4")
    with pytest.raises(UsageError, match="damaged property list"):
        listed(b"bplist00" + bytes(40), "Bookmarks.plist")


def test_a_property_list_that_holds_itself_many_times_ends():
    inner = {"Children": [], "Title": "x"}
    for _ in range(60):
        inner = {"Title": "x", "Children": [inner, inner]}
    data = plistlib.dumps({"WebBookmarkType": "x", **inner}, fmt=plistlib.FMT_BINARY)
    with pytest.raises(UsageError, match="no address of a page"):
        listed(data, "Bookmarks.plist")


def test_markup_of_a_feeds_title_is_read():
    atom = (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry>'
        f'<title type="html">One &amp;amp; two</title><link href="{A}"/></entry></feed>'
    )
    assert listed(atom, "a.atom").entries[0].title == "One & two"


def entries_of(text, file):
    return [(entry.title, entry.url, entry.note) for entry in listed(text, file).entries]


@pytest.mark.parametrize(
    ("said", "address"),
    [
        (r"url={https://a.example/a\_b\%20c\&d}", "https://a.example/a_b%20c&d"),
        (r"url={https://a.example/$\sim$me/x}", "https://a.example/~me/x"),
        (r"url={https://a.example/\~{}me/{\_}x}", "https://a.example/~me/_x"),
        (r"url={\url{https://a.example/{\textasciitilde}me}}", "https://a.example/~me"),
        (r"howpublished={\url{https://a.example/a\_b\#c}}", "https://a.example/a_b#c"),
        (r"note={see \url{https://a.example/a\_b}.}", "https://a.example/a_b"),
        (r"eprint={2305.18290}, note={https://a.example/}", "https://arxiv.org/abs/2305.18290"),
        (r"doi={10.1000/1}, note={https://a.example/}", "https://doi.org/10.1000/1"),
    ],
)
def test_addresses_of_bibtex_are_what_a_browser_takes(said, address):
    ((_, url, _),) = entries_of(f"@misc{{a, title={{T}}, {said}}}", "a.bib")
    assert url == address


def test_of_two_addresses_the_second_is_named_and_never_glued():
    ris = "TY  - ELEC\nTI  - T\n{}AN  - arXiv:1909.08053\nER  - \n"
    for lines in (f"UR  - {A}\nUR  - {B}\n", f"UR  - {A}; {B}\n", f"UR  - {A};{B}\n"):
        curated = listed(ris.format(lines), "a.ris")
        assert [entry.url for entry in curated.entries] == [A]
        assert [each.target for each in curated.ignored] == [B]
    assert [url for _, url, _ in entries_of(ris.format(""), "a.ris")] == [
        "https://arxiv.org/abs/1909.08053"
    ]
    curated = listed(f'url,title\n"{A} {B}",T\n', "a.csv")
    assert ([entry.url for entry in curated.entries], curated.ignored[0].target) == ([A], B)


TOKENS = "Using <s> and </s> tokens, List<T> and <think>"


def test_what_stands_between_angles_is_no_markup_where_the_text_is_plain():
    escaped = TOKENS.replace("<", "&lt;").replace(">", "&gt;")
    bookmark = f'<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><DT><A HREF="{A}">{escaped}</A></DL>'
    row = json.dumps([{"url": A, "title": TOKENS, "note": TOKENS}])
    for file, text in (
        ("a.csv", f'url,title,note\n{A},"{TOKENS}","{TOKENS}"\n'),
        ("a.json", row),
        ("a.ris", f"TY  - ELEC\nTI  - {TOKENS}\nUR  - {A}\nER  - \n"),
        ("a.bib", f"@misc{{a, title={{{TOKENS}}}, url={{{A}}}}}"),
        ("a.html", bookmark),
        ("a.opml", f'<opml><body><outline text="{escaped}" url="{A}"/></body></opml>'),
    ):
        ((title, _, note),) = entries_of(text, file)
        assert (title, (note or TOKENS).rstrip(".")) == (TOKENS, TOKENS), file
    tex = r"$\alpha$ of {\textless}s{\textgreater} in \{x\}"
    ((title, _, _),) = entries_of(f"@misc{{a, title={{{tex}}}, url={{{A}}}}}", "a.bib")
    assert title == r"$\alpha$ of <s> in {x}"
    html = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [
        {"id": "1", "url": A, "title": TOKENS, "content_html": "<p>a <b>b</b> &lt;think&gt;</p>"},
    ]})  # fmt: skip
    assert entries_of(html, "a.json") == [(TOKENS, A, "a b <think>")]


def test_private_addresses_and_feeds_are_taken_by_one_rule():
    curated = listed(f"# L\n\n- [One]({A})\n- [Router](http://192.168.1.2/x)\n", "a.md")
    assert [entry.url for entry in curated.entries] == [A]
    assert [(each.target, each.reason) for each in curated.ignored] == [
        ("http://192.168.1.2/x", "not a public web address")
    ]
    curated = listed("# L\n\n- [One](https://me:geheim@a.example/one)\n", "a.md")
    assert [entry.url for entry in curated.entries] == [A]
    feeds = "".join(f'<outline text="F" xmlUrl="{feed}"/>' for feed in (
        "feed://a.example/rss", "feed:https://b.example/rss"))  # fmt: skip
    assert listed(f"<opml><body>{feeds}</body></opml>", "a.opml").feeds == (
        "http://a.example/rss", "https://b.example/rss",
    )  # fmt: skip
