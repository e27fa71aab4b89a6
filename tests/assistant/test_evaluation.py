"""``refdesk eval``: rows and intervals, comparing runs, TREC and plot files, BEIR collections."""

import json
import os
import sqlite3
import subprocess
import sys

import ir_measures
import pytest

from assistant.evaluation.beir import rrf
from assistant.evaluation.bootstrap import interval, paired
from assistant.evaluation.compare import compare
from assistant.evaluation.run import read, write, write_trec
from ingest.errors import UsageError
from ui.cli.plots import curves, draw

CORPUS = [
    {"_id": "d1", "title": "Rye bread", "text": "A rye sourdough is baked at 240 degrees."},
    {"_id": "d2", "title": "Shared keys",
     "text": "Multi-query attention keeps one key head for all query heads."},
    {"_id": "d3", "title": "Wings", "text": "The lift of a wing grows with the angle of attack."},
    {"_id": "d4", "title": "Swept wings", "text": "A swept wing delays the rise of drag.",
     "url": "https://a.example/swept"},
]  # fmt: skip
QUERIES = [
    {"_id": "q1", "text": "oven temperature for rye sourdough"},
    {"_id": "q2", "text": "lift and drag of a wing"},
    {"_id": "q3", "text": "nobody judged this one"},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t3\nq2\td3\t3\nq2\td4\t1\nq2\td1\t0\n"


@pytest.fixture
def questions(tmp_path, notes):
    """Three answerable questions of two languages, one of them hopeless, and one without answer."""
    bread, kv = ((notes / name).resolve().as_uri() for name in ("bread.md", "kv.md"))
    rows = [
        ("bread", "how hot is the oven for rye bread", "en", "number", [bread], "240 degrees"),
        ("kv", "键值缓存保存什么", "zh", "definition", [kv], "键和值"),
        ("lost", "who described multi-query attention", "en", "definition",
         ["https://a.example/elsewhere"], "Shazeer"),
        ("none", "which soil do blueberries like", "en", "unanswerable", [], ""),
    ]  # fmt: skip
    names = ("id", "question", "lang", "type", "gold_urls", "answer")
    file = tmp_path / "questions.jsonl"
    file.write_text("".join(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows))
    return file


@pytest.fixture
def beir(tmp_path):
    """A collection of four documents and two judged queries."""
    folder = tmp_path / "tiny"
    (folder / "qrels").mkdir(parents=True)
    for name, rows in (("corpus", CORPUS), ("queries", QUERIES)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "qrels" / "test.tsv").write_text(QRELS)
    return folder


@pytest.fixture
def run(home):
    """Run ``refdesk eval`` in the test's home."""

    def run(*arguments, code=0):
        done = subprocess.run(
            [sys.executable, "-m", "ui.cli", "eval", *map(str, arguments), "--home", str(home)],
            capture_output=True, text=True, timeout=280, check=False,
            env=os.environ | {"COLUMNS": "120"},
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        return done

    return run


def test_every_question_has_its_row(desk, questions, notes):
    result = desk.evaluate(questions)
    rows = {row["id"]: row for row in result.questions}
    assert (rows["bread"]["ranks"], rows["bread"]["ndcg@10"]) == ([1], 1)
    assert rows["bread"]["documents"][0] == (notes / "bread.md").resolve().as_uri()
    assert len(set(rows["bread"]["documents"])) == len(rows["bread"]["documents"]) > 1
    assert (rows["lost"]["ranks"], rows["lost"]["reciprocal_rank"]) == ([], 0)
    assert "ranks" not in rows["none"]
    assert rows["none"]["answered"] is False
    assert result.report["answers"]["correct"] == pytest.approx(
        sum(rows[each]["correct"] for each in ("bread", "kv", "lost")) / 3
    )


def test_intervals_stand_beside_every_figure(desk, questions):
    report = desk.evaluate(questions, retrieval_only=True).report
    for part in (report, *report["by_lang"].values(), *report["by_type"].values()):
        assert set(part["confidence"]) == set(part["retrieval"]) - {"n"}
    low, high = report["confidence"]["recall@5"]
    assert 0 <= low < report["retrieval"]["recall@5"] < high <= 1
    assert report["by_lang"]["zh"]["confidence"]["recall@5"] == [1, 1]
    assert report["by_type"]["unanswerable"]["confidence"]["recall@5"] is None


def test_the_bootstrap_knows_what_is_sure():
    values = [0.0, 1.0] * 50
    low, high = interval(values)
    # 100 fair coins: the mean's standard error is 0.05
    assert (low, high) == (pytest.approx(0.4, abs=0.03), pytest.approx(0.6, abs=0.03))
    assert interval(values) == [low, high]
    assert interval([]) is None
    bounds, p = paired(values, [value + 0.1 for value in values])
    assert bounds == [pytest.approx(0.1), pytest.approx(0.1)]
    assert p < 0.01
    assert paired(values, values) == ([0, 0], 1)
    assert paired(values, values[::-1])[1] > 0.5


def test_what_got_better_and_worse_is_named(desk, questions, tmp_path):
    now = desk.evaluate(questions)
    write(tmp_path / "run.json", now)
    before = read(tmp_path / "run.json")
    same = compare(now.report, now.questions, before, tmp_path / "run.json")
    assert same["retrieval"]["recall@5"]["difference"] == 0
    assert same["better"] == same["worse"] == {"ndcg@10": [], "correct": []}
    rows = {row["id"]: row for row in before["questions"]}
    rows["kv"]["ndcg@10"] = 0.5
    rows["lost"]["ndcg@10"] = 0.7
    rows["none"]["answered"] = True
    before["retrieval"]["ndcg@10"] = 0.55
    found = compare(now.report, now.questions, before, tmp_path / "run.json")
    assert found["better"] == {"ndcg@10": ["kv"], "correct": ["none"]}
    assert found["worse"] == {"ndcg@10": ["lost"], "correct": []}
    changed = found["retrieval"]["ndcg@10"]
    assert changed["difference"] == pytest.approx(changed["now"] - 0.55)
    assert changed["interval"][0] < 0 < changed["interval"][1]
    assert changed["p"] > 0.05


def test_other_questions_are_not_compared(desk, questions, tmp_path):
    now = desk.evaluate(questions, retrieval_only=True)
    file = tmp_path / "run.json"
    write(file, now)
    with pytest.raises(UsageError, match="other questions"):
        compare(now.report, now.questions[:-1], read(file), file)
    other = [now.questions[0] | {"question": "another one"}, *now.questions[1:]]
    with pytest.raises(UsageError, match=r"other questions: 1 differ.*bread"):
        compare(now.report, other, read(file), file)
    file.write_text(json.dumps(now.report))
    with pytest.raises(UsageError, match="is no run"):
        read(file)


def test_the_trec_file_scores_as_the_report_says(desk, questions, notes, tmp_path):
    result = desk.evaluate(questions, retrieval_only=True)
    file = tmp_path / "found.trec"
    write_trec(file, result.ranked)
    gold = {"bread": "bread.md", "kv": "kv.md"}
    qrels = [ir_measures.Qrel(question, (notes / name).resolve().as_uri(), 1)
             for question, name in gold.items()]  # fmt: skip
    qrels.append(ir_measures.Qrel("lost", "https://a.example/elsewhere", 1))
    scored = ir_measures.calc_aggregate(
        [ir_measures.nDCG @ 10], qrels, ir_measures.read_trec_run(str(file))
    )
    found = scored[ir_measures.nDCG @ 10]
    assert found == pytest.approx(result.report["retrieval"]["ndcg@10"])
    write_trec(file, {"q": [("https://a.example/a b", 0.5)]})
    assert file.read_text() == "q Q0 https://a.example/a%20b 1 0.500000 refdesk\n"


def test_the_plot_draws_recall_at_every_depth(desk, questions, tmp_path):
    result = desk.evaluate(questions, retrieval_only=True)
    drawn = curves([row for row in result.questions if "ranks" in row])
    assert drawn["all (3)"] == pytest.approx([2 / 3] * 20)
    assert drawn["zh (1)"] == [1] * 20
    assert drawn["en (2)"] == [0.5] * 20
    several = {"id": "x", "lang": None, "relevant": 4, "ranks": [2, 5]}
    assert curves([several])["all (1)"][:6] == [0, 0.25, 0.25, 0.25, 0.5, 0.5]
    file = tmp_path / "plot.png"
    draw(file, result.report, result.questions)
    assert file.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(UsageError, match=r"plot\.nothing"):
        draw(tmp_path / "plot.nothing", result.report, result.questions)


def test_a_collection_is_built_once_and_matched_by_id(run, home, beir, tmp_path):
    trec = tmp_path / "found.trec"
    out = tmp_path / "run.json"
    plot = tmp_path / "plot.png"
    done = run("--beir", beir, "--json", "--run", trec, "--out", out, "--plot", plot)
    report = json.loads(done.stdout)
    assert report["n"] == report["retrieval"]["n"] == 2
    assert report["retrieval"]["recall@10"] == 1
    assert report["retrieval"]["ndcg@10"] > 0.9
    assert set(report["baselines"]) == {"dense", "words", "rrf"}
    assert set(report["baselines"]["rrf"]) == {*report["retrieval"], "confidence"}
    assert {line.split()[2] for line in trec.read_text().splitlines()} == {"d1", "d2", "d3", "d4"}
    assert plot.stat().st_size > 5000
    assert not (home / "library" / "CURRENT").exists()  # the home itself is left as it was
    (inner,) = (home / "cache" / "beir").iterdir()
    assert len(inner.name) == 64
    generation = (inner / "library" / "CURRENT").read_text()
    again = json.loads(run("--beir", beir, "--json", "--against", out).stdout)
    assert (inner / "library" / "CURRENT").read_text() == generation
    assert again["retrieval"] == report["retrieval"]
    assert again["against"]["retrieval"]["ndcg@10"]["difference"] == 0
    assert again["against"]["baselines"]["words"]["mrr@10"]["difference"] == 0
    shown = run("--beir", beir, "--against", out).stdout
    assert "No question got better or worse." in shown
    assert "recall@100           1.000 (1.000 to 1.000)" in shown


def test_a_collection_built_differently_is_built_again(run, home, beir):
    before = json.loads(run("--beir", beir, "--json").stdout)
    (inner,) = (home / "cache" / "beir").iterdir()
    generation = (inner / "library" / "CURRENT").read_text().strip()
    store = sqlite3.connect(inner / "library" / generation / "library.sqlite")
    with store:
        store.execute("UPDATE settings SET value = 'another' WHERE name = 'fingerprint'")
    store.close()
    assert json.loads(run("--beir", beir, "--json").stdout)["retrieval"] == before["retrieval"]
    assert (inner / "library" / "CURRENT").read_text().strip() != generation


def test_gains_count_linearly(run, beir):
    # found first is the document of gain 1, never the one of gain 3: 1 / (3 + 1 / log2(3))
    qrels = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\tabsent\t3\n"
    (beir / "qrels" / "test.tsv").write_text(qrels)
    report = json.loads(run("--beir", beir, "--json").stdout)
    assert report["retrieval"]["ndcg@10"] == pytest.approx(1 / (3 + 1 / 1.584962500721156))
    assert report["retrieval"]["recall@100"] == 0.5


def test_fusion_by_rank():
    assert rrf([(1, 9.0), (2, 8.0)], [(2, 5.0), (3, 4.0)]) == [
        (2, pytest.approx(1 / 62 + 1 / 61)),
        (1, pytest.approx(1 / 61)),
        (3, pytest.approx(1 / 62)),
    ]


def test_wrong_usage_says_why(run, questions, beir, tmp_path):
    assert "either" in run(code=2).stderr
    assert "either" in run(questions, "--beir", beir, code=2).stderr
    assert "corpus.jsonl" in run("--beir", tmp_path / "nowhere", code=2).stderr
    assert "is no run" in run("--beir", beir, "--against", beir / "corpus.jsonl", code=2).stderr
    (beir / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq9\td1\t1\n")
    assert "q9" in run("--beir", beir, code=2).stderr
    (beir / "queries.jsonl").write_text('{"text": "without a name"}\n')
    assert "line 1" in run("--beir", beir, code=2).stderr
