"""Where the files that ship with refdesk are: in a wheel and in a checkout alike."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(*parts: str) -> Path:
    """Return the path of a file or folder of ``data/``.

    A wheel carries ``data/`` inside this package; a checkout has it beside the package.

    Raises:
        FileNotFoundError: neither place holds it; the installation is damaged.
    """
    for root in (_PACKAGE / "data", _PACKAGE.parent / "data"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(
        f"refdesk's own data file {'/'.join(parts)} is missing: reinstall refdesk"
    )
