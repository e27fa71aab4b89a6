"""Names of persons: which part is the family's."""

import re

from ingest.text.sentences import clean

_LONGEST = 200  # characters of a name; what is longer is none
_MOST = 6  # parts of a person's name; what has more is a sentence or a body
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_LEAD = re.compile(r"(?:(?:posted|written|published|edited)\s)?by:?\s", re.IGNORECASE)
_BODY = re.compile(
    r"&|(?<![\w'’])(?:(?i:teams?|groups?|labs?|laborator(?:y|ies)|research|universit\w{1,6}|institut\w{0,3}"
    r"|cent(?:er|re)|department|foundation|society|association|consortium|committee|council"
    r"|organi[sz]ation|corporation|company|inc|ltd|llc|gmbh|project|initiative|network"
    r"|collaboration|community|contributors|authors|editors|staff|agency|ministry|alliance)"
    r"|AI|[A-Z](?!itz)[a-z]{3,40}[A-Z]\w{0,40})(?!\w)"
)
"""What names a body: a word for a kind of body, a sign that joins, a brand's capital in a word.

(Names of persons have such a capital only after a short beginning: LeCun, McKay; and FitzGerald.)
"""

_APART = re.compile(r" ?; ?|,? (?:and|&) ")
_JOINED = re.compile(r" ?, ?")


def name_parts(name: str) -> tuple[str, str]:
    """Return (family name, given names) of a person as pages write one, or (name, "").

    "Berg, Anna van der" and "Anna van der Berg" are told apart by the comma; small words before
    the last one belong to the family name. A name of one part, or in a script without spaces,
    has no parts to tell apart; neither has that of a body, a team or a laboratory say. A "by"
    before it belongs to the page.
    """
    said = _LEAD.sub("", " ".join(clean(name[: 2 * _LONGEST]).split()), count=1).strip(" ,;")
    if not said or len(said) > _LONGEST:
        return "", ""
    family, comma, given = said.partition(",")
    if comma and given.strip() and _BODY.fullmatch(family.strip()):
        return f"{given.strip(' ,')} {family.strip()}", ""  # parted by a program: "Team, Gemini"
    if _BODY.search(said):
        return said, ""
    if comma and given.strip():
        return family.strip(), given.strip(" ,")
    parts = said.split()
    if len(parts) == 1 or len(parts) > _MOST:
        return said, ""
    last = len(parts) - 1
    if _SUFFIX.fullmatch(parts[last]) and last > 1:
        last -= 1
    while last > 1 and parts[last - 1].islower():
        last -= 1
    return " ".join(parts[last:]), " ".join(parts[:last])


def names_in(line: str) -> tuple[tuple[str, str], ...]:
    """Return the names a line of authors holds: "A; B", "A, B and C", "Family, Given"."""
    said = " ".join(clean(line[:20_000]).split())
    names = [part for part in _APART.split(said) if part]
    if ";" not in said:  # "Anna Berg, Ben Roth": commas part names of several words each
        names = [part for name in names for part in _parted(name)]
    return tuple(parts for name in names if (parts := name_parts(name))[0])


def _parted(name: str) -> list[str]:
    parts = _JOINED.split(name)
    return parts if all(" " in part for part in parts if part) else [name]
