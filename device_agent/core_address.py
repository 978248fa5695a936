"""Where the core is: an address that is whole, and encrypted unless its owner says otherwise."""

from urllib.parse import urlsplit

from device_agent.errors import BadAddress, PlainHttp

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def check_address(url: str, *, insecure: bool) -> str:
    """The core's address without a slash at its end; raises BadAddress, PlainHttp."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username:
        raise BadAddress(url=url)
    if parts.scheme == "http" and not is_here(url) and not insecure:
        raise PlainHttp(url=url)
    return url.rstrip("/")


def is_here(url: str) -> bool:
    """Whether the address is one of this same computer."""
    return urlsplit(url).hostname in LOOPBACK
