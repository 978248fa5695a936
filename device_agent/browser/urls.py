"""Which addresses the browser may be sent to: pure, and the same for every way a page asks.

An address is taken apart here, checked, and put together anew; only what was put together reaches
the browser, so that no two readers can understand one text differently.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, quote, urlsplit

import idna

from device_agent.browser.addresses import why_never, why_not_public
from device_agent.browser.errors import BadUrl, SiteRefused

PORTS = {"http": 80, "https": 443}
MAX_URL_CHARS = 4_000
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
# A last label like these makes a browser read the whole host as an IPv4 address (WHATWG URL).
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F))
_LOCAL_NAMES = frozenset({"localhost", "metadata"})
_LOCAL_ENDINGS = (
    ".localhost",
    ".local",
    ".internal",
    ".localdomain",
    ".home.arpa",
    ".lan",
    ".intranet",
)
# What Chromium asks its maker by itself (updates, forms' signatures, hints): nobody asked for it.
BROWSERS_OWN = frozenset(
    {
        "update.googleapis.com",
        "content-autofill.googleapis.com",
        "optimizationguide-pa.googleapis.com",
        "safebrowsing.googleapis.com",
        "clients2.google.com",
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """What a grant is given for: an origin. host is in punycode, an IPv6 address in brackets."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        tail = "" if self.port == PORTS.get(self.scheme) else f":{self.port}"
        return f"{self.scheme}://{self.host}{tail}"

    def leads_to(self, other: "Site") -> bool:
        """Whether going on to other needs no new question: itself, or itself encrypted."""
        plain = self.scheme == "http" and self.port == PORTS["http"]
        return other == self or (plain and other == Site("https", self.host, PORTS["https"]))


@dataclass(frozen=True, slots=True)
class Address:
    """An address as the browser gets it."""

    url: str
    site: Site


def _denies_none(_host: str) -> bool:
    return False


@dataclass(frozen=True)
class Limits:
    """What the owner says of hosts: private is as in the policy's file, denies asks for one."""

    private: Sequence[str] = ()
    denies: Callable[[str], bool] = field(default=_denies_none)

    def lists(self, host: str, port: int) -> bool:
        """Whether the owner opened a private host: by the name in the address, with its port."""
        return any(_is_meant(entry.casefold(), host, port) for entry in self.private)

    def check(self, site: Site) -> None:
        """Raises SiteRefused for a site that its name alone, or its literal address, rules out."""
        if why := self.why_not(site.host, site.port):
            raise SiteRefused(site=str(site), why=why)

    def why_not(self, host: str, port: int) -> str | None:
        """Why a host is refused by its name or literal address; None where it may be asked."""
        if self.denies(host):
            return "this device's owner denies it"
        literal = _literal(host)
        if literal is not None:
            return self.why_not_address(host, port, literal)
        if host in BROWSERS_OWN:
            return "it is a service of the browser's maker"
        if self.lists(host, port):
            return None
        if host in _LOCAL_NAMES or host.endswith(_LOCAL_ENDINGS) or "." not in host:
            return f"it is a name inside this computer or its network; {_mend(host, port)}"
        return None

    def why_not_address(self, host: str, port: int, address: str) -> str | None:
        """Why a host that resolves to an address is refused; None where it may be connected to."""
        if never := why_never(address):
            return f"{address} is {never}"
        if self.lists(host, port):
            return None
        why = why_not_public(address)
        return why and f"{address} is {why}; {_mend(host, port)}"


def _mend(host: str, port: int) -> str:
    return f"its owner can open it: dispatch-device policy site private {host}:{port}"


def _is_meant(entry: str, host: str, port: int) -> bool:
    """Whether `HOST`, `HOST:PORT` or `*.HOST:PORT` names a host and port."""
    name, colon, wanted = entry.rpartition(":")
    if not colon or not wanted.isdigit():
        name, wanted = entry, ""
    if wanted and int(wanted) != port:
        return False
    if name.startswith("*."):
        return host.endswith(name[1:])
    return host == name


def _literal(host: str) -> str | None:
    if host.startswith("["):
        return host[1:-1]
    return host if _NUMBER.fullmatch(host.rpartition(".")[2]) else None


def read_url(text: str) -> Address:
    """The address that a text is; raises BadUrl, whose message says what to write instead."""
    text = text.strip()
    if not text or len(text) > MAX_URL_CHARS:
        raise BadUrl(url=text[:100], why=f"it has no character, or more than {MAX_URL_CHARS}")
    if re.search(r"[\x00-\x20\x7f-\x9f\\]", text) or not text.isprintable():
        raise BadUrl(url=text[:100], why="it has a blank, a backslash or an invisible character")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise BadUrl(url=text[:100], why="it can't be read") from None
    _check_parts(text, parts, port)
    site = Site(parts.scheme, read_host(parts.hostname or ""), port or PORTS[parts.scheme])
    rest = quote(parts.path or "/", safe=_PRINTABLE)
    rest += f"?{quote(parts.query, safe=_PRINTABLE)}" if parts.query else ""
    rest += f"#{quote(parts.fragment, safe=_PRINTABLE)}" if parts.fragment else ""
    return Address(f"{site}{rest}", site)


def _check_parts(text: str, parts: SplitResult, port: int | None) -> None:
    if parts.scheme not in PORTS:
        raise BadUrl(url=text[:100], why="it starts with neither https:// nor http://")
    if "@" in parts.netloc:
        raise BadUrl(url=text[:100], why="it carries a name or a password before the host")
    if not parts.hostname or port == 0:
        raise BadUrl(url=text[:100], why="it names no host")


def read_host(text: str) -> str:
    """A host in its one spelling: lower case, punycode, no dot at its end; raises BadUrl."""
    if ":" in text:
        return _ipv6(text)
    host = _ascii(text).removesuffix(".")
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(IPv4Address(host))
        except ValueError:
            why = "its host is a number in disguise; write four plain numbers with dots between"
            raise BadUrl(url=text[:100], why=why) from None
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadUrl(url=text[:100], why="its host is no name that a site can have")
    return host


def _ipv6(text: str) -> str:
    try:
        address = IPv6Address(text)
    except ValueError:
        raise BadUrl(url=text[:100], why="its host is no IPv6 address") from None
    if address.scope_id is not None:
        raise BadUrl(url=text[:100], why="its host names a network card")
    return f"[{address}]"


def _ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    try:
        return idna.encode(host, uts46=True, transitional=False).decode("ascii").lower()
    except idna.IDNAError:
        raise BadUrl(url=host[:100], why="its host is no name that a site can have") from None


def site_of(url: str) -> Site | None:
    """The site of an address that a browser shows; None for about:blank and the like."""
    try:
        return read_url(url[:MAX_URL_CHARS]).site
    except BadUrl:
        return None
