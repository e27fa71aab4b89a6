"""Which addresses refdesk goes to: public ones only, whatever their spelling.

A list, or a page's redirect, may name anything; nothing of the reader's own machine or network is
ever asked. Knows spellings and number ranges; the names behind them are resolved in `transport`.
"""

import ipaddress
import re
import socket
from urllib.parse import urlsplit

_PRIVATE_NAME = re.compile(
    r"(.+\.)?(localhost|local|localdomain|internal|intranet|lan|home|corp|private|onion|svc|home\.arpa)"
)
_NUMBER = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+)){0,3}")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")  # all of IPv6 that is given out to the internet
_SPECIAL = (
    ipaddress.ip_network("192.0.0.0/24"),  # which older Pythons know only in part
    ipaddress.ip_network("192.88.99.0/24"),  # relays to IPv6, given up by RFC 7526
    ipaddress.ip_network("168.63.129.16/32"),  # where machines of one cloud ask about themselves
    ipaddress.ip_network("3ffe::/16"),  # of the first trials of IPv6, given back
    ipaddress.ip_network("3fff::/20"),  # for documentation since RFC 9637; Python does not know yet
)
_COMPATIBLE = ipaddress.ip_network("::/96")


def refusal(url: str) -> str | None:
    """Say why refdesk does not go to ``url``, by its spelling alone, or None if it may.

    IP addresses are understood in every form that a resolver takes: ``127.1``, ``0x7f000001``,
    ``2130706433``, ``[::ffff:127.0.0.1]``.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "not a web address"
    if parts.scheme.lower() not in ("http", "https") or not host:
        return "not a web address"
    host = host.lower().rstrip(".")
    number = _as_number(host)
    if number is not None:
        return None if is_public(number) else "not a public web address"
    if _PRIVATE_NAME.fullmatch(host) or "." not in host:
        return "not a public web address"
    return None


def is_public(number: str) -> bool:
    """Say whether an IP address, as a resolver gives it, is one of the public internet."""
    try:
        address = ipaddress.ip_address(number.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return is_public(str(inner))
        if address not in _UNICAST:
            return False
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not address.is_multicast


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for, where it does."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _as_number(host: str) -> str | None:
    if ":" in host:
        return host
    if not _NUMBER.fullmatch(host):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return "0.0.0.0"  # noqa: S104  # a number no resolver takes: not public
