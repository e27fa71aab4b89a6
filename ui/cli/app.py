"""The command line: which commands there are, and how errors end (see ARCHITECTURE.md)."""

import sys

import typer
from rich.console import Console

from ingest.errors import RefdeskError
from ui.cli import ask as cli_ask
from ui.cli import chat as cli_chat
from ui.cli import evaluate as cli_eval
from ui.cli import keep as cli_keep
from ui.cli import lists as cli_lists
from ui.cli import models as cli_models
from ui.cli import serve as cli_serve

app = typer.Typer(
    help="The reference desk for curated reading lists: every sentence cited to its source.",
    epilog="--debug, with any command, shows the traceback of an error.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("ask")(cli_ask.ask)
app.command("chat")(cli_chat.chat)
app.command("search")(cli_ask.search)
app.command("path")(cli_ask.path)
app.command("cards")(cli_ask.cards)
app.add_typer(cli_lists.app, name="lists")
app.command("ingest")(cli_keep.ingest)
app.command("rebuild")(cli_keep.rebuild)
app.command("forget")(cli_keep.forget)
app.command("check")(cli_keep.check)
app.command("status")(cli_keep.status)
app.command("export")(cli_keep.export)
app.command("import")(cli_keep.import_)
app.command("eval")(cli_eval.evaluate)
app.command("verify")(cli_ask.verify)
app.add_typer(cli_models.app, name="models")
app.command("serve")(cli_serve.serve)
app.command("mcp")(cli_serve.mcp)


def main() -> None:
    """Run the command line and end the process with the right exit code."""
    debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    try:
        app(args=arguments, prog_name="refdesk")
    except RefdeskError as error:
        _complain(str(error), debug=debug)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _complain("Interrupted.", debug=debug)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away: nobody is left to tell
        sys.exit(0)
    except Exception as error:
        _complain(
            f"refdesk failed in a way it should not: {type(error).__name__}: {error}. "
            "Run it again with --debug and report what it prints.",
            debug=debug,
        )
        sys.exit(1)


def _complain(text: str, *, debug: bool) -> None:
    console = Console(stderr=True)
    if debug:
        console.print_exception()
    console.print(f"refdesk: {text}", markup=False, highlight=False, soft_wrap=True)
