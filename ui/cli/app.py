"""The command line: which commands there are, and how errors end (see ARCHITECTURE.md)."""

import errno
import sys

import typer

from ingest.errors import RefdeskError
from ui.cli import ask as cli_ask
from ui.cli import carry as cli_carry
from ui.cli import chat as cli_chat
from ui.cli import evaluate as cli_eval
from ui.cli import keep as cli_keep
from ui.cli import lists as cli_lists
from ui.cli import models as cli_models
from ui.cli import notes as cli_notes
from ui.cli import refresh as cli_refresh
from ui.cli import review as cli_review
from ui.cli import serve as cli_serve
from ui.cli import take_out as cli_take_out
from ui.cli import threads as cli_threads
from ui.cli.options import shared
from ui.cli.starting import started
from ui.cli.terminal import Console, leave, ready_streams

_SYSTEM = (
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EMFILE,
    errno.ENAMETOOLONG, errno.ELOOP, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.EFBIG,
    errno.EBUSY, errno.EBADF, errno.ENXIO, errno.ESTALE, errno.ENOLCK, errno.EINVAL,
)  # fmt: skip
"""What a disk or a system refuses: no bug of ours."""
_INTERRUPTED = 130

app = typer.Typer(
    help="The reference desk for curated reading lists: every sentence cited to its source.",
    callback=shared,
    epilog="These options stand before the command; --home may follow it as well. "
    "--debug, with any command, shows the traceback of an error.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


app.command("ask")(cli_ask.ask)
app.command("chat")(cli_chat.chat)
app.command("search")(cli_ask.search)
app.command("path")(cli_ask.path)
app.command("cards")(cli_ask.cards)
app.command("review")(cli_review.review)
app.add_typer(cli_threads.app, name="threads", callback=shared)
app.add_typer(cli_notes.app, name="notes", callback=shared)
app.add_typer(cli_lists.app, name="lists", callback=shared)
app.command("ingest")(cli_keep.ingest)
app.command("refresh")(cli_refresh.refresh)
app.command("rebuild")(cli_keep.rebuild)
app.command("forget")(cli_keep.forget)
app.command("check")(cli_keep.check)
app.command("status")(cli_keep.status)
app.command("archive")(cli_carry.archive)
app.command("export")(cli_carry.export)
app.command("diff")(cli_carry.diff)
app.command("import")(cli_keep.import_)
app.command("eval")(cli_eval.evaluate)
app.command("verify")(cli_ask.verify)
app.command("cite")(cli_take_out.cite)
app.command("vault")(cli_take_out.vault)
app.add_typer(cli_models.app, name="models", callback=shared)
app.command("serve")(cli_serve.serve)
app.command("mcp")(cli_serve.mcp)


def main() -> None:
    """Run the command line and end the process with the right exit code."""
    ready_streams()
    started()
    debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    code = 0
    try:
        try:
            code = _run(arguments)
            if code == _INTERRUPTED:  # typer makes an exit code of it, without a word
                _complain("Interrupted.", debug=False)
        finally:
            sys.stdout.flush()  # else what cannot be written is noticed when nobody can say it
    except RefdeskError as error:
        _complain(str(error), debug=debug)
        code = error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        _complain("Interrupted.", debug=debug)
        code = _INTERRUPTED
    except BrokenPipeError:
        leave(sys.stdout)  # the reader of our output went away: nobody is left to tell
    except OSError as error:
        known = error.errno in _SYSTEM
        _complain(_of_system(error) if known else _of_bug(error), debug=debug)
        code = 2 if known else 1
        leave(sys.stdout)
    except Exception as error:
        _complain(_of_bug(error), debug=debug)
        code = 1
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    """Run a command; return its exit code."""
    try:
        ended = app(args=arguments, prog_name="refdesk", standalone_mode=False)
    except SystemExit as error:
        if isinstance(error.__context__, BrokenPipeError):  # typer would end it with 1
            raise error.__context__ from None
        raise
    except Exception as error:
        show = getattr(error, "show", None)
        if show is None:
            raise
        show()  # wrong usage, in typer's own words
        option = getattr(error, "option_name", None)
        if any(option in parameter.opts for parameter in typer.main.get_command(app).params):
            _complain(f"{option} stands before the command: refdesk {option} ...", debug=False)
        return int(getattr(error, "exit_code", 2))
    return ended if isinstance(ended, int) else 0


def _of_system(error: OSError) -> str:
    what = f"{error.filename} cannot be used" if error.filename else "The output cannot be written"
    return f"{what}: {error.strerror}."


def _of_bug(error: Exception) -> str:
    return (
        f"refdesk failed in a way it should not: {type(error).__name__}: {error}. "
        "Run it again with --debug and report what it prints."
    )


def _complain(text: str, *, debug: bool) -> None:
    console = Console(stderr=True)
    if debug:
        console.print_exception()
    console.print(f"refdesk: {text}", markup=False, highlight=False, soft_wrap=True)
