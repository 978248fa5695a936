"""Which real keys make a character on an X11 display as it stands."""

from typing import Any

import Xlib.X
from pynput.keyboard import Key
from Xlib import XK

from device_agent.desktop.display import Display
from device_agent.desktop.keyboard import Layout, real_key

FIRST_KEYCODE = 8
# Caps Lock, another layout's group, or a key that somebody holds change what a real key makes.
_NUM_LOCK = Xlib.X.Mod2Mask
_BUTTONS = 0x1F00


def layout_of(display: Display) -> Layout:
    """Finds the keys of a character by the display's layout."""
    count = display.display.info.max_keycode - FIRST_KEYCODE + 1
    levels = _levels(display.get_keyboard_mapping(FIRST_KEYCODE, count))

    def keys_of(character: str) -> tuple[Any, ...] | None:
        keysym = _keysym(character)
        if keysym not in levels or _disturbed(display):
            return None
        return (Key.shift, real_key(keysym)) if levels[keysym] else (real_key(keysym),)

    return keys_of


def _levels(mapping: Any) -> dict[int, int]:
    """The level (0 plain, 1 with Shift) of each symbol at the first key that has it."""
    found: dict[int, int] = {}
    for keysyms in mapping:
        for level in (1, 0):
            if level < len(keysyms) and keysyms[level]:
                found[keysyms[level]] = level
    return found


def _keysym(character: str) -> int:
    """X11's symbol of a character: Latin-1 by its code, others by code and a mark."""
    code = ord(character)
    return code if code < 0x100 else XK.string_to_keysym(character) or (0x01000000 | code)


def _disturbed(display: Display) -> bool:
    mask: int = display.screen().root.query_pointer().mask
    return bool(mask & ~_NUM_LOCK & ~_BUTTONS)
