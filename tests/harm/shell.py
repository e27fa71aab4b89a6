"""Command lines that nobody means, and surroundings that nobody wants, each by name."""

import gzip
import os
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

QUESTION = "How hot should the oven be for rye bread?"
HALF = "\udcff"  # as the shell hands over a byte that is no UTF-8
ENDLESS = ("/dev/zero", "/proc/self/mem", "/dev/null")


def saved() -> dict[str, bytes]:
    """Return files that hold no saved answer, no lockfile, no questions and no list."""
    return {
        "empty": b"", "null": b"null", "list": b"[1]", "bytes": b"\xff\xfe", "deep": b"[" * 200_000,
        "not-a-number": b'{"question": "x", "answer": NaN, "sentences": [], "citations": []}',
        "twice": b'{"sentences": [], "sentences": [{"text": 5}], "citations": []}',
        "packed": gzip.compress(b"{}"), "utf-16": '{"sentences": []}'.encode("utf-16"),
        "halves": b'{"question": "\\ud800", "sentences": [{"text": "\\ud800", "citations": [1]}],'
                  b' "citations": [{"n": 1, "quote": "\\udfff", "passage": "x"}]}',
        "kinds": b'{"sentences": {"a": 1}, "citations": "x"}',
        "numbers": b'{"sentences": [{"text": "x", "citations": [1e400, "1", null, []]}],'
                   b' "citations": [{"n": "1"}]}',
        "long-number": b'{"sentences": [{"text": "x", "citations": [1' + b"0" * 5000 + b"]}]}",
    }  # fmt: skip


def commands(folder: Path, home: Path) -> Iterator[tuple[str, ...]]:
    """Yield command lines; ``folder`` is an empty one to put files into."""
    loop = folder / "loop"
    loop.symlink_to("loop")
    md = folder / "list.md"
    md.write_text("# Mine\n\n## A\n\n- [X](https://a.example/x)\n")
    for name, data in saved().items():
        file = folder / f"{name}.json"
        file.write_bytes(data)
        for command in ("verify", "cite", "eval", "diff", "lists check", "check --lock"):
            yield (*command.split(), str(file))
    for place in (*ENDLESS, str(folder), "/nope/x", str(loop), str(loop / "x"), "~nobody-here/x"):
        for command in ("verify", "cite", "import", "eval", "lists check", "lists add", "ingest",
                        "forget", "check --lock", "export", "cards rye --anki"):  # fmt: skip
            if place != str(folder) or command not in ("ingest", "lists add", "forget"):
                yield (*command.split(), place)
        yield "diff", place, place
    for question in (f"{HALF} rye bread oven", "\x1b[31m", "\u202e", "a" * 4001, "", " ", "\uffff"):
        yield "ask", question, "--llm", "extractive"
        yield "search", question
    for model in ("/dev/zero", "nope", "", "http://[bad", "http://127.0.0.1:1/v1", str(folder)):
        yield "ask", QUESTION, "--llm", model
    for option, value in (
        ("-k", "0"), ("-k", "NaN"), ("-k", "１"), ("--list", "nope"), ("--lang", HALF),
        ("--kind", ""), ("--difficulty", "EASY"), ("--section", "x" * 9000), ("--home", ""),
    ):  # fmt: skip
        yield "search", "rye", option, value
    for hours in ("nan", "inf", "-1", "1e400", "0"):
        yield "path", "rye", "--hours", hours
    for name in ("a\nWARC-Type: metadata", "x" * 5000, "..", HALF, "\u202e"):
        yield "lists", "add", str(md), "--name", name
        yield "lists", "remove", name
    yield "lists", "add", str(md), "--base", "http://[bad"
    yield from (
        ("export", str(home)), ("export", str(home / "x.tar.gz")), ("archive", "http://x"),
        ("archive", "s3://"), ("archive", "file:///proc/x"), ("archive", ""), ("archive", HALF),
        ("threads", "export", "zz", "/dev/full"), ("threads", "show", HALF),
        ("threads", "search", '"('), ("threads", "delete", HALF), ("notes", "delete", HALF),
        ("notes", "add", "x", "--quote", HALF), ("notes", "export", "/dev/full"),
        ("review", "--add", HALF), ("models", "pull", "../x"), ("models", "pull", HALF),
        ("refresh", "--limit", "-1"), ("ingest", "--depth", "9"), ("ingest", "https://127.0.0.1/"),
        ("ingest", "http://[bad"), ("ingest", f"https://a.example/{HALF}"), ("ingest", ""),
        ("forget", ""), ("serve", "--port", "99999999"), ("serve", "--port", "-1"),
        ("serve", "--allow-origin", "*"), ("serve", "--root-path", "/../x"),
        ("rebuild", "--embedder", "../x"), ("rebuild", "--embedder", "/dev/zero"), ("asks",),
        ("vault", "/dev/null"), ("vault", str(loop)), ("vault", str(md)), ("--nope",), ("",),
    )  # fmt: skip


def surroundings() -> dict[str, dict[str, str]]:
    """Return variables of the environment that a command may find."""
    return {
        f"{name}={value!r}": {name: value}
        for name, value in (
            ("TMPDIR", "/nope"), ("TMPDIR", "/proc"), ("HOME", "/nope"), ("LC_ALL", "C"),
            ("LC_ALL", "zh_CN.GBK"), ("COLUMNS", "1"), ("COLUMNS", "0"), ("COLUMNS", "x"),
            ("COLUMNS", "99999999"), ("TERM", "nope"), ("TZ", "/../x"),
            ("PYTHONIOENCODING", "ascii"), ("XDG_CACHE_HOME", "/nope"), ("OMP_NUM_THREADS", "x"),
            ("http_proxy", "http://[bad"),
            ("REFDESK_LIBRARY", " "), ("REFDESK_HOME", " "), ("GITHUB_TOKEN", "\n\x01"),
        )
    }  # fmt: skip


def constraints() -> dict[str, Callable[[], object]]:
    """Return what a process may be denied, as something to do before it starts."""

    def limit(what: int, most: int) -> Callable[[], object]:
        return lambda: resource.setrlimit(what, (most, most))

    def onto_full(descriptor: int) -> Callable[[], object]:
        return lambda: os.dup2(os.open("/dev/full", os.O_WRONLY), descriptor)

    def nowhere() -> None:
        place = Path(f"/tmp/refdesk-gone-{os.getpid()}")  # goes at once
        place.mkdir()
        os.chdir(place)
        place.rmdir()

    return {
        "64-files": limit(resource.RLIMIT_NOFILE, 64),
        "24-files": limit(resource.RLIMIT_NOFILE, 24),
        "files-of-1-kB": limit(resource.RLIMIT_FSIZE, 1000),
        "files-of-20-kB": limit(resource.RLIMIT_FSIZE, 20_000),
        "no-stdin": lambda: os.close(0), "no-stdout": lambda: os.close(1),
        "no-stderr": lambda: os.close(2), "full-stdout": onto_full(1), "full-stderr": onto_full(2),
        "no-folder": nowhere, "umask": lambda: os.umask(0o777),
    }  # fmt: skip
