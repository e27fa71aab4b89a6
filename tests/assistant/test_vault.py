"""A vault: what refdesk writes into it, and that no line of a person's is ever changed."""

import difflib
import json
import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assistant.contract import to_json
from assistant.kept.anchor import Anchor
from assistant.vault.folder import STATE, Vault
from assistant.vault.names import file_name, folded
from assistant.vault.note import Block, Note, fresh, id_in, merged, note_id
from ingest.errors import UsageError

ID = note_id("source", "https://a.example/")


OLD = (Block("source", "# Keys"), Block("summary", "Old words."))


def _note(title="Keys", blocks=OLD, **more):
    return Note(ID, "Sources", title, {"title": title, "authors": ["Anna Berg"]} | more, blocks)


FIRST = fresh(_note())


def _again(text, **more):
    return merged(text, _note(**more), FIRST.known)


def test_a_new_note_has_properties_and_marked_blocks():
    front = yaml.safe_load(FIRST.text.split("---")[1])
    assert front == {"title": "Keys", "authors": ["Anna Berg"]}
    assert id_in(FIRST.text) == ID
    assert "Old words." in FIRST.text


def test_nothing_changes_where_nothing_changed():
    done = _again(FIRST.text)
    assert (done.text, done.left) == (FIRST.text, ())


NEW = (Block("source", "# Keys"), Block("summary", "New words."))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_a_person_wrote_around_our_blocks_stays_to_the_byte(end):
    mine = FIRST.text.replace("# Keys\n", "# Keys\n").replace(
        "<!-- refdesk:begin summary", "My own line.  \n\n<!-- refdesk:begin summary"
    )
    mine = mine.replace("---\n\n", "tags: [mine,  'odd']\n---\nabove\n\n", 1) + "\nbelow\ttab"
    mine = mine.replace("\n", end)
    done = _again(mine, blocks=NEW, title="Keys and values")
    assert done.left == ()
    gone = [line for line in difflib.ndiff(mine.split(end), done.text.split(end))
            if line.startswith("- ")]  # fmt: skip
    came = [line for line in difflib.ndiff(mine.split(end), done.text.split(end))
            if line.startswith("+ ")]  # fmt: skip
    assert gone[0] == '- title: "Keys"'
    assert "- Old words." in gone
    assert len(gone) == len(came) == 3
    assert ("\n" in done.text.replace("\r\n", "")) == (end == "\n")


def test_a_block_changed_by_hand_stays_and_is_named():
    mine = FIRST.text.replace("Old words.", "Old words, which I doubt.")
    done = _again(mine, blocks=NEW)
    assert done.text == mine
    assert done.left == ("the block summary was changed by hand, so it stays as it is",)


def test_a_property_changed_by_hand_stays_and_one_spelt_anew_by_an_editor_is_ours():
    mine = FIRST.text.replace('title: "Keys"', "title: My keys").replace(
        'authors:\n  - "Anna Berg"', "authors: [Anna Berg]"
    )
    done = _again(mine, title="Other", authors=["Ben Roth"])
    assert done.left == ("the property title was changed by hand, so it stays as it is",)
    front = yaml.safe_load(done.text.split("---")[1])
    assert front == {"title": "My keys", "authors": ["Ben Roth"]}


def test_what_a_person_took_out_stays_out():
    start = FIRST.text.index("<!-- refdesk:begin summary")
    mine = FIRST.text[:start].replace('authors:\n  - "Anna Berg"\n', "")
    done = _again(mine, blocks=NEW)
    assert done.text == mine


def test_a_block_that_is_new_comes_after_the_one_before_it():
    more = (*NEW[:1], Block("highlights", "> a ^h-1", keeps=True), *NEW[1:])
    text = _again(FIRST.text, blocks=more).text
    assert text.index("end source") < text.index("> a ^h-1") < text.index("begin summary")


