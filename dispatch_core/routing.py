"""Which route a request takes: what the text says outright first, then the weight of its cues."""

import math
import re
from dataclasses import dataclass

from dispatch_core.errors import BadOverride
from dispatch_core.lifecycle import Route
from dispatch_core.route_cues.browser import asked_of_browser
from dispatch_core.route_cues.cue import Cue
from dispatch_core.route_cues.desktop import asked_of_desktop
from dispatch_core.route_cues.device_files import read_file_words
from dispatch_core.route_cues.table import COURTESY, CUES

LONGEST_TIMEOUT_SECONDS = 86_400.0
# Cues stand at the start of a message or near it; the tail of a long paste says little.
READ_CHARS = 2_000
SUREST_INFERENCE = 0.97
# Attached files are put into the sandbox's folder, so they speak for it.
FILES_WEIGHT = 4.0


@dataclass(frozen=True, slots=True)
class RouteChoice:
    """A route, how sure the choice is (0 to 1), and why, in words for the card."""

    route: Route
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Request:
    """A message with its override taken off: what was not given is None; timeout in seconds."""

    route: Route | None
    device: str | None
    timeout: float | None
    body: str


_OVERRIDE = re.compile(r"\s*\[(?P<inside>[^\[\]\n=]*+=[^\[\]\n]*+)\]")
_UNFINISHED = re.compile(r"\s*\[\s*(?:route|device|timeout)\s*=[^\]]*", re.IGNORECASE)
_FENCE = re.compile(r"(?:^|\s)(```|~~~)")
_COMMAND = re.compile(r"\s*`?(?:tty +)?\$ +\S")
_FILE_REQUEST = re.compile(r"get +(?P<get>\S[^\n]*)|ls(?: +(?P<ls>\S[^\n]*))?")
_SAYINGS = {"lost", "out", "going", "started", "help", "well", "up", "ready", "it", "moving"}
_ARTICLES = {"me", "my", "us", "the", "a", "an", "all", "some", "this", "that", "rid"}


def parse_request(text: str) -> Request:
    """Take `[route=… device=… timeout=…]` off the start of a message.

    Raises BadOverride where it is malformed, names an unknown key or route, or its timeout is not
    a positive number of seconds up to a day. A bracket without an equals sign is plain text.
    """
    match = _OVERRIDE.match(text)
    if match is None:
        if unfinished := _UNFINISHED.match(text):
            raise BadOverride(text=unfinished[0].strip()[:80])
        return Request(None, None, None, text.strip())
    given = _pairs(match["inside"], match[0].strip())
    return Request(
        route=_route(given, match[0].strip()),
        device=given.get("device"),
        timeout=_timeout(given, match[0].strip()),
        body=text[match.end() :].strip(),
    )


def _pairs(inside: str, whole: str) -> dict[str, str]:
    given: dict[str, str] = {}
    tight = "=".join(part.strip() for part in inside.split("="))
    for pair in tight.replace(",", " ").split():
        key, sign, value = pair.partition("=")
        key = key.lower()
        if not sign or not value or key in given or key not in {"route", "device", "timeout"}:
            raise BadOverride(text=whole[:80])
        given[key] = value
    return given


def _route(given: dict[str, str], whole: str) -> Route | None:
    if "route" not in given:
        return None
    try:
        return Route(given["route"].lower())
    except ValueError:
        raise BadOverride(text=whole[:80]) from None


def _timeout(given: dict[str, str], whole: str) -> float | None:
    if "timeout" not in given:
        return None
    try:
        seconds = float(given["timeout"].lower().removesuffix("s"))
    except ValueError:
        raise BadOverride(text=whole[:80]) from None
    if not 0 < seconds <= LONGEST_TIMEOUT_SECONDS:
        raise BadOverride(text=whole[:80])
    return seconds


_ROUTES = tuple(Route)
_TESTS = [(cue, cue.pattern.match if cue.lead else cue.pattern.search, cue.lead) for cue in CUES]


