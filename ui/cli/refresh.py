"""``refdesk refresh``: what is due is looked at, what is new is told."""

import sys
from typing import Annotated

import typer

from ingest.errors import NothingFound
from ui.cli.options import HomeOption, JsonOption, open_desk, print_json
from ui.cli.progress import ShownProgress
from ui.cli.terminal import clean


def refresh(
    home: HomeOption = None,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="Look at no more pages than this.")
    ] = 500,
    minutes: Annotated[
        float, typer.Option("--minutes", min=0, help="Begin with no more pages after this time.")
    ] = 30.0,
    wayback: Annotated[
        bool, typer.Option("--wayback", help="Of dead pages, get the Internet Archive's copy.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Look at the lists, feeds and pages that are due, and tell what is new.

    A page is due by how often it was seen to change. Told are what curators added, moved and
    dropped, pages that are new, changed, died or are back, and questions that were refused and can
    be answered now. Nothing is printed when there is nothing to tell: made for cron. Ends with 0
    when it is done, with 3 when nothing at all could be reached, with 6 when another process writes
    to the home.

    Example: refdesk refresh --limit 200 --minutes 10
    """
    from assistant.refreshing.digest import digest_object, lines_of  # nothing else needs it

    with ShownProgress() as progress:
        digest = open_desk(home, progress).refresh(
            limit=limit, minutes=minutes, wayback=wayback, told=progress.on_outcome
        )
    shown = digest_object(digest)
    if as_json:
        print_json(shown)
    else:
        sys.stdout.write("".join(clean(line) + "\n" for line in lines_of(shown)))
    if digest.unreached:
        raise NothingFound("Nothing that is due could be reached.")
