"""The one exception tree of refdesk: every error a person can do something about.

Each class carries the exit code the command line ends with (see ARCHITECTURE.md). The message is
for people: what happened, which source or file, what to do next.
"""


class RefdeskError(Exception):
    """Base of all errors refdesk raises on purpose; its exit code, 1, is a bug's."""

    exit_code = 1


class UsageError(RefdeskError):
    """Wrong usage, unreadable input, or a home that cannot be made."""

    exit_code = 2


class NothingFound(RefdeskError):
    """Nothing was found, or nothing is indexed yet."""

    exit_code = 3


class ModelUnavailable(RefdeskError):
    """A model could not be had: not reachable, not the pinned bytes, or not loadable."""

    exit_code = 4


class FoundWanting(RefdeskError):
    """A check ran to its end and found something wanting."""

    exit_code = 5


class HomeBusy(RefdeskError):
    """Another process is writing to this home."""

    exit_code = 6
