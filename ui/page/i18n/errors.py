"""What an error is called on the page, by its class; its own message stays as it was written."""

from ingest.errors import HomeBusy, ModelUnavailable, NothingFound, RefdeskError, UsageError
from ui.page.i18n import Texts
from ui.serving.turns import TooMany

_NAMES: tuple[tuple[type[RefdeskError], str], ...] = (
    (UsageError, "usage"),
    (NothingFound, "nothing"),
    (ModelUnavailable, "model"),
    (HomeBusy, "busy"),
    (TooMany, "queue"),
)


def heading(error: RefdeskError, say: Texts) -> str:
    """Return what happened and, where it is always the same, what to do about it."""
    name = next((name for kind, name in _NAMES if isinstance(error, kind)), "other")
    return say(f"error.{name}")
