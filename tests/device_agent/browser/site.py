"""A small site on 127.0.0.1, and the browser tool as the companion has it."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import psutil
import pytest

from device_agent.browser import stepping
from device_agent.browser.gate import Dial, Resolve, dial, resolve
from device_agent.browser.tool import Browser
from device_agent.folders import Folders
from device_agent.policy.owner import Modes, OwnerPolicy, SiteRules
from device_agent.tools.step import StepRoom, Stop
from dispatch_core.protocol import Bound, Preparation, StepResult
from tests.device_agent.waiting import PATIENCE, slowness

T = TypeVar("T")
FORM = """<!doctype html><title>Order form</title><h1>Order</h1>
<form method=post action=/orders enctype=multipart/form-data>
<label>Name <input name=name></label>
<label>Password <input name=word type=password></label>
<label>Fruit <select name=fruit><option value=a>Apple<option value=q>Quince</select></label>
<label>Note <input name=note type=file></label>
<button>Send</button></form>
<p id=later></p>
<button onclick="later.textContent = 'Here it is now'">Show more</button>
<button onclick="alert('Are you sure?')">Ask</button>
<button>Twin</button><button>Twin</button>
<a href=/bill.csv>Bill</a> <a href=/away>Away</a>
<a href=/form target=_blank>Another window</a> <a href=/slow>Slow</a>"""
# What the tool gives up after seconds, as a page that hangs; a busy machine is none.
GIVEN_UP = (
    *("chrome.ACTION_SECONDS", "chrome.NAVIGATION_SECONDS", "stepping.NAVIGATION_SECONDS"),
    *("bringing.NAVIGATION_SECONDS", "looking.SNAPSHOT_SECONDS", "tool.PREPARE_SECONDS"),
    "doing.CLOSE_SECONDS",
)
MOMENT_SECONDS = stepping.MOMENT_SECONDS
BILL = b"fruit,price\nquince,1.20\n"


@dataclass
class Site:
    """What is served, and what was asked for; pages may be added by path."""

    port: int = 0
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    posted: list[bytes] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def page(self, path: str, html: str) -> str:
        """Serve a page; returns its address."""
        self.pages[path] = (200, {"Content-Type": "text/html; charset=utf-8"}, html.encode())
        return self.url + path

    def redirect(self, path: str, target: str) -> str:
        """Serve a redirect; returns its address."""
        self.pages[path] = (302, {"Location": target}, b"")
        return self.url + path


@contextlib.contextmanager
def serving() -> Iterator[Site]:
    """A site of one test's own."""
    site = Site()
    site.page("/form", FORM)
    disposition = {"Content-Type": "text/csv", "Content-Disposition": "attachment"}
    site.pages["/bill.csv"] = (200, disposition, BILL)
    with answering(_handler(site), site.held) as site.port:
        yield site


@contextlib.contextmanager
def answering(handler: type[BaseHTTPRequestHandler], held: threading.Event) -> Iterator[int]:
    """A server on 127.0.0.1, by its port; at the end what still waits for held is let go."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server.server_port
    held.set()
    server.shutdown()
    server.server_close()
    thread.join(PATIENCE)


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            if self.path == "/slow":
                site.held.wait(300)
            self.reply(*site.pages.get(self.path, (404, {}, b"nothing here")))

        def do_POST(self) -> None:
            site.asked.append(self.path)
            site.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
            html = "<title>Thanks</title><h1>Thank you</h1><a href=/bill.csv>Bill</a>"
            self.reply(200, {"Content-Type": "text/html"}, html.encode())

        def reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
            with contextlib.suppress(OSError):
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@dataclass
class Person:
    """Asks for steps as the core hands them on; files is what came into the thread."""

    browser: Browser
    thread: str = "thread-1"
    files: dict[str, bytes] = field(default_factory=dict)
    attached: dict[str, bytes] = field(default_factory=dict)
    stop: Stop = field(default_factory=Stop)

    def prepare(self, action: str, **arguments: Any) -> Preparation:
        """What the device says to a step."""
        return self.browser.prepare(self.thread, {"action": action, **arguments})

    def does(self, action: str, within: float = PATIENCE, **arguments: Any) -> StepResult:
        """Prepare a step and do it, as after an approval."""
        bound = self.prepare(action, **arguments).bound
        return self.browser(self.room(within, bound), {"action": action, **arguments})

    def says(self, action: str, **arguments: Any) -> str:
        """What is answered to a step that is done."""
        result = self.does(action, **arguments)
        assert result.status.value == "done", result.text
        return result.text

    def opens_often(self, url: str) -> None:
        """Open an address until the connections that were made before are used up."""
        for _ in range(10):
            self.does("open", url=url)

    def room(self, seconds: float, bound: Bound) -> StepRoom:
        return StepRoom(
            seconds, self.stop, _nothing, self._keep, self._take, bound=bound, thread_id=self.thread
        )

    def ref(self, snapshot: str, words: str) -> str:
        """The ref of the first line with these words."""
        line = next(line for line in snapshot.split("\n") if words in line)
        return line.partition("[ref=")[2].partition("]")[0]

    def _keep(self, name: str, path: Path) -> None:
        self.files[name] = path.read_bytes()

    def _take(self, name: str, target: Path) -> None:
        target.write_bytes(self.attached[name])


def _nothing(_text: str) -> None:
    """Live output is of no use here."""


@contextlib.contextmanager
def browsing(
    home: Path,
    *private: str,
    deny: tuple[str, ...] = (),
    modes: Modes | None = None,
    shared: Path | None = None,
    idle_seconds: float = 600,
    resolve: Resolve = resolve,
    dial: Dial = dial,
) -> Iterator[Browser]:
    """The tool with a policy that opens the private hosts; the end closes its browser."""
    home.mkdir(exist_ok=True)
    rules = SiteRules(private=private, deny=deny)
    policy = OwnerPolicy(sites=rules, modes=modes or Modes())
    folders = Folders([str(shared)] if shared else [], private=home)
    tool = Browser(home, folders, lambda: policy, idle_seconds, resolve, dial)
    with _patience():
        try:
            yield tool
        finally:
            tool.close()


@contextlib.contextmanager
def _patience() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in GIVEN_UP:
            patch.setattr(f"device_agent.browser.{name}", PATIENCE)
        patch.setattr(stepping, "MOMENT_SECONDS", MOMENT_SECONDS * slowness())
        yield


def unless_ended(ask: Callable[[], list[T]]) -> list[T]:
    """What a process tells of itself; nothing where it has ended meanwhile."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return ask()
    return []


def browsers_of(profile: Path) -> list[psutil.Process]:
    """The main processes that use a profile."""
    wanted = f"--user-data-dir={profile}"
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if wanted in words and not any(word.startswith("--type=") for word in words):
            found.append(process)
    return found
