"""The command line as a user meets it: real processes, exit codes, JSON and nothing else."""

import json
import os
import subprocess
import sys

import bibtexparser
import pytest

from tests.conftest import put_in


@pytest.fixture
def run(home):
    """Run ``refdesk`` in a home of its own and return the finished process."""

    def run(*arguments, code=0, home=home, env=None):
        done = subprocess.run(
            [sys.executable, "-m", "ui.cli", *map(str, arguments), "--home", str(home)],
            capture_output=True, text=True, timeout=280, check=False,
            env=os.environ | {"COLUMNS": "100"} | (env or {}),
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


@pytest.fixture
def filled(run, home, request):
    """The same, after the three documents were taken in."""
    put_in(home, request)
    return run


def test_ingest_reports_as_json_lines(run, notes):
    lines = run("ingest", "--no-primer", notes, "--json").stdout.splitlines()
    events = [json.loads(line) for line in lines]
    assert all("event" in event for event in events)
    assert events[-1]["event"] == "done"
    assert (events[-1]["documents"], events[-1]["pages_read"]) == (3, 3)
    assert events[-1]["lists"] == []


def test_what_is_named_again_and_not_due_is_told(filled):
    address = "http://127.0.0.1:9/x"
    assert "not a public web address" in filled("ingest", address).stderr
    assert "--refresh asks again" in filled("ingest", address).stdout.replace("\n", " ")
    done = json.loads(filled("ingest", address, "--json").stdout.splitlines()[-1])
    assert ["--refresh" in said for said in done["notices"]] == [True]


def test_an_ingest_says_how_each_list_stands(filled, tmp_path):
    file = tmp_path / "mine.md"
    file.write_text("# Mine\n\n## Attention\n\n- [Sharing keys](https://a.example/x)\n")
    filled("lists", "add", file)
    done = json.loads(filled("ingest", "--offline", "--json").stdout.splitlines()[-1])
    assert done["lists"] == json.loads(filled("status", "--json").stdout)["lists"]
    (row,) = done["lists"]
    assert (row["name"], row["entries"], row["in_library"], row["dead"], row["unsupported"]) == (
        "mine", 1, 0, 0, 0,
    )  # fmt: skip
    assert "mine" in filled("ingest", "--offline").stdout


def test_ask_prints_an_answer_with_sources(filled):
    out = filled("ask", "how does multi-query attention share keys?", "--llm", "extractive").stdout
    assert "one key head and one value head" in " ".join(out.split())
    assert "[1]" in out
    assert "Sources" in out


def test_ask_as_json_has_the_fields_of_the_contract(filled):
    out = filled("ask", "who described multi-query attention?", "--llm", "extractive", "--json")
    answer = json.loads(out.stdout)
    promised = {
        "question", "asked", "lang", "refused", "refusal", "view", "answer", "sentences",
        "citations", "nearest", "look_in", "further", "dropped", "model", "timings",
    }  # fmt: skip
    assert promised < set(answer)
    fields = {"text", "citations", "support", "status", "verbatim", "spans"}
    assert fields < set(answer["sentences"][0])
    assert answer["citations"][0]["quote"]
    assert answer["timings"]["total_s"] > 0


def test_a_refusal_exits_with_0_and_names_the_nearest(filled):
    out = filled("ask", "Which soil do blueberries like?", "--llm", "extractive", "--json").stdout
    answer = json.loads(out)
    assert answer["refused"] is True
    assert answer["refusal"]
    assert answer["sentences"] == []
    assert answer["nearest"][0]["url"].startswith("file:")


def test_refused_questions_are_told_as_gaps(filled):
    question = "Which soil do blueberries like?"
    filled("ask", question, "--llm", "extractive", "--no-log")
    assert json.loads(filled("status", "--gaps", "--json").stdout) == {"gaps": []}
    said = filled("ask", question, "--llm", "extractive").stdout
    assert "nearest sources" in said
    (gap,) = json.loads(filled("status", "--gaps", "--json").stdout)["gaps"]
    assert (gap["question"], gap["count"]) == (question, 1)
    assert gap["nearest"][0]["url"].startswith("file:")
    assert question in filled("status", "--gaps").stdout


def test_nothing_piped_has_colours_or_links(filled):
    for arguments in (("ask", "who described multi-query attention?"), ("search", "cache")):
        extra = ("--llm", "extractive") if arguments[0] == "ask" else ()
        assert "\x1b" not in filled(*arguments, *extra).stdout


def test_models_are_shown_with_what_they_cost(run):
    rows = json.loads(run("models", "show", "--json").stdout)
    answering = [row for row in rows if row["use"] == "answers"]
    assert len(answering) >= 4
    assert all(row["costs"] is None for row in rows)
    assert sum(row["recommended"] for row in rows) <= 1
    out = run("models", "show").stdout
    assert all(row["name"] in out for row in answering)


def test_search_as_json_and_with_filters(filled):
    found = json.loads(filled("search", "cache", "--json", "--lang", "zh").stdout)
    assert {hit["lang"] for hit in found["hits"]} == {"zh"}
    assert {"rank", "score", "passage", "url", "deep_link", "title", "heading", "kind", "lang",
            "quote", "start", "end", "recommended_by"} <= set(found["hits"][0])  # fmt: skip


def test_nothing_found_exits_with_3(filled):
    done = filled("search", "cache", "--kind", "video", "--json", code=3)
    assert json.loads(done.stdout)["hits"] == []
    assert "Nothing was found" in done.stderr


def test_status_as_json(filled):
    status = json.loads(filled("status", "--json").stdout)
    assert (status["documents"], status["vectors"]) == (3, status["passages"])
    assert len(status["digest"]) == 64


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", ""], "empty"),
        (["search", "   "], "empty"),
        (["search", "x", "--difficulty", "impossible"], "impossible"),
        (["ingest", "/no/such/file.md"], "/no/such/file.md"),
        (["ingest", "https://a.example/", "--offline"], "--offline"),
        (["eval", "/no/such/questions.jsonl"], "questions.jsonl"),
        (["verify", "/no/such/answer.json"], "answer.json"),
        (["lists", "remove", "nobody"], "nobody"),
        (["ask", "what is attention", "--llm", "no-such-model"], "no-such-model"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_why(filled, arguments, message):
    done = filled(*arguments, code=2)
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2


def test_a_home_may_be_named_before_the_command(filled, home, tmp_path):
    def run(*words):
        return subprocess.run(
            [sys.executable, "-m", "ui.cli", *map(str, words)],
            capture_output=True, text=True, timeout=280, check=False,
            env=os.environ | {"REFDESK_HOME": str(tmp_path / "nowhere")},
        )  # fmt: skip

    status = filled("status", "--json").stdout
    assert run("--home", home, "status", "--json").stdout == status
    assert run(f"--home={home}", "status", "--json").stdout == status
    elsewhere = tmp_path / "elsewhere"
    assert run("--home", elsewhere, "status", "--json", "--home", home).stdout == status
    assert run("--home", home, "lists", "show").returncode == 0
    assert run("lists", "--home", home, "show").returncode == 0
    assert run("lists", "show", "--home", home).returncode == 0
    empty = run("--home", "", "status")
    assert (empty.returncode, "the name of the folder is empty" in empty.stderr) == (2, True)
    after = run("status", "--judge", "some/model")
    assert after.returncode == 2
    assert "--judge stands before the command" in after.stderr
    assert not elsewhere.exists()
    assert not (tmp_path / "nowhere").exists()


def test_bad_input_leaves_what_was_there(filled, tmp_path):
    before = json.loads(filled("status", "--json").stdout)
    torn = tmp_path / "torn.warc.gz"
    torn.write_bytes(b"\x1f\x8b\x08\x00 no more than a beginning")
    empty = tmp_path / "empty.md"
    empty.write_text("# A list\n\nWithout any link.\n")
    broken = tmp_path / "rows.jsonl"
    broken.write_text('{"text": "fine"}\n{"title": "no text"}\n')
    assert "torn.warc.gz" in filled("ingest", torn, code=2).stderr
    assert "empty" in filled("lists", "add", empty, code=2).stderr
    assert "line 2" in filled("ingest", broken, code=2).stderr
    assert json.loads(filled("status", "--json").stdout) == before


def test_a_corrupt_model_exits_with_4(filled, tmp_path):
    corrupt = tmp_path / "model.gguf"
    corrupt.write_bytes(b"GGUF" + b"\x00" * 5000)
    question = "how does multi-query attention share keys?"
    assert "model.gguf" in filled("ask", question, "--llm", corrupt, code=4).stderr
    assert filled("ask", question, "--llm", "extractive").stdout


def test_a_home_that_cannot_be_made_exits_with_2(run, tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot be made" in run("status", code=2, home=tmp_path / "file" / "home").stderr


def test_a_verified_answer_holds_and_a_forged_one_does_not(filled, tmp_path):
    out = filled("ask", "who described multi-query attention?", "--llm", "extractive", "--json")
    saved = json.loads(out.stdout)
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(saved))
    assert json.loads(filled("verify", file, "--json").stdout)["ok"] is True
    saved["sentences"][0]["text"] = "It was described by Newton in 1687."
    file.write_text(json.dumps(saved))
    done = filled("verify", file, "--json", code=5)
    assert json.loads(done.stdout)["sentences"][0]["ok"] is False


def test_evaluation_of_retrieval(filled, tmp_path, notes):
    row = {
        "id": "1", "question": "how hot is the oven for rye bread", "lang": "en", "type": "number",
        "gold_urls": [(notes / "bread.md").resolve().as_uri()], "evidence": "", "answer": "240",
    }  # fmt: skip
    other = row | {"id": "2", "type": "unanswerable", "gold_urls": []}
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps(row) + "\n" + json.dumps(other) + "\n")
    report = json.loads(filled("eval", file, "--retrieval-only", "--json").stdout)
    assert report["n"] == 2
    assert report["retrieval"]["n"] == 1
    assert report["retrieval"]["recall@1"] == 1
    assert report["answers"]["correct"] is None
    assert report["by_lang"]["en"]["retrieval"]["n"] == 1


def test_evaluation_of_answers(filled, tmp_path, notes):
    row = {
        "id": "1", "question": "at how many degrees is rye bread baked", "lang": "en",
        "type": "number",
        "gold_urls": [(notes / "bread.md").resolve().as_uri()], "evidence": "",
        "answer": "240 degrees for 15 minutes",
    }  # fmt: skip
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps(row) + "\n")
    answers = tmp_path / "answers.jsonl"
    report = json.loads(
        filled("eval", file, "--json", "--llm", "extractive", "--answers", answers).stdout
    )["answers"]
    assert (report["correct"], report["citation_precision"], report["false_refusals"]) == (1, 1, 0)
    assert json.loads(answers.read_text())["id"] == "1"


