"""What programs tell of themselves: AT-SPI, over D-Bus by jeepney."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from jeepney import DBusAddress, DBusErrorResponse, HeaderFields, MessageType, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from device_agent.desktop.errors import NoAccessibility
from device_agent.desktop.probe import NO_BUS, session_bus

ROOT = "/org/a11y/atspi/accessible/root"
REGISTRY = "org.a11y.atspi.Registry"
# One program that hangs must not take the time of all.
CALL_SECONDS = 3.0
_ATSPI = "org.a11y.atspi."
_PROPERTIES = "org.freedesktop.DBus.Properties"


class State(IntEnum):
    """The places in an element's set of states that matter here (AtspiStateType)."""

    CHECKED = 4
    EXPANDED = 10
    FOCUSED = 12
    SELECTED = 23
    SENSITIVE = 24
    SHOWING = 25


@dataclass(frozen=True)
class Node:
    """Where an element lives: its program's address on the bus, and its path there."""

    bus: str
    path: str


@dataclass(frozen=True)
class Facts:
    """What an element says of itself."""

    role: str
    name: str
    states: frozenset[int]
    interfaces: frozenset[str]


class Accessibility:
    """One connection to the accessibility bus; any call may raise NoAccessibility."""

    def __init__(self, connection: DBusConnection) -> None:
        self._connection = connection

    def programs(self) -> list[Node]:
        """The root element of every program that tells of itself."""
        return self.children(Node(REGISTRY, ROOT))

    def pid(self, node: Node) -> int:
        """The process that an element belongs to."""
        bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
        return int(self._send(bus, "GetConnectionUnixProcessID", "u", "s", (node.bus,)))

    def children(self, node: Node) -> list[Node]:
        """The elements in an element."""
        return [Node(*each) for each in self._call(node, "Accessible", "GetChildren", "a(so)")]

    def facts(self, node: Node) -> Facts:
        """An element's role, name, states and what it can do."""
        low, high = self._call(node, "Accessible", "GetState", "au")
        bits = low | high << 32
        interfaces = self._call(node, "Accessible", "GetInterfaces", "as")
        return Facts(
            role=self._call(node, "Accessible", "GetRoleName", "s"),
            name=self._property(node, "Accessible", "Name"),
            states=frozenset(place for place in range(64) if bits >> place & 1),
            interfaces=frozenset(each.removeprefix(_ATSPI) for each in interfaces),
        )

    def text(self, node: Node, most: int = -1) -> str:
        """An element's text, or its first characters."""
        return str(self._call(node, "Text", "GetText", "s", "ii", (0, most)))

    def set_text(self, node: Node, text: str) -> bool:
        """Replace an element's text; False where it does not take it."""
        return bool(self._call(node, "EditableText", "SetTextContents", "b", "s", (text,)))

    def act(self, node: Node) -> bool:
        """Do what an element offers first: press a button, open a menu."""
        return bool(self._call(node, "Action", "DoAction", "b", "i", (0,)))

    def middle(self, node: Node) -> tuple[int, int]:
        """The middle of an element, in pixels from the screen's top left."""
        x, y, width, height = self._call(node, "Component", "GetExtents", "(iiii)", "u", (0,))
        return x + width // 2, y + height // 2

    def _property(self, node: Node, interface: str, name: str) -> str:
        address = DBusAddress(node.path, node.bus, _PROPERTIES)
        _, value = self._send(address, "Get", "v", "ss", (_ATSPI + interface, name))
        return str(value)

    def _call(
        self,
        node: Node,
        interface: str,
        name: str,
        gives: str,
        takes: str = "",
        body: tuple[Any, ...] = (),
    ) -> Any:
        address = DBusAddress(node.path, node.bus, _ATSPI + interface)
        return self._send(address, name, gives, takes, body)

    def _send(
        self,
        address: DBusAddress,
        name: str,
        gives: str,
        takes: str = "",
        body: tuple[Any, ...] = (),
    ) -> Any:
        """The answer to a call; gives and takes are D-Bus signatures."""
        message = new_method_call(address, name, takes or None, body)
        with _in_sentences():
            reply = self._connection.send_and_get_reply(message, timeout=CALL_SECONDS)
        if reply.header.message_type is MessageType.error:
            raise NoAccessibility(why=_said(DBusErrorResponse(reply)))
        if reply.header.fields.get(HeaderFields.signature) != gives:
            raise NoAccessibility(why=f"a program answers {name} with something else")
        return reply.body[0]


@contextlib.contextmanager
def accessibility() -> Iterator[Accessibility]:
    """The accessibility bus, which the session bus tells of; raises NoAccessibility."""
    address = session_bus()
    if not address:
        raise NoAccessibility(why=NO_BUS)
    with _connected(address) as session:
        bus = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
        where = Accessibility(session)._send(bus, "GetAddress", "s")
    with _connected(where) as connection:
        yield Accessibility(connection)


@contextlib.contextmanager
def _connected(bus: str) -> Iterator[DBusConnection]:
    with _in_sentences():
        connection = open_dbus_connection(bus, auth_timeout=CALL_SECONDS)
    try:
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def _in_sentences() -> Iterator[None]:
    try:
        yield
    except TimeoutError:
        raise NoAccessibility(why="a program does not answer") from None
    except (OSError, RuntimeError, ValueError, StopIteration) as error:
        raise NoAccessibility(why=f"its bus does not answer ({type(error).__name__})") from None


def _said(error: DBusErrorResponse) -> str:
    name = str(error.name).rpartition(".")[2]
    return "the session bus can't start it" if name == "ServiceUnknown" else f"it answers {name}"
