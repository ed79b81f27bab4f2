"""Where a request to an address that somebody else wrote may go: names are resolved here, and every address is checked.

The connection is made to the address that was checked, so that a second answer of the name server changes nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final, TypeAlias

import httpx

from backend.core.errors import InvalidInput, Upstream

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]

#: What `allow_private` opens: machines of the same house. Never link-local addresses, where clouds keep their keys.
PRIVATE: Final = ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
_TRANSLATED: Final = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
#: Where clouds keep their keys beside link-local addresses: Amazon, Alibaba, Azure, Oracle.
_METADATA: Final = frozenset(
    map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"))
)
#: Of special use, though Python calls them global: protocols, relays to 6to4, site-local, documentation.
_SPECIAL: Final = tuple(
    map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "fec0::/10", "3fff::/20"))
)
_TRIES: Final = 3


def networks_of(texts: Iterable[str]) -> tuple[Network, ...]:
    """Raises: InvalidInput `core.bad_network` (network)."""
    found: list[Network] = []
    for text in texts:
        try:
            found.append(ipaddress.ip_network(text.strip(), strict=False))
        except ValueError as error:
            raise InvalidInput("core.bad_network", network=text[:80]) from error
    return tuple(found)


def is_allowed(address: str, networks: Sequence[Network] = ()) -> bool:
    """Whether a connection may go there: addresses of the public internet, and of `networks`."""
    try:
        found = _innermost(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if found.is_multicast or found.is_unspecified or found.is_link_local or found in _METADATA:
        return False
    if any(found in network for network in networks if network.version == found.version):
        return True
    is_special = any(found in network for network in _SPECIAL if network.version == found.version)
    return found.is_global and not found.is_reserved and not is_special


def _innermost(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, where it stands for one."""
    if isinstance(address, ipaddress.IPv6Address):
        for inner in (address.ipv4_mapped, address.sixtofour, (address.teredo or (None, None))[1]):
            if inner is not None:
                return inner
        if any(address in network for network in _TRANSLATED) or (
            int(address) >> 32 == 0 and int(address) > 1
        ):
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


async def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of a name. Raises: OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends each request to a checked address of its host. One inner transport per host: connections, and what their
    certificates prove, are not shared between names."""

    def __init__(self, networks: Sequence[Network] = (), *, resolver: Resolve = resolve) -> None:
        self._networks = networks
        self._resolve = resolver
        self._inner: dict[str, httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises: InvalidInput `core.address_not_allowed` (host); httpx.ConnectError."""
        host = request.url.host
        addresses = await self._checked(
            host, request.url.port or (443 if request.url.scheme == "https" else 80)
        )
        inner = self._inner.setdefault(host, httpx.AsyncHTTPTransport(retries=0, trust_env=False))
        error: Exception = httpx.ConnectError("no address")
        for address in addresses[:_TRIES]:
            pinned = httpx.Request(
                request.method,
                _whole(request).copy_with(host=address),
                headers=request.headers,  # Host keeps the name
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
            try:
                return await inner.handle_async_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout) as failed:
                error = failed
        raise error

    async def _checked(self, host: str, port: int) -> Sequence[str]:
        try:
            async with asyncio.timeout(10):
                addresses = await self._resolve(host, port)
        except (OSError, TimeoutError, UnicodeError) as error:
            raise httpx.ConnectError(f"{host} has no address") from error
        if not addresses or not all(is_allowed(address, self._networks) for address in addresses):
            raise InvalidInput("core.address_not_allowed", host=host[:200])
        return addresses

    async def aclose(self) -> None:
        for transport in self._inner.values():
            await transport.aclose()
        self._inner.clear()


def _whole(request: httpx.Request) -> httpx.URL:
    """The address with what `unlogged_query` adds: the client writes the rest into its log."""
    extra = request.extensions.get("unlogged_query")
    return request.url.copy_merge_params(extra) if extra else request.url


def origin_of(url: httpx.URL) -> tuple[str, str, int]:
    """Scheme, host and port: credentials belong to one of them."""
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def checked_url(text: str) -> httpx.URL:
    """Raises: InvalidInput `core.address_not_allowed` where it is no plain http(s) address; Upstream where it is none."""
    try:
        url = httpx.URL(text)
        host = url.host  # decodes names of other scripts, which may be none
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise Upstream("blueprints.feed_answer", problem="bad_address") from error
    if url.scheme not in ("http", "https") or not host or url.userinfo:
        raise InvalidInput("core.address_not_allowed", host=host[:200])
    return url