def route_of(request: Request, *, has_files: bool = False) -> RouteChoice:
    """The route that a request names, else the one chosen for it."""
    if request.route is not None:
        return RouteChoice(request.route, 1.0, "you said so")
    return choose_route(request.body, has_files=has_files)


def choose_route(text: str, *, has_files: bool = False) -> RouteChoice:
    """Choose the route of a request (its override taken off); explicit beats inferred."""
    return _explicit(text) or _inferred(text, has_files=has_files)


def _explicit(text: str) -> RouteChoice | None:
    if why := _told_to_device(text):
        return RouteChoice(Route.DESKTOP_LOCAL, 1.0, why)
    if _FENCE.search(text):
        return RouteChoice(Route.CLOUD_CODE, 1.0, "it has a fenced code block")
    if why := _read_from_device(text):
        return RouteChoice(Route.DESKTOP_LOCAL, 1.0, why)
    return None


def _told_to_device(text: str) -> str:
    """Why a text is a device's, whatever else it holds; nothing where it is not."""
    if _COMMAND.match(text):
        return "it starts with `$`"
    if asked_of_desktop(text) is not None:
        return "it asks for your device's desktop"
    if asked_of_browser(text) is not None:
        return "it asks for your device's browser"
    if (said := read_file_words(text)) is not None:
        return f"`{said.verb}` works on your device's files"
    return ""


def _read_from_device(text: str) -> str:
    match = _FILE_REQUEST.fullmatch(text.strip())
    if match is None:
        return ""
    if match["ls"] or match[0] == "ls":
        return "`ls` lists a folder of your device"
    if match["get"] and _is_path(match["get"]):
        return "`get` reads a file of your device"
    return ""


def _is_path(words: str) -> bool:
    """Whether what follows `get` is a path: one word, quoted, rooted, or with an ending."""
    first = words.split(maxsplit=1)[0]
    if first[0] in "'\"/~." or first == words:
        return words not in _SAYINGS
    return bool(re.search(r"\.\w{1,5}$", words)) and first not in _ARTICLES


def _inferred(text: str, *, has_files: bool) -> RouteChoice:
    folded = " ".join(text[:READ_CHARS].replace("\u2019", "'").casefold().split())
    lead = COURTESY.sub("", folded) or folded
    hits = [cue for cue, finds, leads in _TESTS if finds(lead if leads else folded)]
    scores = dict.fromkeys(_ROUTES, 0.0)
    for cue in hits:
        scores[cue.route] += cue.weight
    _weigh_shape(scores, folded, has_files=has_files)
    best = max(scores, key=lambda route: scores[route])
    reason = _reason(hits, best, has_files=has_files)
    return RouteChoice(best, _confidence(scores, best), reason)


def _weigh_shape(scores: dict[Route, float], folded: str, *, has_files: bool) -> None:
    """What the length and the files say where words say little."""
    words = len(folded.split())
    if words <= 3:
        scores[Route.INLINE] += 1.2
    elif words <= 6:
        scores[Route.INLINE] += 0.5
    scores[Route.INLINE] -= min(4.0, 0.2 * max(0, words - 10))
    if has_files:
        scores[Route.CLOUD_CODE] += FILES_WEIGHT
    scores[Route.CLOUD_KNOWLEDGE] += 0.4


def _confidence(scores: dict[Route, float], best: Route) -> float:
    """The best score's share after a softmax; what is only inferred is never sure.

    On the labelled messages that the weights were set on, a choice of 0.5 was right 8 times in 10
    and one of 0.9 nearly always; messages of other kinds do worse, so it is not stretched to that.
    """
    total = sum(math.exp(score - scores[best]) for score in scores.values())
    return min(SUREST_INFERENCE, round(1.0 / total, 2))


def _reason(hits: list[Cue], best: Route, *, has_files: bool) -> str:
    why = [cue for cue in hits if cue.route is best and cue.weight > 0]
    why.sort(key=lambda cue: -cue.weight)
    if has_files and best is Route.CLOUD_CODE:
        return "it comes with attached files"
    if not why:
        return "nothing points to another route"
    return " and ".join(dict.fromkeys(cue.says for cue in why[:2]))
