"""Folders inside folders, as programs keep them: each knows its parent."""

from collections.abc import Mapping

_DEEPEST = 40


def path_of(key: str, folders: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    """Return the names from the outermost folder down to ``key``; a circle ends somewhere.

    Args:
        key: of a folder; one that is not there has no path.
        folders: name and parent's key of each folder by its key.
    """
    path: list[str] = []
    while key in folders and len(path) < _DEEPEST:
        name, key = folders[key]
        path.append(name)
    return tuple(reversed(path))