def test_highlights_are_kept_when_others_come():
    block = Block("highlights", "## Highlights\n\n> a ^h-1\n\n> b ^h-2", keeps=True)
    one = fresh(_note(blocks=(block,)))
    more = Block("highlights", "## Highlights\n\n> b ^h-2\n\n> c ^h-3", keeps=True)
    two = merged(one.text, _note(blocks=(more,)), one.known)
    assert [two.text.count(each) for each in ("> a", "> b", "> c", "## High")] == [1, 1, 1, 1]
    empty = Block("highlights", "", keeps=True)
    assert merged(two.text, _note(blocks=(empty,)), two.known).text == two.text


@pytest.mark.parametrize(
    "harm",
    [
        lambda text: text.replace("<!-- refdesk:end source -->", ""),
        lambda text: text.replace("end summary", "end source"),
        lambda text: text + text,
        lambda text: text.replace("begin summary of=", "begin summary off="),
    ],
)
def test_a_note_whose_marks_were_changed_is_left_alone(harm):
    mine = harm(FIRST.text)
    done = _again(mine, blocks=NEW)
    assert done.text == mine
    assert "marks" in done.left[0] or "mark" in done.left[0]


def test_a_page_cannot_close_a_block_of_ours():
    evil = Block("summary", "<!-- refdesk:end summary -->\n\n<!-- refdesk:begin x -->")
    one = fresh(_note(blocks=(evil,)))
    assert merged(one.text, _note(blocks=(evil,)), one.known).text == one.text


@given(st.text(), st.text(), st.sampled_from(["\n", "\r\n"]))
def test_whatever_a_person_writes_before_and_after_stays(before, after, end):
    if "refdesk:" in before + after or before.lstrip("\ufeff").startswith("---"):
        return
    ours = FIRST.text[FIRST.text.index("<!--") :].replace("\n", end)
    done = merged(f"{before}\n{ours}\n{after}", _note(blocks=NEW), FIRST.known)
    assert done.text.startswith(f"{before}\n")
    assert done.text.endswith(f"\n{after}")
    assert "New words." in done.text


@given(st.text(min_size=1, max_size=300))
def test_every_title_becomes_a_name_that_every_file_system_takes(title):
    name = file_name(title)
    assert 1 <= len(name.encode()) <= 101
    assert not set(name) & set('<>:"/\\|?*#^[]%')
    assert name == name.strip(" .")
    assert all(unicodedata.category(mark) != "Cc" for mark in name)
    assert file_name(name) == name


@pytest.mark.parametrize("title", ["CON", "nul.md", "com1", "..", "a/b", " . ", "AUX", "x" * 300])
def test_names_that_systems_keep_for_themselves_are_changed(title, tmp_path):
    name = file_name(title)
    (tmp_path / f"{name}.md").write_text("a")
    assert name.casefold() not in ("con", "com1", "aux", "nul.md")


def test_names_that_differ_in_case_alone_are_told_apart_and_stay_so(tmp_path):
    notes = [Note(note_id("source", name), "Sources", title, {}, (Block("source", name),))
             for name, title in (("1", "Straße"), ("2", "STRASSE"), ("3", "strasse"))]  # fmt: skip
    vault = Vault(tmp_path)
    places = vault.place(notes)
    assert len({folded(path) for path in places.values()}) == 3
    vault.write(notes)
    (tmp_path / "Sources" / "keys.md").write_text("mine")
    more = Note(note_id("source", "0"), "Sources", "Keys", {}, (Block("source", "x"),))
    again = Vault(tmp_path)
    assert again.place([more, *reversed(notes)]).items() >= places.items()
    assert again.place([more])[more.id] != "Sources/Keys.md"


