"""Whole numbers as others write them: figures that count, of any script, and not too many."""

_MOST = 18  # figures: more fit no file, and thousands of them Python refuses to read


def whole_number(said: str | bytes) -> int | None:
    """Return a whole number that stands alone, blanks around it allowed; None if it is none.

    Raised and circled figures are no numbers, nor is what has a sign or too many figures.
    """
    text = said.decode("latin-1") if isinstance(said, bytes) else said
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= _MOST else None
