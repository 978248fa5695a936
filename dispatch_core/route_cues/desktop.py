"""The words that ask for a device's desktop: exact forms, so that a sentence is never taken."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Arguments = dict[str, Any]

_QUOTED = r"\"(?P<double>[^\"]+)\"|“(?P<curly>[^”]+)”|'(?P<single>[^']+)'"
_ID = r"(?P<id>0x[0-9a-fA-F]{1,8})"
_WORD = r"(?P<word>[\w.-]+)"
_REF = r"(?P<ref>n[1-9]\d{0,8})"
_POINT = r"(?P<x>\d{1,5}) *, *(?P<y>\d{1,5})"
_NAMED_KEY = (
    r"enter|return|tab|esc|escape|space|backspace|del|delete|ins|insert|home|end|menu"
    r"|page_?up|page_?down|pgup|pgdn|up|down|left|right|f\d{1,2}|[^\s\w]|\w"
)
_KEYS = rf"(?P<keys>(?:[a-z_]{{3,8}}\+){{0,4}}(?:{_NAMED_KEY}))"
# What is said of focus, and names no window.
_NO_WINDOWS = frozenset(
    {"on", "in", "me", "us", "up", "it", "now", "please", "group", "groups", "time", "mode"}
    | {"area", "areas", "better", "harder", "more", "not", "is", "lost", "here", "there", "that"}
    | {"this", "them", "testing", "work", "issue", "issues", "ring", "trap", "state"}
)


def asked_of_desktop(body: str) -> Arguments | None:
    """The step's arguments where a message is one of these words, else None.

    `screenshot desktop`, `windows`, `focus NAME`, `tree` stand alone; all of them, and type, press,
    click, read and set, may follow the word `desktop`.
    """
    text = body.strip()
    for pattern, arguments in _FORMS:
        if (match := pattern.fullmatch(text)) and (found := arguments(_given(match))) is not None:
            return found
    return None


def _given(match: re.Match[str]) -> Mapping[str, str]:
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    quoted = next((found[name] for name in ("double", "curly", "single") if name in found), None)
    if quoted is not None:
        found["text"] = quoted
    return found


def _window(given: Mapping[str, str]) -> str:
    return given.get("id") or given.get("text") or given.get("word") or ""


def _screenshot(given: Mapping[str, str]) -> Arguments:
    if "monitor" in given:
        return {"action": "screenshot", "monitor": int(given["monitor"])}
    window = _window(given)
    return {"action": "screenshot"} | ({"window": window} if window else {})


def _tree(given: Mapping[str, str]) -> Arguments:
    window = _window(given)
    return {"action": "tree"} | ({"window": window} if window else {})


def _focus(given: Mapping[str, str]) -> Arguments | None:
    if given.get("word", "").casefold() in _NO_WINDOWS:
        return None
    return {"action": "focus", "window": _window(given)}


def _click(given: Mapping[str, str]) -> Arguments:
    if "ref" in given:
        return {"action": "click", "ref": given["ref"]}
    return {"action": "click", "x": int(given["x"]), "y": int(given["y"])}


def _form(
    text: str, arguments: Callable[[Mapping[str, str]], Arguments | None]
) -> tuple[re.Pattern[str], Callable[[Mapping[str, str]], Arguments | None]]:
    return re.compile(text, re.IGNORECASE), arguments


_FORMS = (
    _form(r"(?:desktop +screenshot|screenshot +(?:of +)?(?:the +)?desktop)", _screenshot),
    _form(
        rf"(?:desktop +screenshot|screenshot +desktop) +"
        rf"(?:monitor +(?P<monitor>\d{{1,2}})|(?:window +)?(?:{_QUOTED}|{_ID}))",
        _screenshot,
    ),
    _form(r"(?:desktop +)?windows", lambda _given: {"action": "windows"}),
    _form(rf"(?:desktop +)?tree(?: +(?:{_QUOTED}|{_ID}))?", _tree),
    _form(rf"(?:desktop +)?focus +(?:{_QUOTED}|{_ID}|{_WORD})", _focus),
    _form(
        rf"desktop +type +(?:{_QUOTED})", lambda given: {"action": "type", "text": given["text"]}
    ),
    _form(rf"desktop +press +{_KEYS}", lambda given: {"action": "press", "keys": given["keys"]}),
    _form(rf"desktop +click +(?:{_POINT}|{_REF})", _click),
    _form(rf"desktop +read +{_REF}", lambda given: {"action": "read", "ref": given["ref"]}),
    _form(
        rf"desktop +set +{_REF} +(?:{_QUOTED})",
        lambda given: {"action": "set_text", "ref": given["ref"], "text": given["text"]},
    ),
)
