"""Doors that stay open: ``serve`` and ``mcp``."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.errors import UsageError
from ui.cli.options import HomeOption, LlmOption, NoHistoryOption, open_desk
from ui.cli.progress import ShownProgress


def serve(
    ctx: typer.Context,
    home: HomeOption = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 7860,
    llm: LlmOption = "auto",
    token: Annotated[
        str | None,
        typer.Option(
            "--token", envvar="REFDESK_TOKEN", help="What everyone must know who wants to use it."
        ),
    ] = None,
    open_to_everyone: Annotated[
        bool,
        typer.Option("--open-to-everyone", help="Let others use it without a token."),
    ] = False,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", help="A further name this machine is called by."),
    ] = None,
    allow_folder: Annotated[
        list[Path] | None,
        typer.Option(
            "--allow-folder",
            help="A folder whose files may be taken in from the page, at this machine; none is by "
            "default.",
        ),
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-origin",
            help="Let pages and programs of this origin ask from a browser: app://obsidian.md, "
            "chrome-extension://ID, https://HOST.",
        ),
    ] = None,
    refresh: Annotated[
        str | None,
        typer.Option(
            "--refresh",
            help="hourly, daily or weekly: look by itself at what is due.",
            metavar="HOW_OFTEN",
        ),
    ] = None,
    root_path: Annotated[
        str,
        typer.Option("--root-path", help="The path below which a proxy shows it, like /desk."),
    ] = "",
    trust_proxy: Annotated[
        list[str] | None,
        typer.Option(
            "--trust-proxy",
            help="The address of a proxy whose X-Forwarded-For is believed: its callers then take "
            "turns as others do.",
        ),
    ] = None,
    grace: Annotated[
        int,
        typer.Option(
            "--grace",
            min=1,
            max=600,
            help="Seconds in which answers under way are finished when it is asked to end.",
        ),
    ] = 2,
    no_history: NoHistoryOption = False,
) -> None:
    """Serve the page, REST, chat and MCP at http://127.0.0.1:7860.

    Example: refdesk serve --port 8000
    """
    from ui.server import serve as serve_all  # gradio takes seconds to import

    if refresh is not None and refresh not in ("hourly", "daily", "weekly"):
        raise UsageError(f"--refresh {refresh}: choose hourly, daily or weekly.")
    source = ctx.get_parameter_source("token")
    if source is not None and source.name == "COMMANDLINE":
        typer.echo(
            "The token stands in the list of processes, where others on this machine can read it: "
            "REFDESK_TOKEN keeps it out.",
            err=True,
        )
    with ShownProgress() as progress:
        # questions of callers nobody knows are not kept
        unknown = open_to_everyone and not token
        desk = open_desk(home, progress, llm, history=not (no_history or unknown))
        serve_all(
            desk, host=host, port=port, token=token or None, open_to_everyone=open_to_everyone,
            names=allow_host or (), origins=allow_origin or (), folders=allow_folder or (),
            root_path=root_path, proxies=trust_proxy or (),
            refresh=refresh or "", grace=grace, load=llm != "extractive" and "://" not in llm,
        )  # fmt: skip


def mcp(home: HomeOption = None, llm: LlmOption = "auto") -> None:
    """Offer search, ask, read_source, reading_path and add_source over stdin and stdout.

    Example: refdesk mcp --llm extractive
    """
    from ui.serving.asking import AskService
    from ui.serving.jobs import Jobs
    from ui.serving.mcp import serve_stdio
    from ui.serving.memory import give_back_what_is_freed
    from ui.serving.metrics import Metrics
    from ui.serving.turns import AT_MOST, Turns

    give_back_what_is_freed()
    with ShownProgress() as progress:
        desk = open_desk(home, progress, llm)
        _ = desk.library  # a home without one is seeded before the first call waits for it
        turns = Turns(at_once=AT_MOST if desk.asks_a_server else 1)
        asking = AskService(desk, turns, Metrics(turns))
        jobs = Jobs(desk)
        try:
            serve_stdio(asking, jobs)
        finally:
            jobs.close()
            asking.close()
            desk.close()
