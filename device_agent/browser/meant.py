"""What a step is for, as it is found before anybody is asked."""

from dataclasses import dataclass
from pathlib import Path

from device_agent.browser.asks import Ask, Click, Download, Select, Type, Upload
from device_agent.browser.urls import Site


@dataclass(frozen=True, slots=True)
class Meant:
    """The page that a step is for, and the element; secret where what is typed is not shown.

    place is where a ref led, in this document of this tab; moved where that is not the place that
    a snapshot showed, but the only one on the page now that says the same.
    """

    site: Site
    title: str
    element: str = ""
    secret: bool = False
    place: str = ""
    moved: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a step came to: lines to read, a tree for a fence, and files by name."""

    lines: tuple[str, ...]
    tree: str = ""
    files: tuple[tuple[str, bytes | Path], ...] = ()


@dataclass(frozen=True)
class Given:
    """A file for a page. It is held by its bytes: the page reads it when it sends its form."""

    name: str
    content: bytes


def names_element(ask: Ask) -> bool:
    """Whether an action is for one element of the page."""
    if isinstance(ask, Download):
        return ask.url is None
    return isinstance(ask, Click | Type | Select | Upload)


def own_address(ask: Ask) -> str | None:
    """The address that an action brings itself; None where it is for the present page."""
    return getattr(ask, "url", None)
