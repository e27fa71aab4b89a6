"""The guarded way out: an httpx transport whose connections only ever end at public addresses.

A name is resolved once, all its answers are checked, and the socket connects to an address that
was checked; a name that answers differently a moment later (DNS rebinding) gains nothing. Behind a
proxy it is the proxy that resolves names: there the spelling is checked (see `addresses`), the rest
is the proxy's to refuse.
"""

import contextlib
import socket
import urllib.request
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import anyio
import httpcore
import httpx

from ingest.errors import UsageError
from ingest.links.public import is_public

_KEEPALIVE = 20.0  # seconds


class RefusedAddressError(Exception):
    """A name leads to an address that is not public."""


class UnknownHostError(Exception):
    """No address is known for a name."""


def guarded_transport() -> httpx.AsyncBaseTransport:
    """Return the transport for the real web: public addresses only, by the environment's proxy.

    Raises:
        UsageError: the environment names a proxy of a kind that is not spoken here.
    """
    proxies = {
        scheme: address
        for scheme, address in urllib.request.getproxies().items()
        if scheme in ("http", "https", "all") and address
    }
    return _Outward({scheme: _proxied(address) for scheme, address in proxies.items()})


class _PublicBackend(httpcore.AsyncNetworkBackend):
    """Connects to checked addresses only."""

    def __init__(self) -> None:
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            with anyio.fail_after(timeout):
                answers = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise UnknownHostError(host) from error
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"looking up {host} took too long") from error
        numbers = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
        if not numbers or not all(is_public(number) for number in numbers):
            raise RefusedAddressError(host)
        for last, number in enumerate(numbers, 1):
            try:
                return await self._inner.connect_tcp(
                    number, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last == len(numbers):
                    raise
        raise AssertionError("unreachable")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise RefusedAddressError(path)

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)


class _Outward(httpx.AsyncBaseTransport):
    """Sends requests straight, or through the proxy of their scheme where there is one."""

    def __init__(self, proxies: dict[str, httpcore.AsyncConnectionPool]) -> None:
        self._proxies = proxies
        self._direct = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=None,
            keepalive_expiry=_KEEPALIVE,
            http2=True,
            network_backend=_PublicBackend(),
        )

    def _pool(self, scheme: str, host: str) -> httpcore.AsyncConnectionPool:
        if not self._proxies or urllib.request.proxy_bypass(host):
            return self._direct
        return self._proxies.get(scheme) or self._proxies.get("all") or self._direct

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _as_httpx_errors():
            reply = await self._pool(url.scheme, url.host).handle_async_request(sent)
        return httpx.Response(
            status_code=reply.status,
            headers=reply.headers,
            stream=_Stream(reply),
            extensions=reply.extensions,
        )

    async def aclose(self) -> None:
        for pool in (self._direct, *self._proxies.values()):
            await pool.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, reply: httpcore.Response) -> None:
        self._reply = reply

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx_errors():
            async for part in self._reply.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self._reply.aclose()


@contextlib.contextmanager
def _as_httpx_errors() -> Iterator[None]:
    """Raise httpcore's errors under the names httpx gives them."""
    try:
        yield
    except (
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.ProxyError,
        httpcore.UnsupportedProtocol,
    ) as error:
        raised: type[httpx.TransportError] = getattr(
            httpx, type(error).__name__, httpx.TransportError
        )
        raise raised(str(error)) from error


def _proxied(address: str) -> httpcore.AsyncConnectionPool:
    parts = urlsplit(address if "://" in address else f"http://{address}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(
            f"The proxy that the environment names ({parts.scheme}://{parts.hostname or ''}) "
            "cannot be used: give the address of an HTTP proxy, or unset the variable."
        )
    login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    default = 443 if parts.scheme == "https" else 80
    return httpcore.AsyncHTTPProxy(
        proxy_url=f"{parts.scheme}://{parts.hostname}:{parts.port or default}",
        proxy_auth=login,
        ssl_context=httpx.create_ssl_context(),
        max_connections=None,
        keepalive_expiry=_KEEPALIVE,
        http2=True,
    )
