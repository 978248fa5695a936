"""The words that ask for a device's browser: exact forms, so that a sentence is never taken."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Arguments = dict[str, Any]
Given = Mapping[str, str]

_QUOTED = r"\"(?P<double>[^\"]+)\"|“(?P<curly>[^”]+)”|'(?P<single>[^']+)'|`(?P<fenced>[^`]+)`"
_REF = r"(?P<ref>(?:f\d{1,4})?e\d{1,6})"
# What begins with a scheme, or names this computer with a port, or looks like a site by itself.
_ADDRESS = (
    r"<?(?P<url>[a-z][a-z0-9+.-]{1,15}://[^\s<>]*[^\s<>,]"
    r"|(?:localhost|127\.0\.0\.1):\d{1,5}(?:/[^\s<>]*)?"
    r"|(?:[\w-]+\.)+[a-z]{2,24}(?::\d{1,5})?(?:/[^\s<>]*)?)>?"
)
_WITH_PICTURE = r"(?P<picture>,? +(?:and|with)(?: +a)? +screenshot)?"
_INTO = r"(?:in|into|at|to|on)"
# `open notes.md` is about a file, whatever countries there are.
_FILES = frozenset(
    {
        *("md", "txt", "py", "sh", "rs", "pl", "js", "ts", "go", "json", "csv", "pdf", "html"),
        *("yaml", "yml", "toml", "log", "zip", "doc", "docx", "xls", "xlsx", "png", "jpg", "jpeg"),
        *("ipynb", "java", "cpp", "css", "xml", "ini", "cfg", "conf", "lock", "sql", "db", "exe"),
    }
)
_KEY = (
    r"(?a:(?P<key>(?:(?:control|ctrl|shift|alt|meta|cmd)\+){0,4}"
    r"(?:enter|return|tab|escape|esc|space|backspace|delete|home|end|page ?up|page ?down"
    r"|(?:arrow ?)?(?:up|down|left|right)|f\d{1,2}|[!-~])))"
)
# Playwright's names of keys, from what people write.
_KEYS = {
    "control": "Control",
    "ctrl": "Control",
    "shift": "Shift",
    "alt": "Alt",
    "meta": "Meta",
    "cmd": "Meta",
    "enter": "Enter",
    "return": "Enter",
    "tab": "Tab",
    "escape": "Escape",
    "esc": "Escape",
    "space": "Space",
    "backspace": "Backspace",
    "delete": "Delete",
    "home": "Home",
    "end": "End",
    "pageup": "PageUp",
    "pagedown": "PageDown",
    "up": "ArrowUp",
    "down": "ArrowDown",
    "left": "ArrowLeft",
    "right": "ArrowRight",
}


def asked_of_browser(body: str) -> Arguments | None:
    """The step's arguments where a message is one of these words, else None.

    All of them may follow the word `browser`; `back`, `close`, `tabs` and `wait` must, where they
    stand alone, since people say these to each other.
    """
    text = body.strip()
    for pattern, arguments in _FORMS:
        if (match := pattern.fullmatch(text)) and (found := arguments(_given(match))) is not None:
            return found
    return None


def _given(match: re.Match[str]) -> Given:
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    quotes = ("double", "curly", "single", "fenced")
    if (quoted := next((found[name] for name in quotes if name in found), None)) is not None:
        found["text"] = quoted
    return found


def _url(given: Given) -> str | None:
    """The address with its scheme; None where it rather names a file."""
    url = given["url"]
    if "://" in url:
        return url
    host = url.partition("/")[0]
    if host == url and host.rpartition(".")[2].casefold() in _FILES:
        return None
    here = host.casefold().startswith(("localhost:", "127.0.0.1:"))
    return f"{'http' if here else 'https'}://{url}"


def _picture(given: Given) -> Arguments:
    return {"screenshot": True} if "picture" in given else {}


def _open(given: Given) -> Arguments | None:
    url = _url(given)
    return None if url is None else {"action": "open", "url": url, **_picture(given)}


def _download(given: Given) -> Arguments | None:
    if "url" not in given:
        return {"action": "download", **_element(given)}
    url = _url(given)
    return None if url is None else {"action": "download", "url": url}


def _element(given: Given) -> Arguments:
    return {"ref": given["ref"]} if "ref" in given else {"text": given["text"]}


def _click(given: Given) -> Arguments:
    return {"action": "click", **_element(given), **_picture(given)}


def _valued(action: str) -> Callable[[Given], Arguments]:
    return lambda given: {
        "action": action,
        "ref": given["ref"],
        "value": given["text"],
        **_picture(given),
    }


def _press(given: Given) -> Arguments:
    *held, last = re.sub(" ", "", given["key"]).split("+") if given["key"] != "+" else ["+"]
    last = _KEYS.get(last.casefold().removeprefix("arrow"), last.upper() if len(last) > 1 else last)
    key = "+".join([*(_KEYS[each.casefold()] for each in held), last])
    return {"action": "press", "key": key, **_picture(given)}


def _wait(given: Given) -> Arguments:
    if "seconds" in given:
        return {"action": "wait", "seconds": float(given["seconds"])}
    return {"action": "wait", "text": given["text"]}


def _upload(given: Given) -> Arguments:
    name = given.get("text") or given["name"]
    source = "path" if "/" in name or name.startswith("~") else "attached"
    return {"action": "upload", "ref": given["ref"], source: name}


def _numbered(action: str) -> Callable[[Given], Arguments]:
    return lambda given: {
        "action": action,
        **({"number": int(given["number"])} if "number" in given else {}),
    }


def _plain(action: str) -> Callable[[Given], Arguments]:
    return lambda _given: {"action": action}


def _form(
    text: str, arguments: Callable[[Given], Arguments | None], lead: str = r"(?:browser +)?"
) -> tuple[re.Pattern[str], Callable[[Given], Arguments | None]]:
    return re.compile(f"{lead}(?:{text})", re.IGNORECASE), arguments


_LEAD = r"browser +"
_FORMS = (
    _form(rf"open +{_ADDRESS}{_WITH_PICTURE}", _open),
    _form(r"snapshot", _plain("snapshot")),
    _form(r"screenshot(?: +(?:of +)?(?:the +)?(?:page|browser))?", _plain("screenshot")),
    _form(rf"click +(?:on +)?(?:{_REF}|{_QUOTED}){_WITH_PICTURE}", _click),
    _form(rf"type +(?:{_QUOTED}) +{_INTO} +{_REF}{_WITH_PICTURE}", _valued("type")),
    _form(rf"select +(?:{_QUOTED}) +{_INTO} +{_REF}{_WITH_PICTURE}", _valued("select")),
    _form(rf"press +{_KEY}{_WITH_PICTURE}", _press),
    _form(rf"wait +for +(?:{_QUOTED})", _wait),
    _form(r"wait +(?:for +)?(?P<seconds>\d{1,2}(?:\.\d{1,2})?) *(?:s|sec|seconds?)", _wait, _LEAD),
    _form(r"pdf", _plain("pdf")),
    _form(rf"download +(?:{_REF}|{_QUOTED}|{_ADDRESS})", _download),
    _form(rf"upload +(?:{_QUOTED}|(?P<name>\S+)) +{_INTO} +{_REF}", _upload),
    _form(r"tabs", _plain("tabs")),
    _form(r"tab +(?P<number>[1-9]\d{0,2})", _numbered("tab")),
    _form(r"back", _plain("back"), _LEAD),
    _form(r"close(?: +(?:tab +)?(?P<number>[1-9]\d{0,2}))?", _numbered("close"), _LEAD),
)
