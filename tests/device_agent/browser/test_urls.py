"""Which addresses the browser may be sent to: one row each."""

import pytest

from device_agent.browser.addresses import why_never, why_not_public
from device_agent.browser.errors import BadUrl, SiteRefused
from device_agent.browser.urls import Limits, Site, read_url, site_of

NO_HOST = "0.0.0.0"  # noqa: S104 (nothing is bound to it)
NOT_AN_ADDRESS = (
    ("", "it has no character"),
    ("file:///etc/passwd", "neither https:// nor http://"),
    ("FILE:///etc/passwd", "neither https:// nor http://"),
    ("javascript:alert(1)", "neither https:// nor http://"),
    ("data:text/html,<b>", "neither https:// nor http://"),
    ("chrome://settings", "neither https:// nor http://"),
    ("view-source:https://example.com", "neither https:// nor http://"),
    ("ftp://example.com/", "neither https:// nor http://"),
    ("ws://example.com/", "neither https:// nor http://"),
    ("blob:https://example.com/1", "neither https:// nor http://"),
    ("example.com", "neither https:// nor http://"),
    ("//example.com", "neither https:// nor http://"),
    ("http:example.com", "it names no host"),
    ("http:///example.com", "it names no host"),
    ("http://", "it names no host"),
    ("http://:80/", "it names no host"),
    ("http://user@example.com/", "a name or a password before the host"),
    ("http://user:word@example.com/", "a name or a password before the host"),
    ("https://good.example@10.0.0.1/", "a name or a password before the host"),
    ("http://@example.com/", "a name or a password before the host"),
    ("http://good.example\\@10.0.0.1/", "a backslash"),
    ("http:\\\\example.com", "a backslash"),
    ("http://exa mple.com/", "a blank"),
    ("http://exa\tmple.com/", "a blank"),
    ("http://example.com/\nx", "a blank"),
    ("http://exa\u200bmple.com/", "an invisible character"),
    ("http://example.com/\u202eexe", "an invisible character"),
    ("http://example.com:0/", "it names no host"),
    ("http://example.com:99999/", "it can't be read"),
    ("http://example.com:x/", "it can't be read"),
    ("http://0177.0.0.1/", "a number in disguise"),
    ("http://0x7f.0.0.1/", "a number in disguise"),
    ("http://0x7f.1/", "a number in disguise"),
    ("http://0x7f000001/", "a number in disguise"),
    ("http://127.1/", "a number in disguise"),
    ("http://127.0.1/", "a number in disguise"),
    ("http://2130706433/", "a number in disguise"),
    ("http://017700000001/", "a number in disguise"),
    ("http://0x/", "a number in disguise"),
    ("http://1.2.3.4.5/", "a number in disguise"),
    ("http://1.2.3.256/", "a number in disguise"),
    ("http://example.0x1/", "a number in disguise"),
    ("http://[::1%25eth0]/", "names a network card"),
    ("http://[::1", "it can't be read"),
    ("http://[nonsense]/", "it can't be read"),
    ("http://[v1.fe80::a]/", "its host is no IPv6 address"),
    ("http://-example.com/", "no name that a site can have"),
    ("http://example..com/", "no name that a site can have"),
    ("http://exa%6Dple.com/", "no name that a site can have"),
    ("http://exa*mple.com/", "no name that a site can have"),
    (f"http://{'a' * 64}.com/", "no name that a site can have"),
    (f"http://{'a.' * 130}com/", "no name that a site can have"),
)
AS_IT_IS_OPENED = (
    ("HTTP://Example.COM", "http://example.com/"),
    ("https://example.com:443/a?b=c#d", "https://example.com/a?b=c#d"),
    ("http://example.com:8080/", "http://example.com:8080/"),
    ("https://example.com./", "https://example.com/"),
    ("https://1.2.3.4/", "https://1.2.3.4/"),
    ("https://[2606:4700:0000::1111]/", "https://[2606:4700::1111]/"),
    ("https://my_host.example.com/", "https://my_host.example.com/"),
    ("https://example.com/a%20b?q=%C3%A9", "https://example.com/a%20b?q=%C3%A9"),
    ("https://example.com/é", "https://example.com/%C3%A9"),
    # The first letter is Cyrillic; what is shown is the name that is looked up.
    ("https://\u0430pple.com/", "https://xn--pple-43d.com/"),
    ("https://b\u00fccher.example/", "https://xn--bcher-kva.example/"),
    # Full-width digits and dots are the plain ones to a browser.
    ("http://\uff11.\uff12.\uff13.\uff14/", "http://1.2.3.4/"),
    ("http://example\u3002com/", "http://example.com/"),
)
NOT_PUBLIC = (
    *("127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "100.100.100.200", NO_HOST, "0.1.2.3", "192.0.0.192"),
    *("192.0.2.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "192.88.99.1", "168.63.129.16"),
    *("::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "fec0::1"),
    # Each carries an IPv4 address: mapped, a translator's, 6to4, Teredo, ISATAP, compatible.
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::7f00:1"),
    *("64:ff9b:1::10.0.0.1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378:8000:63bf::1"),
    *("2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:7f00:1", "::127.0.0.1", "::10.0.0.1"),
    *("100::1", "3fff::1", "5f00::1", "4000::1"),
)
PUBLIC = (
    *("1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1"),
    *("2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"),
)
INSIDE = (
    *("localhost", "localhost.localdomain", "app.localhost", "printer.local", "db.internal"),
    *("metadata.google.internal", "metadata", "intranet", "router.lan", "nas.home.arpa"),
)


@pytest.mark.parametrize(("text", "why"), NOT_AN_ADDRESS, ids=[row[0] for row in NOT_AN_ADDRESS])
def test_what_is_no_address_of_a_site_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadUrl) as refusal:
        read_url(text)
    assert why in str(refusal.value)


@pytest.mark.parametrize(("text", "url"), AS_IT_IS_OPENED)
def test_an_address_is_put_together_anew(text: str, url: str) -> None:
    address = read_url(text)
    assert address.url == url
    assert read_url(address.url) == address


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_private_or_special_address_is_refused_by_itself_and_as_what_a_name_resolves_to(
    address: str,
) -> None:
    host = f"[{address}]" if ":" in address else address
    assert why_not_public(address)
    assert Limits().why_not(host, 80)
    assert Limits().why_not_address("example.com", 443, address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_let_through(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    assert why_not_public(address) is None
    assert Limits().why_not(host, 80) is None
    assert Limits().why_not_address("example.com", 443, address) is None


@pytest.mark.parametrize("host", INSIDE)
def test_a_name_inside_this_computer_or_its_network_is_refused(host: str) -> None:
    with pytest.raises(SiteRefused, match="site private"):
        Limits().check(read_url(f"http://{host}/").site)
    Limits(private=[host]).check(read_url(f"http://{host}/").site)


@pytest.mark.parametrize(
    ("entry", "url", "opened"),
    [
        ("127.0.0.1:8000", "http://127.0.0.1:8000/", True),
        ("127.0.0.1:8000", "http://127.0.0.1:8001/", False),
        ("127.0.0.1", "http://127.0.0.1:8001/", True),
        ("127.0.0.1:8000", "http://localhost:8000/", False),
        ("localhost:3000", "http://localhost:3000/", True),
        ("LocalHost:3000", "http://LOCALHOST:3000/", True),
        ("[::1]:3000", "http://[::1]:3000/", True),
        ("[::1]", "http://[0:0::1]:1/", True),
        ("*.corp.internal", "http://wiki.corp.internal/", True),
        ("*.corp.internal", "http://corp.internal/", False),
        ("*.corp.internal:80", "https://wiki.corp.internal/", False),
        ("169.254.169.254", "http://169.254.169.254/", False),
        (NO_HOST, f"http://{NO_HOST}/", False),
    ],
)
def test_the_owner_can_open_a_private_host_by_name_and_port(
    entry: str, url: str, opened: bool
) -> None:
    site = read_url(url).site
    assert (Limits(private=[entry]).why_not(site.host, site.port) is None) is opened


def test_a_name_of_others_reaches_no_private_host_that_the_owner_opened() -> None:
    limits = Limits(private=["127.0.0.1:8000", "wiki.internal"])
    assert limits.why_not_address("rebound.example", 8000, "127.0.0.1")
    assert limits.why_not_address("wiki.internal", 443, "10.1.2.3") is None
    assert limits.why_not_address("wiki.internal", 443, "169.254.169.254")


def test_what_the_owner_denies_is_refused_whatever_else_is_opened() -> None:
    limits = Limits(private=["bank.example"], denies=lambda host: host.endswith("bank.example"))
    assert limits.why_not("my.bank.example", 443) == "this device's owner denies it"
    assert limits.why_not("bank.example", 443) == "this device's owner denies it"


def test_links_of_one_cable_and_metadata_services_are_never_opened() -> None:
    assert all(
        map(why_never, ["169.254.169.254", "fe80::1", "::ffff:169.254.0.1", "fd00:ec2::254"])
    )
    assert why_never("10.0.0.1") is None


@pytest.mark.parametrize(
    ("before", "after", "follows"),
    [
        ("http://a.example", "https://a.example", True),
        ("https://a.example", "http://a.example", False),
        ("http://a.example:81", "https://a.example", False),
        ("https://a.example", "https://b.a.example", False),
        ("https://a.example", "https://a.example:444", False),
    ],
)
def test_only_a_site_itself_or_itself_encrypted_follows_without_a_question(
    before: str, after: str, follows: bool
) -> None:
    assert read_url(before).site.leads_to(read_url(after).site) is follows


def test_a_site_is_an_origin() -> None:
    assert site_of("https://example.com:443/a?b") == Site("https", "example.com", 443)
    assert str(Site("http", "[::1]", 8000)) == "http://[::1]:8000"
    assert site_of("about:blank") is None
