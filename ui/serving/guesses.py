"""How often one caller may be wrong about the token: a few at once, then one every few seconds."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

AT_ONCE = 10
"""Wrong tokens an address may bring before it has to wait."""
ONE_IN_S = 3.0
"""Seconds after which it may try once more."""
_KNOWN = 4096  # addresses remembered; the one that was wrong longest ago is forgotten first


class Guesses:
    """Counts wrong tokens by address; of IPv6 the first half counts, which one customer holds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def exhausted(self, address: str) -> bool:
        """Say whether an address has to wait before its token is looked at again."""
        return self._left(_whose(address)) < 1

    def wrong(self, address: str) -> None:
        """Note that an address brought a wrong token."""
        whose = _whose(address)
        self._spent[whose] = (self._left(whose) - 1, self._now())
        self._spent.move_to_end(whose)
        if len(self._spent) > _KNOWN:
            self._spent.popitem(last=False)

    def _left(self, whose: str) -> float:
        left, at = self._spent.get(whose, (float(AT_ONCE), self._now()))
        return min(float(AT_ONCE), left + (self._now() - at) / ONE_IN_S)


def _whose(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.IPv6Network((int(parsed), 64), strict=False).network_address)
