"""Keys that are pressed together, as people write them."""

from device_agent.desktop.errors import NoSuchKey

# What people call a key, and what pynput calls it.
_NAMES = {
    "control": "ctrl",
    "option": "alt",
    "altgr": "alt_gr",
    "super": "cmd",
    "win": "cmd",
    "windows": "cmd",
    "command": "cmd",
    "meta": "cmd",
    "return": "enter",
    "escape": "esc",
    "del": "delete",
    "ins": "insert",
    "pgup": "page_up",
    "pageup": "page_up",
    "pgdn": "page_down",
    "pagedown": "page_down",
    "plus": "+",
    "minus": "-",
    "comma": ",",
}
MODIFIERS = ("ctrl", "alt", "alt_gr", "shift", "cmd")
_OTHERS = (
    *("enter", "tab", "esc", "space", "backspace", "delete", "insert", "home", "end"),
    *("page_up", "page_down", "up", "down", "left", "right", "menu"),
    *(f"f{number}" for number in range(1, 13)),
)
MOST_KEYS = 5
# A window's own keys; others (alt+F4, super, ctrl+alt+T) may go to the window manager.
_OWN = {"ctrl", "shift"}


def read_keys(text: str) -> tuple[str, ...]:
    """The keys of `ctrl+shift+t` by pynput's names, one character for itself; raises NoSuchKey."""
    plain = text.strip()
    parts = [*plain[:-2].split("+"), "+"] if plain.endswith("++") else plain.split("+")
    keys = ("+",) if plain == "+" else tuple(_key(part.strip()) for part in parts)
    if not keys or len(keys) > MOST_KEYS or len(set(keys)) < len(keys):
        raise NoSuchKey(name=text)
    if not all(key in MODIFIERS for key in keys[:-1]):
        raise NoSuchKey(name=text)
    return keys


def stays_inside(keys: tuple[str, ...]) -> bool:
    """Whether such keys go to the window that has the keyboard, whatever manages the windows."""
    held = {key for key in keys if key in MODIFIERS}
    return held <= _OWN and keys[-1] not in MODIFIERS


def _key(part: str) -> str:
    folded = part.casefold()
    name = _NAMES.get(folded, folded)
    if name in MODIFIERS or name in _OTHERS:
        return name
    if len(name) == 1 and name.isprintable():
        return name if len(part) > 1 else part
    raise NoSuchKey(name=part)
