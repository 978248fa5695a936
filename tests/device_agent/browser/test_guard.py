"""Where a page can't lead its browser: other sites, this computer, its network, its files."""

import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from device_agent.browser.errors import BadUrl, PageFailed, SiteRefused
from device_agent.browser.gate import Streams, dial
from tests.browser import chromium_path
from tests.device_agent.browser.site import Person, Site, browsing, serving, unless_ended

pytestmark = [pytest.mark.browser, pytest.mark.processes]

PUBLIC = "93.184.215.14"
# Each asks for the address in its own way, and says in the title how it went.
WAYS = {
    "fetch": "fetch('{url}', {{mode: 'no-cors'}}).then(() => say('open'), () => say('shut'))",
    "script": "with (document.head.appendChild(document.createElement('script')))"
    " {{ onload = () => say('open'); onerror = () => say('shut'); src = '{url}' }}",
    "picture": "with (new Image) {{ onload = onerror = () => say('shut'); src = '{url}' }}",
    "socket": "with (new WebSocket('{url}'.replace('http', 'ws')))"
    " {{ onopen = () => say('open'); onerror = () => say('shut') }}",
    "beacon": "say(navigator.sendBeacon('{url}', 'x') ? 'shut' : 'shut')",
    "worker": "new Worker(URL.createObjectURL(new Blob([`fetch('{url}', {{mode: 'no-cors'}})"
    ".then(() => postMessage('open'), () => postMessage('shut'))`])))"
    ".onmessage = event => say(event.data)",
    "frame": "with (document.body.appendChild(document.createElement('iframe')))"
    " {{ onload = () => say('shut'); src = '{url}' }}",
}
PAGE = "<title>waiting</title><body><h1></h1><script>const say = words =>"
PAGE += " document.querySelector('h1').textContent = 'It is ' + words; {}</script>"


@pytest.fixture
def secret() -> Iterator[Site]:
    """A site of the owner's own that the policy does not open."""
    with serving() as site:
        site.page("/", "<title>Secret</title>")
        yield site


@pytest.mark.parametrize("way", WAYS)
def test_a_page_reaches_no_private_address_in_any_way(
    ada: Person, site: Site, secret: Site, way: str
) -> None:
    script = WAYS[way].format(url=f"{secret.url}/from-{way}")
    ada.says("open", url=site.page(f"/{way}", PAGE.format(script)))
    ada.says("wait", text="It is shut")
    assert secret.asked == []


def test_a_service_worker_reaches_no_private_address(ada: Person, site: Site, secret: Site) -> None:
    body = f"oninstall = e => e.waitUntil(fetch('{secret.url}/sw', {{mode: 'no-cors'}}))"
    site.pages["/sw.js"] = (200, {"Content-Type": "text/javascript"}, body.encode())
    script = "navigator.serviceWorker.register('/sw.js').then(r => r.installing.onstatechange ="
    script += " e => say(e.target.state == 'redundant' ? 'shut' : 'open'))"
    ada.says("open", url=site.page("/registering", PAGE.format(script)))
    ada.says("wait", text="It is shut")
    assert secret.asked == []


def test_a_redirect_of_a_part_of_a_page_to_a_private_address_is_refused(
    ada: Person, site: Site, secret: Site
) -> None:
    site.redirect("/hop", f"{secret.url}/redirected")
    script = WAYS["fetch"].format(url="/hop")
    ada.says("open", url=site.page("/hopping", PAGE.format(script)))
    ada.says("wait", text="It is shut")
    assert secret.asked == []


def test_a_redirect_to_a_site_that_nobody_opened_is_not_followed(
    ada: Person, site: Site, secret: Site
) -> None:
    ada.says("open", url=f"{site.url}/form")
    site.redirect("/elsewhere", f"{secret.url}/elsewhere")
    with pytest.raises(PageFailed, match="not opened in this thread"):
        ada.does("open", url=f"{site.url}/elsewhere")
    assert f"{site.url}/form" in ada.says("tabs")
    assert secret.asked == []


@pytest.mark.parametrize(
    "element",
    [
        "<a href='{url}'>Go</a>",
        "<a href='{url}' target=_blank>Go</a>",
        "<a href='{url}' target=_blank rel=noopener>Go</a>",
        "<button onclick=\"window.open('{url}')\">Go</button>",
        "<button onclick=\"location = '{url}'\">Go</button>",
        "<form action='{url}' method=post><button>Go</button></form>",
    ],
)
def test_a_click_leads_to_no_site_that_nobody_opened(
    ada: Person, site: Site, secret: Site, element: str
) -> None:
    url = f"{secret.url}/led"
    ada.says("open", url=site.page("/leading", element.format(url=url)))
    told = ada.says("click", text="Go")
    assert f"The page led on to {url}, a site that was not opened in this thread" in told
    assert secret.asked == []
    assert ada.says("tabs").count("\n") == 0


