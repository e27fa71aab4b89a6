"""Take each guard of SECURITY.md out, in a copy of the code, and see its test fail.

    python -m tests.benchmarks.guards [WORD...]

Words choose guards by their name. Prints what became of each; ends with 1 if a test did not notice.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_COPIED = ("ingest", "index", "assistant", "ui", "tests", "data", "refdesk.py", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Guard:
    """Where a guard stands, what the code says without it, and the test that holds it."""

    name: str
    file: str
    guard: str
    without: str
    test: str


GUARDS = (
    Guard("host", "ui/serving/access.py", "if not self._access.answers_to(host):", "if False:",
          "tests/ui/test_server.py::test_other_names_are_not_answered"),
    Guard("origin", "ui/serving/access.py", "elif _may_change(scope) and not _same_site(",
          "elif False and not _same_site(",
          "tests/ui/test_server.py::test_other_sites_may_not_ask"),
    Guard("cors", "ui/serving/access.py", "                del reply[name]", "                pass",
          "tests/ui/test_guards.py::test_no_other_origin_reads_what_gradio_would_let_it"),
    Guard("frames", "ui/serving/access.py", '"X-Frame-Options": "DENY",', "",
          "tests/ui/test_guards.py::test_no_other_site_frames_sniffs_or_learns_where_from"),
    Guard("listening", "ui/serving/access.py", "if not token and not open_to_everyone:",
          "if False:",
          "tests/ui/test_server.py::test_listening_to_others_wants_a_token_or_plain_words"),
    Guard("token", "ui/serving/access.py", "if path in OPEN or self._access.token is None",
          "if True or self._access.token is None",
          "tests/ui/test_server.py::test_the_token_guards_everything_but_health"),
    Guard("guesses", "ui/serving/access.py", "if given and self._guesses.exhausted(who):",
          "if False:",
          "tests/ui/test_guesses.py::test_after_some_wrong_tokens_even_the_right_one_has_to_wait"),
    Guard("short tokens", "ui/serving/access.py", "len(token) < TOKEN:", "len(token) < 0:",
          "tests/ui/test_guesses.py::test_short_tokens_are_refused"),
    Guard("cookie", "ui/serving/access.py", "httponly=True, samesite=\"strict\"",
          "httponly=False, samesite=\"lax\"",
          "tests/ui/test_server.py::test_a_browser_enters_with_the_token_and_keeps_a_cookie"),
    Guard("secret", "ui/page/library_tab.py", "if not self._access.holds_secret(secret):",
          "if False:", "tests/ui/test_web_library.py::test_nothing_happens_without_the_secret"),
    Guard("taking in", "ui/serving/ingest_api.py", "if access.token is None:", "if False:",
          "tests/ui/test_ingest_api.py::test_only_the_token_opens_it"),
    Guard("addresses sent", "ingest/gathering/sent.py",
          "if reason := refusal(url.strip()):", "if reason := '':",
          "tests/ui/test_ingest_api.py::test_what_is_wrong_is_said_at_once"),
    Guard("entities", "ingest/reading/xml_tree.py",
          "if _ENTITY.search(data.replace(b\"\\0\", b\"\")):", "if False:",
          "tests/ingest/test_exports.py::test_what_cannot_be_read_is_said_in_one_sentence"),
    Guard("gradio", "ui/page/app.py", "path in _PAGE or path.startswith(_BELOW)", "True",
          "tests/ui/test_guards.py::test_uploads_files_and_the_rest_of_gradio_are_closed"),
    Guard("owners", "assistant/kept/threads.py", 'return ("1", ()) if owner is None',
          'return ("1", ()) if True',
          "tests/ui/test_threads_api.py::"
          "test_with_a_token_each_browser_has_its_own_and_no_other_token_opens_them"),
    Guard("exported data", "ui/kept/thread_html.py", ".translate(_ESCAPES)", "",
          "tests/ui/test_threads.py::test_nothing_in_an_exported_file_runs_or_loads"),
    Guard("changed export", "ui/kept/saved.py", "return saved, shown_otherwise(text, saved)",
          'return saved, shown_otherwise(text, saved)[:0]',
          "tests/ui/test_threads.py::"
          "test_an_exported_file_gives_back_its_thread_and_shows_what_that_says"),
    Guard("notes' markup", "ui/page/notes_part.py", 'data-url="{escape(url)}"', 'data-url="{url}"',
          "tests/ui/test_notes.py::test_nothing_a_note_says_is_markup_and_one_script_runs"),
    Guard("body", "ui/serving/connections.py", "if length.isdigit() and int(length[:20])",
          "if False and int(length[:20])",
          "tests/ui/test_connections.py::test_a_large_body_is_refused_before_it_is_read"),
    Guard("trickle", "ui/serving/connections.py", "asyncio.timeout(self._seconds)",
          "asyncio.timeout(None)",
          "tests/ui/test_connections.py::test_a_body_that_trickles_is_given_up"),
    Guard("half open", "ui/serving/connections.py", "if len(self.connections) > OPEN:",
          "if False:",
          "tests/ui/test_connections.py::test_half_open_requests_make_room_for_whole_ones"),
    Guard("headers", "ui/serving/connections.py",
          "self._request_timer = self.loop.call_later(HEADERS_S, self.drop)", "pass",
          "tests/ui/test_connections.py::test_a_request_that_does_not_come_is_not_waited_for"),
    Guard("vanished", "ui/serving/connections.py",
          "self._probe_timer = self.loop.call_later(PROBE_S, self._probe, 2 * PROBE_S)", "pass",
          "tests/ui/test_connections.py::test_who_ends_its_side_is_tried_until_its_reply_begins"),
    Guard("slow readers", "ui/serving/connections.py",
          "self._reply_timer = self.loop.call_later(READING_S, self.transport.abort)", "pass",
          "tests/ui/test_connections.py::test_a_reply_nobody_reads_is_cut_off"),
    Guard("forwarded", "ui/server.py", "proxy_headers=bool(known), forwarded_allow_ips=known",
          "proxy_headers=True", "tests/ui/test_guards.py::test_who_says_to_be_many_is_one"),
    Guard("length", "assistant/input_limits.py", "if len(text) > QUESTION:", "if False:",
          "tests/ui/test_clients.py::test_a_question_has_one_bound_at_every_door"),
    Guard("echo", "ui/serving/refusals.py", "app.add_exception_handler(RequestValidationError, "
          "invalid)", "pass",
          "tests/ui/test_guards.py::test_a_large_body_is_neither_read_nor_said_back"),
    Guard("markup", "ui/page/html.py", "from html import escape", "escape = str",
          "tests/ui/test_page.py::test_nothing_from_outside_becomes_markup"),
    Guard("markdown", "ui/markdown_form.py", 'return escape(text, also="!~")',
          'return text',
          "tests/ui/test_terminal.py::test_markdown_for_maintainers_keeps_words_words"),
    Guard("terminal", "ui/cli/terminal.py", "yield Segment(clean(segment.text), segment.style)",
          "yield segment", "tests/ui/test_terminal.py::test_the_console_shows_nothing_that_steers"),
    Guard("json", "ui/cli/options.py", "sys.stdout.write(_STEERING.sub(lambda found: "
          'f"\\\\u{ord(found[0]):04x}", text) + "\\n")', 'sys.stdout.write(text + "\\n")',
          "tests/ui/test_terminal.py::test_json_escapes_what_steers"),
    Guard("orders", "assistant/answering/evidence/injection.py",
          "return any(\n        pattern.search",
          "return False and any(\n        pattern.search",
          "tests/assistant/test_injection.py::test_orders_are_found_in_many_wordings"),
    Guard("orders by meaning", "assistant/answering/evidence/addressed.py",
          "+ signs + words > 0", "+ signs + words > 1e9",
          "tests/assistant/test_addressed.py::test_what_sounds_like_an_order_is_not_quoted"),
    Guard("orders beside", "assistant/collection/compared.py",
          "for piece in statements(hit.passage)",
          "for piece in __import__('assistant.answering.evidence.pieces', fromlist=['x']).pieces("
          "hit.passage.text)",
          "tests/assistant/test_addressed.py::"
          "test_an_order_does_not_stand_beside_the_answer_it_contradicts"),
    Guard("inward", "ingest/links/public.py", "return None if is_public(number) else",
          "return None if True else",
          "tests/ingest/test_fetch.py::test_what_is_not_public_is_refused_unasked"),
    Guard("read-only", "index/search/lexical.py", 'if "lock" not in str(error).lower():',
          "if True:",
          "tests/index/test_hard_homes.py::test_words_are_found_where_no_lock_can_be_made"),
    Guard("full disk", "index/store/generation.py", "if not self._is_full(error):", "if True:",
          "tests/index/test_hard_homes.py::test_whoever_says_that_the_disk_is_full_is_understood"),
    Guard("saved answers", "assistant/desk.py", "saved_form.checked(saved)", "saved",
          "tests/assistant/test_verify.py::test_what_is_no_saved_answer_is_refused"),
)  # fmt: skip


def main(wanted: list[str]) -> int:
    """Try the guards whose names hold one of the words, or all; return how many went unnoticed."""
    unnoticed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        copy.mkdir()
        for name in _COPIED:
            _copy(ROOT / name, copy / name)
        for guard in GUARDS:
            if wanted and not any(word in guard.name for word in wanted):
                continue
            file = copy / guard.file
            whole = file.read_text(encoding="utf-8")
            if whole.count(guard.guard) != 1:
                print(f"{guard.name}: stands {whole.count(guard.guard)} times in {guard.file}")
                unnoticed += 1
                continue
            file.write_text(whole.replace(guard.guard, guard.without), encoding="utf-8")
            noticed = _fails(copy, guard.test)
            file.write_text(whole, encoding="utf-8")
            unnoticed += not noticed
            print(f"{guard.name}: {'its test fails' if noticed else 'NOT NOTICED'}", flush=True)
    return unnoticed


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    else:
        shutil.copy2(source, target)


def _fails(copy: Path, test: str) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", test]
    env = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, check=False)
    return done.returncode == 1  # a test failed; anything else is a mistake of ours


if __name__ == "__main__":
    sys.exit(min(1, main(sys.argv[1:])))
