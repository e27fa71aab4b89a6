"""How soon a page should be looked at again, by how often it was seen to change.

The rate of change is estimated as by J. Cho and H. Garcia-Molina, "Estimating frequency of change",
ACM Transactions on Internet Technology 3 (2003), section 4.2: of n looks after the first, X saw a
change; the rate in looks is -log((n - X + 0.5) / (n + 0.5)).
"""

import math
from collections.abc import Sequence
from datetime import timedelta

PAGE = (timedelta(days=1), timedelta(days=7), timedelta(days=90))
LIST = (timedelta(hours=6), timedelta(days=1), timedelta(days=7))
"""The shortest time between two looks, the first one, and the longest; for pages, and for lists."""

_HALF = math.log(2)


def interval(
    looks: Sequence[tuple[timedelta, bool]], bounds: tuple[timedelta, timedelta, timedelta] = PAGE
) -> timedelta:
    """Return the time after which a page has changed as likely as not, within bounds.

    Args:
        looks: of every look but the first, the time since the one before and whether the page had
            changed.
        bounds: shortest, without any knowledge, longest.
    """
    shortest, first, longest = bounds
    spent = sum((since for since, _ in looks), timedelta())
    if not looks or spent <= timedelta():
        return first
    count = len(looks)
    changed = sum(seen for _, seen in looks)
    per_look = -math.log((count - changed + 0.5) / (count + 0.5))
    mean = spent / count
    if per_look <= 0:  # it never changed: look half as often as so far
        return min(longest, max(first, 2 * mean))
    return min(longest, max(shortest, mean * (_HALF / per_look)))