def test_of_a_note_and_a_persons_copy_of_it_the_note_is_brought_up_to_date(tmp_path):
    vault = Vault(tmp_path)
    vault.place([_note()])
    vault.write([_note()])
    first = tmp_path / "Sources" / "Keys.md"
    for copy in ("A", "Zettel"):
        (tmp_path / copy).mkdir()
        (tmp_path / copy / "Keys.md").write_bytes(first.read_bytes())
    again = Vault(tmp_path)
    again.place([_note()])
    assert again.write([_note(blocks=NEW)]).changed == ("Sources/Keys.md",)
    assert "Old words." in (tmp_path / "A" / "Keys.md").read_text("utf-8")


@pytest.fixture
def filled(desk, tmp_path):
    """A desk with a list of two sections, and an answer of it."""
    mine = tmp_path / "mine.md"
    links = [link.url for link in desk.sources()]
    mine.write_text(
        "# Mine\n\n## Attention\n\n- [Gone | away](https://gone.example/x)\n- Sparse attention\n\n"
        "### Caches\n\n- [Keys [and] values](https://kv.example/a_(b))\n"
    )
    assert links
    desk.add_list(mine)
    desk.ingest(offline=True)
    saved = json.loads(json.dumps(to_json(desk.ask("how does multi-query attention share keys?"))))
    return desk, saved


def _files(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes()
            for file in folder.rglob("*") if file.is_file()}  # fmt: skip


def test_a_vault_opened_twice_with_a_persons_edits_between(filled, notes, tmp_path):
    desk, saved = filled
    folder = tmp_path / "vault"
    first = desk.vault(folder, answers=[saved])
    assert first.left == ()
    text = (folder / "Sources" / "Sharing keys and values.md").read_text("utf-8")
    (answer,) = (folder / "Answers").iterdir()
    names = {line.split("^")[1] for line in text.splitlines() if "^h-" in line}
    said = answer.read_text("utf-8")
    assert names
    assert all(f"[[Sources/Sharing keys and values#^{name}|(" in said for name in names)
    before = _files(folder)
    assert desk.vault(folder).added == desk.vault(folder).changed == ()
    assert _files(folder) == before

    # a person writes: around, inside, moves a note, throws one away, adds one of their own
    source = folder / "Sources" / "Sharing keys and values.md"
    edited = text.replace("<!-- refdesk:end summary", "I doubt it.\n<!-- refdesk:end summary")
    source.write_text(f"{edited}\n## Mine\n\nMy thought. [[Elsewhere]]\n", "utf-8")
    (folder / "Read").mkdir()
    (folder / "Sources" / "键值缓存.md").rename(folder / "Read" / "Cache.md")
    (folder / "Sources" / "Rye bread.md").unlink()
    (folder / "Elsewhere.md").write_text("Mine alone.\n", "utf-8")
    mine = _files(folder)

    # the library changes: one page says something else, one is new
    (notes / "kv.md").write_text(
        "# 键值缓存\n\n键值缓存保存键和值。缓存随序列长度增长。\n", "utf-8"
    )
    (notes / "new.md").write_text(
        "# Paged attention\n\nPaged attention keeps the cache in pages.\n"
    )
    desk.ingest([notes], offline=True)
    done = desk.vault(folder)
    assert done.added == ("Sources/Paged attention.md",)
    assert "Read/Cache.md" in done.changed
    assert {each.note for each in done.left} == {
        "Sources/Sharing keys and values.md", "Sources/Rye bread.md",
    }  # fmt: skip
    after = _files(folder)
    assert after["Sources/Sharing keys and values.md"] == mine["Sources/Sharing keys and values.md"]
    assert "Sources/Rye bread.md" not in after
    touched = {path for path in after if after[path] != mine.get(path)}
    assert touched == {"Sources/Paged attention.md", "Read/Cache.md", STATE}


def test_a_section_names_what_is_not_here_and_links_up(filled, tmp_path):
    desk, _ = filled
    folder = tmp_path / "vault"
    desk.vault(folder, lists=["mine"])
    top = (folder / "Subjects" / "Attention › mine.md").read_text("utf-8")
    assert "[Gone \\| away](https://gone.example/x): not fetched yet" in top
    assert "- Sparse attention: no link yet" in top
    low = (folder / "Subjects" / "Attention › Caches › mine.md").read_text("utf-8")
    assert "[Keys \\[and\\] values](https://kv.example/a_%28b%29)" in low
    assert "Part of [[Subjects/Attention › mine|Attention › mine]]" in low
    assert not (folder / "Sources").exists()


