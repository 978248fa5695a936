"""An owner at a screen of a test's own, and a site that knows by cookies who has signed in."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import psutil
from Xlib import X
from Xlib.display import Display
from Xlib.error import XError
from Xlib.protocol.event import ClientMessage

from device_agent.browser.profile import profile_of
from device_agent.settings import Pairing
from dispatch_core.abilities import Permissions
from tests.device_agent.browser.site import Person, answering, browsers_of
from tests.device_agent.waiting import PATIENCE, eventually

BOTH = "Cookies: lasting and passing."


@dataclass
class SignIn:
    """Each page tells which cookies came with it; /in sets two, /slow is held until it is let go.

    Once a page PATH has come to a browser with its cookies, the browser asks for /after/PATH.
    """

    port: int = 0
    asked: list[str] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextlib.contextmanager
def signing_in() -> Iterator[SignIn]:
    """The site, on 127.0.0.1."""
    site = SignIn()
    with answering(_handler(site), site.go) as site.port:
        yield site


def _handler(site: SignIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            if self.path == "/slow":
                site.go.wait(PATIENCE)
            names = sorted(SimpleCookie(self.headers.get("Cookie", "")))
            body = f"<title>Site</title><h1>Cookies: {' and '.join(names) or 'none'}.</h1>"
            body += f"<img src=/after{self.path}>"
            with contextlib.suppress(OSError):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Cache-Control", "no-store")
                if self.path == "/in":
                    self.send_header("Set-Cookie", "lasting=1; Max-Age=86400; HttpOnly")
                    self.send_header("Set-Cookie", "passing=1; HttpOnly")
                self.end_headers()
                self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def sees(person: Person, site: SignIn) -> str:
    """What the site shows to the browser without a window."""
    person.says("open", url=site.url("/who"))
    return person.says("snapshot")


@dataclass
class Owner:
    """Types `dispatch-device browser` over a home of a companion that may use the browser."""

    home: Path
    environment: dict[str, str]
    running: "list[subprocess.Popen[str]]" = field(default_factory=list)

    @property
    def profile(self) -> Path:
        return profile_of(self.home)

    def pair(self, **permissions: bool) -> None:
        """As pairing leaves it, without a core."""
        allowed = Permissions(**permissions)
        pairing = Pairing(url="http://127.0.0.1:1", device_id="d1", name="pc", permissions=allowed)
        pairing.save(self.home)

    def starts(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "device_agent", "browser", *arguments],
            env=self.environment | {"DISPATCH_DEVICE_HOME": str(self.home)} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.running.append(process)
        return process

    def is_told(self, *arguments: str, **environment: str) -> str:
        """The one sentence that a command ends with, which opens no window."""
        process = self.starts(*arguments, **environment)
        _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode == 1, said
        return said.removesuffix("\n")

    def opens(self, site: SignIn, path: str) -> "subprocess.Popen[str]":
        """A window that shows a page of the site."""
        before, came = len(site.asked), f"/after{path}"
        process = self.starts(site.url(path))
        eventually(lambda: came in site.asked[before:] or process.poll() is not None)
        assert process.poll() is None, process.communicate()
        eventually(self.windows)
        return process

    def browser(self) -> psutil.Process:
        """The window's browser."""
        found = browsers_of(self.profile)
        assert len(found) == 1
        return found[0]

    def windows(self) -> bool:
        """Whether a window is to be seen."""
        return bool(self._with_windows(lambda _display, _window: None))

    def closes_the_window(self) -> None:
        """As a click on its cross does."""

        def close(display: Any, window: Any) -> None:
            words = [display.intern_atom("WM_DELETE_WINDOW"), X.CurrentTime, 0, 0, 0]
            protocols = display.intern_atom("WM_PROTOCOLS")
            window.send_event(ClientMessage(window=window, client_type=protocols, data=(32, words)))

        eventually(lambda: self._with_windows(close))

    def end(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.communicate(timeout=PATIENCE)
        eventually(self._has_no_browser)

    def _has_no_browser(self) -> bool:
        left = browsers_of(self.profile)
        for each in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        return not left

    def _with_windows(self, do: Callable[[Any, Any], None]) -> int:
        """How many top windows are shown that can be closed; does something to each."""
        display = Display(self.environment["DISPLAY"])
        try:
            protocols = display.intern_atom("WM_PROTOCOLS")
            shown = [
                window
                for window in display.screen().root.query_tree().children
                if window.get_attributes().map_state == X.IsViewable
                and window.get_full_property(protocols, X.AnyPropertyType)
            ]
            for window in shown:
                do(display, window)
            display.sync()
            return len(shown)
        except XError:  # one went away meanwhile
            return 0
        finally:
            display.close()


def without(environment: dict[str, str], *names: str) -> dict[str, str]:
    """An environment in which some names are not set."""
    return {name: value for name, value in environment.items() if name not in names}


def own_environment() -> dict[str, str]:
    """This process's own, without a screen."""
    return without(dict(os.environ), "DISPLAY", "WAYLAND_DISPLAY", "DISPATCH_BROWSER")
