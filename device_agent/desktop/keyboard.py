"""Types and presses, by pynput; whatever is held down is let go."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from pynput.keyboard import Controller, Key, KeyCode

from device_agent.desktop.errors import CantBeTyped

_AS_KEYS = {"\n": Key.enter, "\r": Key.enter, "\t": Key.tab, " ": Key.space}
# The keys of the layout that make a character; None where pynput is to find a way.
KeysOf = Callable[[str], tuple[Any, ...] | None]


class Keyboard:
    """One step's keys."""

    def __init__(self, controller: Any, keys_of: KeysOf) -> None:
        self._controller = controller
        self._layout = keys_of

    def press(self, names: tuple[str, ...]) -> None:
        """Press keys together, in their order, and let them go."""
        keys: list[Any] = []
        for name in names:
            keys += (self._layout(name) or [name]) if len(name) == 1 else [Key[name]]
        self._strike(list(dict.fromkeys(keys)))

    def type(self, text: str, why_stop: Callable[[], str]) -> tuple[int, str]:
        """Type until why_stop gives a reason: how many characters were typed, and the reason.

        Raises CantBeTyped.
        """
        for place, character in enumerate(text):
            if why := why_stop():
                return place, why
            try:
                self._strike(self._keys_of(character))
            except (Controller.InvalidKeyException, Controller.InvalidCharacterException):
                raise CantBeTyped(character=character, typed=place) from None
        return len(text), ""

    def _keys_of(self, character: str) -> list[Any]:
        """Real keys where the layout has them: some programs take no others."""
        if character in _AS_KEYS:
            return [_AS_KEYS[character]]
        return list(self._layout(character) or [character])

    def _strike(self, keys: list[Any]) -> None:
        with contextlib.ExitStack() as held:
            for key in keys:
                # First, so that a key is let go even where its press fails halfway.
                held.callback(self._controller.release, key)
                self._controller.press(key)


def no_layout(_character: str) -> None:
    """Where pynput knows best how a character is made."""


@contextlib.contextmanager
def keyboard(keys_of: KeysOf = no_layout) -> Iterator[Keyboard]:
    """A keyboard for one step."""
    controller = Controller()
    try:
        yield Keyboard(controller, keys_of)
    finally:
        close_quietly(controller)


def close_quietly(controller: Any) -> None:
    """Close pynput's own connection here: in its __del__ a dead display would be printed."""
    display = vars(controller).pop("_display", None)
    if display is not None:
        with contextlib.suppress(Exception):  # nothing is left to be closed
            display.close()


def real_key(keysym: int) -> Any:
    """The key that a layout has for an X11 symbol, pressed as a real one."""
    return KeyCode.from_vk(keysym)