def test_a_site_that_was_opened_in_the_thread_may_be_led_to(
    site: Site, secret: Site, tmp_path: Path
) -> None:
    chromium_path()
    hosts = (f"127.0.0.1:{site.port}", f"127.0.0.1:{secret.port}")
    with browsing(tmp_path / "home", *hosts) as browser:
        ada = Person(browser)
        ada.says("open", url=secret.url)
        ada.says("open", url=site.page("/leading", f"<a href='{secret.url}/'>Go</a>"))
        assert "Secret" in ada.says("click", text="Go")
        other = Person(browser, thread="another")
        other.says("open", url=f"{site.url}/leading")
        assert "not opened in this thread" in other.says("click", text="Go")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "chrome://version", "javascript:alert(1)", "data:text/html,x"]
)
def test_nothing_but_the_web_is_opened(ada: Person, url: str) -> None:
    with pytest.raises(BadUrl):
        ada.prepare("open", url=url)


def test_a_page_leads_to_no_file(ada: Person, site: Site, tmp_path: Path) -> None:
    (tmp_path / "secret.html").write_text("<title>Secret</title>")
    target = (tmp_path / "secret.html").as_uri()
    ada.says("open", url=site.page("/to-a-file", f"<a href='{target}'>Go</a>"))
    ada.says("click", text="Go")
    assert f"{site.url}/to-a-file" in ada.says("tabs")
    script = WAYS["fetch"].format(url=target)
    ada.says("open", url=site.page("/from-a-file", PAGE.format(script)))
    ada.says("wait", text="It is shut")


def test_what_the_owner_denies_is_neither_opened_nor_loaded(site: Site, tmp_path: Path) -> None:
    with browsing(tmp_path / "home", deny=("bank.example",)) as browser:
        with pytest.raises(SiteRefused, match="denies it"):
            Person(browser).prepare("open", url="https://my.bank.example/")
        with pytest.raises(SiteRefused, match="site private"):
            Person(browser).prepare("open", url=f"{site.url}/form")


class Rebinding:
    """A name server of somebody else's: first a public address, then this computer's.

    The public one is the site, for this machine reaches no other.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.answer = PUBLIC
        self.dialled: set[str] = set()

    async def resolve(self, host: str, port: int) -> list[str]:
        return [self.answer] if host == "rebound.example" else [PUBLIC]

    async def dial(self, address: str, port: int) -> Streams:
        self.dialled.add(address)
        return await dial("127.0.0.1", self.site.port)


def test_a_name_that_turns_into_this_computer_is_refused(site: Site, tmp_path: Path) -> None:
    chromium_path()
    names = Rebinding(site)
    opened = f"127.0.0.1:{site.port}"
    with browsing(tmp_path / "home", opened, resolve=names.resolve, dial=names.dial) as browser:
        ada = Person(browser)
        ada.says("open", url="http://rebound.example/form")
        names.answer = "127.0.0.1"
        with pytest.raises(SiteRefused, match="127.0.0.1 is an address of this computer"):
            ada.opens_often("http://rebound.example/form")
    assert names.dialled == {PUBLIC}


def test_what_can_not_go_through_the_gate_does_not_go_at_all(ada: Person, site: Site) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
        socket.create_server(("127.0.0.1", 0)) as connections,
    ):
        datagrams.bind(("127.0.0.1", 0))
        datagrams.setblocking(False)
        connections.setblocking(False)
        stun = f"{{urls: 'stun:127.0.0.1:{datagrams.getsockname()[1]}'}}"
        turn = f"{{urls: 'turn:127.0.0.1:{connections.getsockname()[1]}?transport=tcp'"
        turn += ", username: 'a', credential: 'b'}"
        script = (
            f"const peer = new RTCPeerConnection({{iceServers: [{stun}, {turn}]}});"
            "peer.onicegatheringstatechange = () => peer.iceGatheringState == 'complete'"
            " && say('shut'); peer.createDataChannel('x');"
            "peer.createOffer().then(offer => peer.setLocalDescription(offer))"
        )
        ada.says("open", url=site.page("/peer", PAGE.format(script)))
        ada.says("wait", text="It is shut")
        with pytest.raises(BlockingIOError):
            datagrams.recv(1)
        with pytest.raises(BlockingIOError):
            connections.accept()


def test_nobody_can_steer_the_browser_by_a_port(ada: Person, site: Site) -> None:
    ada.says("open", url=f"{site.url}/form")
    chromium = [
        process
        for process in psutil.Process().children(recursive=True)
        if any("browser-profile" in word for word in unless_ended(process.cmdline))
    ]
    assert chromium
    assert not [
        each
        for process in chromium
        for each in unless_ended(partial(process.net_connections, "inet"))
        if each.status == psutil.CONN_LISTEN
    ]