def test_a_new_home_is_seeded_and_says_so_on_stderr(run):
    done = run("lists", "show", "--json")
    assert "primer" in done.stderr
    names = [row["name"] for row in json.loads(done.stdout)]
    assert names == [
        "llms-learning", "llm-learning-notes", "llm-deep-dive", "transformers-and-llms",
        "llm-notes-zh",
    ]  # fmt: skip


def test_search_imports_neither_torch_nor_the_model_nor_the_page():
    code = (
        "import sys; import ui.cli; from assistant.desk import Desk\n"
        "bad = {'torch', 'transformers', 'llama_cpp', 'gradio', 'sentence_transformers',"
        " 'ir_measures', 'trafilatura', 'onnx',"
        " 'markdown_it'} & set(sys.modules); assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_faulty_list_is_found_wanting_and_a_good_one_is_not(filled, tmp_path):
    faulty = tmp_path / "faulty.md"
    faulty.write_text(
        "# Mine\n\n## Attention\n\n- []()\n-[Glued](https://a.example/x)\n\n## Empty\n"
    )
    done = filled("lists", "check", faulty, "--json", code=5)
    codes = {found["code"]: found["line"] for found in json.loads(done.stdout)["findings"]}
    assert codes["empty-link"] == 5
    assert codes["no-space-after-dash"] == 6
    assert "empty-section" in codes
    assert "faulty.md:5" in filled("lists", "check", faulty, code=5).stdout
    good = tmp_path / "good.md"
    good.write_text("# Mine\n\n## Attention\n\n- [Sharing keys](https://a.example/x)\n")
    assert filled("lists", "check", good).stdout == ""


def test_a_list_that_is_added_tells_what_was_not_taken(filled, tmp_path):
    file = tmp_path / "saved.csv"
    rows = "".join(f"chrome://{number},x\n" for number in range(7))
    file.write_text(f"url,title\nhttps://a.example/x,\x1b[31mKestrels\n{rows}")
    done = filled("lists", "add", file)
    assert done.stdout == (
        "saved: 1 links, 0 topics (table)\n  not taken: 7 × unsupported address (chrome:): "
        "chrome://0, chrome://1, chrome://2, chrome://3, chrome://4 and 2 more\n"
    )
    done = filled("lists", "add", file, "--json")
    told = json.loads(done.stdout)
    assert (told["format"], told["links"], len(told["not_taken"])) == ("table", 1, 7)
    assert told["not_taken"][0]["reason"] == "unsupported address (chrome:)"


def test_cite_takes_answers_lists_and_addresses(filled, tmp_path):
    asked = ("ask", "how does multi-query attention share keys?", "--llm", "extractive", "--json")
    answer, several = tmp_path / "answer.json", tmp_path / "several.jsonl"
    answer.write_text(filled(*asked).stdout, encoding="utf-8")
    line = json.dumps(json.loads(answer.read_text("utf-8")))
    several.write_text(f"{line}\n{line}\n", encoding="utf-8")
    said = filled("cite", answer).stdout
    assert bibtexparser.loads(said).entries[0]["title"] == "Sharing keys and values"
    assert filled("cite", several, answer).stdout == said
    found = json.loads(filled("cite", answer, "--json", "--format", "apa").stdout)
    assert found["text"] == filled("cite", answer, "--format", "apa").stdout
    assert found["items"][0]["id"] in said


def test_cite_says_what_it_cannot_cite(filled, tmp_path):
    (tmp_path / "no.json").write_text("{", encoding="utf-8")
    assert "cannot be read" in filled("cite", tmp_path / "no.json", code=2).stderr
    assert "no list of this home" in filled("cite", "nonsense", code=2).stderr
    assert "choose bibtex" in filled("cite", "https://a.example/", "--format", "x", code=2).stderr
    assert "holds no page" in filled("cite", "https://a.example/", code=3).stderr


@pytest.mark.long
def test_a_list_is_exported_and_read_again(filled, tmp_path):
    mine, again = tmp_path / "mine.md", tmp_path / "again.md"
    mine.write_text("# Mine\n\n## Attention\n\n- [Sharing](https://a.example/x) - short\n")
    filled("lists", "add", mine)
    text = filled("lists", "export", "mine").stdout
    assert text == mine.read_text()
    again.write_text(text, encoding="utf-8")
    filled("lists", "add", again)
    rows = [json.loads(filled("lists", "export", name, "--json").stdout) for name in
            ("mine", "again")]  # fmt: skip
    assert rows[0]["entries"] == rows[1]["entries"]
    assert rows[0]["entries"][0]["note"] == "short"
    assert '<outline text="Sharing"' in filled("lists", "export", "mine", "--format", "opml").stdout
    assert "choose markdown or opml" in filled("lists", "export", "mine", "--format", "x",
                                               code=2).stderr  # fmt: skip
    assert "no list nothing" in filled("lists", "export", "nothing", code=2).stderr


@pytest.mark.long
def test_an_export_a_lock_and_a_home_are_compared(filled, notes, tmp_path):
    pack, lock = tmp_path / "a.tar.gz", tmp_path / "b.lock.json"
    said = json.loads(filled("export", pack, "--json").stdout)
    assert said["bytes"] == pack.stat().st_size
    assert said["lock"] == f"{pack}.lock.json"
    filled("export", lock)
    assert lock.read_text("utf-8") == (tmp_path / "a.tar.gz.lock.json").read_text("utf-8")
    assert "exists already" in filled("export", lock, code=2).stderr
    assert filled("diff", pack, lock).stdout == "Nothing changed.\n"
    assert "All 3 sources" in filled("check", "--lock", pack).stdout
    (notes / "new.md").write_text(
        "# Paged attention\n\nPaged attention keeps the cache in pages.\n"
    )
    (notes / "mqa.md").write_text("# Sharing\n\nMulti-query attention shares one value head.\n")
    filled("ingest", notes)
    found = json.loads(filled("diff", lock, "--json").stdout)
    assert [each["title"] for each in found["added"]] == ["Paged attention"]
    assert [each["title"] for each in found["changed"]] == ["Sharing"]
    wanting = filled("check", "--lock", lock, "--json", code=5)
    assert json.loads(wanting.stdout)["same"] is False
    assert "~ Sharing " in filled("check", "--lock", lock, code=5).stdout
    assert "leave out --repair" in filled("check", "--lock", lock, "--repair", code=2).stderr


def test_a_vault_is_written_and_what_a_person_changed_is_said(filled, tmp_path):
    folder = tmp_path / "vault"
    first = json.loads(filled("vault", folder, "--json").stdout)
    assert "Sources/Rye bread.md" in first["added"]
    assert filled("vault", folder).stdout == "0 notes added, 0 changed, 3 as they were.\n"
    note = folder / "Sources" / "Rye bread.md"
    note.write_text(note.read_text("utf-8").replace("# Rye bread", "# My bread"), "utf-8")
    assert "Sources/Rye bread.md: the block source was changed by hand" in (
        filled("vault", folder).stdout
    )
    assert "no list nothing" in filled("vault", folder, "--list", "nothing", code=2).stderr
    assert "cannot be used" in filled("vault", note, code=2).stderr
