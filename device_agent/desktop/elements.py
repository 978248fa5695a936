"""The elements that a thread has seen in a tree, by the refs that it can name them with."""

import hashlib
import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from device_agent.desktop.accessibility import Accessibility, Facts, Node, State
from device_agent.desktop.errors import ElementCant, NoAccessibility, NoSuchElement
from dispatch_core.redaction import show_payload

MAX_NODES = 400
MAX_DEPTH = 30
MAX_SECONDS = 15.0
MAX_THREADS = 50
_SHOWN_TEXT = 80
_HIDDEN_ROLE = "password text"
# They only hold others, so a line for them says nothing.
_HOLDERS = frozenset({"filler", "panel", "section", "scroll pane", "viewport", "grouping"})
_STATE_WORDS = {
    State.FOCUSED: "focused",
    State.CHECKED: "checked",
    State.SELECTED: "selected",
    State.EXPANDED: "expanded",
}


@dataclass(frozen=True)
class Element:
    """An element as it was seen: pid is its program's process."""

    node: Node
    role: str
    name: str
    pid: int

    @property
    def identity(self) -> str:
        """A hash of which element this is and what it said it was."""
        parts = (self.node.bus, self.node.path, self.role, self.name, str(self.pid))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def words(self) -> str:
        """How a person knows it."""
        return f'the {self.role} "{show_payload(self.name)}"' if self.name else f"the {self.role}"


class Elements:
    """What each thread saw last; a ref is given once and never to another element."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._seen: OrderedDict[str, Mapping[str, Element]] = OrderedDict()

    def find(self, thread_id: str, ref: str) -> Element:
        """The element of a ref of the thread's last tree; raises NoSuchElement."""
        with self._lock:
            element = self._seen.get(thread_id, {}).get(ref)
        if element is None:
            raise NoSuchElement(ref=ref)
        return element

    def look(self, thread_id: str, bus: Accessibility, start: Node) -> tuple[str, bool]:
        """An element and what is in it, a line each, and whether all of it is there."""
        walk = _Walk(bus, bus.pid(start), self._numbers)
        walk.visit(start, depth=0, indent=0)
        with self._lock:
            self._seen[thread_id] = walk.found
            self._seen.move_to_end(thread_id)
            while len(self._seen) > MAX_THREADS:
                self._seen.popitem(last=False)
        return "\n".join(walk.lines), not walk.cut


def still_there(bus: Accessibility, ref: str, element: Element) -> Facts:
    """What an element says of itself now; raises NoSuchElement where it is another one."""
    try:
        facts = bus.facts(element.node)
        pid = bus.pid(element.node)
    except NoAccessibility:
        raise NoSuchElement(ref=ref) from None
    if (facts.role, facts.name, pid) != (element.role, element.name, element.pid):
        raise NoSuchElement(ref=ref)
    return facts


def full_text(bus: Accessibility, ref: str, element: Element) -> str:
    """An element's text, else its name; raises ElementCant for a password."""
    facts = still_there(bus, ref, element)
    if facts.role == _HIDDEN_ROLE:
        raise ElementCant(ref=ref, what=element.words(), cant="holds a password, which is not read")
    return bus.text(element.node) if "Text" in facts.interfaces else facts.name


class _Walk:
    """One look through a program's elements, within its limits."""

    def __init__(self, bus: Accessibility, pid: int, numbers: "itertools.count[int]") -> None:
        self.lines: list[str] = []
        self.found: dict[str, Element] = {}
        self.cut = False
        self._bus = bus
        self._pid = pid
        self._numbers = numbers
        self._left = 4 * MAX_NODES
        self._until = time.monotonic() + MAX_SECONDS

    def visit(self, node: Node, depth: int, indent: int) -> None:
        """Write an element's line and those in it; what does not answer is left out."""
        self._left -= 1
        spent = self._left < 0 or time.monotonic() > self._until
        if spent or depth > MAX_DEPTH or len(self.lines) >= MAX_NODES:
            self.cut = True
            return
        try:
            facts = self._bus.facts(node)
            children = self._bus.children(node)
            shown = depth == 0 or State.SHOWING in facts.states
            line = self._line(node, facts) if shown else ""
        except NoAccessibility:
            return
        if line:
            self.lines.append("  " * indent + line)
        for child in children if shown else ():
            self.visit(child, depth + 1, indent + bool(line))

    def _line(self, node: Node, facts: Facts) -> str:
        text = self._text(node, facts)
        if facts.role in _HOLDERS and not facts.name and not text:
            return ""
        ref = f"n{next(self._numbers)}"
        self.found[ref] = Element(node, facts.role, facts.name, self._pid)
        words = [word for state, word in _STATE_WORDS.items() if state in facts.states]
        if State.SENSITIVE not in facts.states and "Action" in facts.interfaces:
            words.append("disabled")
        parts = [ref, facts.role, _quoted(facts.name), *(f"[{word}]" for word in words)]
        return " ".join(filter(None, [*parts, text and f"text: {_quoted(text)}"]))

    def _text(self, node: Node, facts: Facts) -> str:
        if "Text" not in facts.interfaces:
            return ""
        if facts.role == _HIDDEN_ROLE:
            return "(hidden)"
        text = self._bus.text(node, _SHOWN_TEXT + 1)
        if text == facts.name:
            return ""
        return text if len(text) <= _SHOWN_TEXT else text[:_SHOWN_TEXT] + "…"


def _quoted(text: str) -> str:
    return f'"{" ".join(text.split())}"' if text else ""
