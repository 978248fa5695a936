"""Real keys for every character on an X11 display: some programs take no other.

Characters that the layout lacks are put on codes that no key has, all of a stretch before its first
key: a program learns of the new layout before it gets the keys, and it must hold until it has them.
"""

from typing import Any

import Xlib.X
from pynput.keyboard import Key
from Xlib import XK

from device_agent.desktop.display import Display
from device_agent.desktop.keyboard import real_key

# Another of the owner's layouts is in use; lent codes have none but the first.
_OTHER_GROUP = 0x6000
_HELD = Xlib.X.ShiftMask | Xlib.X.ControlMask | Xlib.X.Mod1Mask | Xlib.X.Mod4Mask


class Layout:
    """lent are the codes that hold characters of an earlier step; they are used again."""

    def __init__(self, display: Display, lent: set[int]) -> None:
        self._display = display
        self._lent = lent
        self._first = display.display.info.min_keycode
        self._other_group = bool(_mask(display) & _OTHER_GROUP)
        self._levels: dict[int, int] = {}
        self._free: list[int] = []
        self._read()

    def ready(self, text: str) -> int:
        """Make real keys for what comes first in a text: for how many of its characters."""
        missing: list[int] = []
        covered = 0
        for character in text:
            if character.isprintable() and _keysym(character) not in self._levels:
                if len(missing) == len(self._free):
                    break
                missing.append(_keysym(character))
                self._levels[missing[-1]] = 0
            covered += 1
        for code, keysym in zip(self._free, missing, strict=False):
            # Twice, so that it does not matter whether Shift is held.
            self._display.change_keyboard_mapping(code, [(keysym, keysym)])
            self._lent.add(code)
        self._display.sync()
        # Where no code is free at all, pynput finds a way for what some programs take.
        return covered or len(text)

    def keys_of(self, character: str) -> tuple[Any, ...] | None:
        """The keys that make a character; None where there is no code for it."""
        keysym = _keysym(character)
        if keysym not in self._levels:
            return None
        return (Key.shift, real_key(keysym)) if self._levels[keysym] else (real_key(keysym),)

    def _read(self) -> None:
        """Which symbol is at which level (0 plain, 1 with Shift), and which codes are free."""
        count = self._display.display.info.max_keycode - self._first + 1
        mapping = self._display.get_keyboard_mapping(self._first, count)
        for code, keysyms in enumerate(mapping, self._first):
            if code in self._lent or not any(keysyms):
                self._free.append(code)
                continue
            for level, keysym in enumerate(keysyms[:2]):
                if keysym and not self._other_group:
                    self._levels[keysym] = min(level, self._levels.get(keysym, level))


def is_held(display: Display) -> bool:
    """Whether somebody holds a key that would change what is typed."""
    return bool(_mask(display) & _HELD)


def has_caps_lock(display: Display) -> bool:
    """Whether Caps Lock is on: it would change every letter."""
    return bool(_mask(display) & Xlib.X.LockMask)


def _mask(display: Display) -> int:
    return int(display.screen().root.query_pointer().mask)


def _keysym(character: str) -> int:
    """X11's symbol of a character: Latin-1 by its code, others by code and a mark."""
    code = ord(character)
    return code if code < 0x100 else XK.string_to_keysym(character) or (0x01000000 | code)