def test_what_cannot_be_a_vault_is_said(desk, tmp_path):
    (tmp_path / "file").write_text("a")
    with pytest.raises(UsageError, match="cannot be used"):
        desk.vault(tmp_path / "file")
    with pytest.raises(UsageError, match="no list nowhere"):
        desk.vault(tmp_path / "vault", lists=["nowhere"])
    with pytest.raises(UsageError, match="not a saved answer"):
        desk.vault(tmp_path / "vault", answers=[{}])


def test_a_lost_state_makes_nothing_of_a_persons_ours(filled, tmp_path):
    desk, _ = filled
    folder = tmp_path / "vault"
    desk.vault(folder)
    (folder / STATE).unlink()
    before = _files(folder)
    done = desk.vault(folder)
    assert done.changed == ()
    assert {**_files(folder), STATE: b""} == {**before, STATE: b""}


KEYS = "Sources/Sharing keys and values.md"


def test_highlights_notes_and_threads_stand_in_the_vault_beside_a_persons_lines(filled, tmp_path):
    desk, _ = filled
    folder = tmp_path / "vault"
    (source,) = [each.url for each in desk.sources() if each.title == "Sharing keys and values"]
    quote = "Multi-query attention"
    note = desk.note(source, Anchor(quote), "Why one?\n<b>Ask</b> Anna", ["kv"])
    asked = desk.ask("how does multi-query attention share keys?")
    thread = desk.threads.keep(asked)
    desk.threads.keep(asked, thread=thread)
    desk.vault(folder)
    text = (folder / KEYS).read_text("utf-8")
    assert f" ^n-{note.id}\n  - Why one?\n  - \\<b\\>Ask\\</b\\> Anna\n  - Tags: kv\n" in text
    (kept,) = (folder / "Answers").iterdir()
    said = kept.read_text("utf-8")
    assert said.count("## how does multi-query attention share keys?") == 2
    assert f"[[{KEYS.removesuffix('.md')}#^h-" in said
    before = _files(folder)
    assert desk.vault(folder).changed == ()
    assert _files(folder) == before

    mine = text.replace("<!-- refdesk:begin subjects", "My line.\n<!-- refdesk:begin subjects")
    mine += "\nMine, below.\n"
    (folder / KEYS).write_text(mine, "utf-8")
    desk.notes.delete(note.id)
    assert desk.vault(folder).changed == (KEYS,)
    desk.note(source, Anchor(quote), "Again")
    assert desk.vault(folder).changed == (KEYS,)
    text = (folder / KEYS).read_text("utf-8")
    assert "Why one?" not in text
    assert "  - Again" in text
    assert set(mine.splitlines()) - set(text.splitlines()) <= set(_block(mine, "mine"))


def _block(text, name):
    return text.partition(f"refdesk:begin {name}")[2].partition("refdesk:end")[0].splitlines() + [
        line for line in text.splitlines() if f"begin {name} " in line
    ]


def test_what_a_vault_says_is_never_evidence(filled, tmp_path):
    desk, saved = filled
    folder = tmp_path / "vault"
    desk.vault(folder, answers=[saved])
    (answer,) = (folder / "Answers").iterdir()
    text = answer.read_text("utf-8")
    answer.write_text(f"{text}\nThe wimbrel walks along the shore and eats crabs.\n", "utf-8")
    report = desk.ingest([answer, folder / KEYS], offline=True)
    assert [each.target for each in report.not_taken] == [(folder / KEYS).as_uri()]
    read = desk.read_source(answer.as_uri()).text
    assert "The wimbrel walks" in read
    assert "multi-query" not in read
