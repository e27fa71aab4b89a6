"""Why an address gave no document: the kinds of failure, written and read back in one place.

A reason is text in archives and libraries, and for people: a kind's phrase and then its detail, as
in ``dead (404)``. Reasons of no kind are other things a reader had to say.
"""

from enum import StrEnum


class Failure(StrEnum):
    """A kind of failure; its value is the phrase a reason of the kind begins with."""

    DEAD = "dead"
    MOVED = "moved to"
    LATER = "not available now"
    BLOCKED = "blocked"
    BROWSER = "needs a browser"
    BOT_WALL = "bot wall"
    COOKIE_WALL = "cookie wall"
    SIGN_IN_WALL = "sign-in wall"
    UNSUPPORTED = "unsupported type"
    TOO_LARGE = "too large"
    ERROR_PAGE = "error page"
    READER = "the reader failed"

    def reason(self, detail: object) -> str:
        """Return the reason of this kind with a detail: a status, or what was missing."""
        return f"{self} ({detail})"


WALLS = frozenset(
    {
        Failure.BLOCKED,
        Failure.BROWSER,
        Failure.BOT_WALL,
        Failure.COOKIE_WALL,
        Failure.SIGN_IN_WALL,
    }
)
"""What a person with a browser might still read."""


def failure_of(reason: str) -> Failure | None:
    """Return the kind of failure that a reason tells of, or None."""
    start = reason[:40].casefold()
    return next((kind for kind in Failure if start.startswith(kind)), None)
