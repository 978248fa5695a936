"""dispatch-device browser: a window of the companion's own browser, in which its owner signs in."""

import contextlib
import signal
from collections.abc import Iterator

import click

from device_agent.browser.errors import BrowserNotPermitted
from device_agent.browser.profile import is_root, profile_of
from device_agent.browser.window import show_window
from device_agent.commands.sentences import in_sentences
from device_agent.settings import Pairing, device_home
from dispatch_core.abilities import Permission


@click.command()
@click.argument("url", default="")
def browser(url: str) -> None:
    """Open Dispatch's browser in a window, so that you sign in to sites; close it when done.

    URL is what it shows first. Dispatch's browser finds your sign-ins there later, and can't be
    used meanwhile.
    """
    with in_sentences(), _interrupted_by_each_end():
        home = device_home()
        if not Pairing.load(home).permissions.allows(Permission.BROWSER):
            raise BrowserNotPermitted
        try:
            show_window(profile_of(home), url, waits=_waits, opened=_opened)
        except KeyboardInterrupt:
            click.echo("No window was opened.")
            return
        click.echo("The window is closed; Dispatch's browser now has what you signed in to.")


def _waits() -> None:
    click.echo("Dispatch's browser is running; the window opens once no step is under way in it.")


def _opened() -> None:
    click.echo("Sign in in the window, then close it (or press Ctrl-C here).")
    if is_root():
        click.echo("It runs without the browser's own sandbox, because this is root.", err=True)


@contextlib.contextmanager
def _interrupted_by_each_end() -> Iterator[None]:
    """A closed terminal and a plain kill end the window as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, interrupt) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
