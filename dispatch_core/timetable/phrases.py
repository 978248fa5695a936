"""Reads the time phrase that a message begins with: `every weekday at 9 check the build`.

Most messages begin with none, and some only seem to (`every file that …`, `tomorrow at 9 we …`):
they are requests like any other. What surely is meant as a time and can't be read is refused.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch_core.errors import BadSchedule
from dispatch_core.lifecycle import Missed
from dispatch_core.timetable import clock_words, misread, moments, repeats
from dispatch_core.timetable.cron import cron_lines
from dispatch_core.timetable.times import Timetable, known_zone

LONGEST_PHRASE = 200
TOO_OFTEN = "Two times of a schedule are a minute apart at least"
LATEST = timedelta(days=5 * 365 + 1)
# A pattern that ignores case takes these for i, s and k; a look-up in a table does not.
_SAME_LETTERS = str.maketrans("\u0130\u0131\u017f\u212a", "iisk")


@dataclass(frozen=True, slots=True)
class Wish:
    """A task and when to do it; missed says what becomes of times at which Dispatch was away."""

    timetable: Timetable
    task: str
    missed: Missed = Missed.CATCH_UP


_OVERRIDE = re.compile(r"\s*\[[^\[\]\n=]*+=[^\[\]\n]*+\]\s*")
_SECONDS = re.compile(r"(?:every|each)\s+\d+\s+seconds?\b", re.IGNORECASE)
_COURTESY = re.compile(r"(?:please|pls)[,\s]+", re.IGNORECASE)
_ZONE = re.compile(r"\s+\(?(?P<zone>UTC|GMT|[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_-]+){1,2})\)?(?![\w/])")
_MISSED = re.compile(
    r"[,;]?\s*\(?(?P<word>skip missed|catch up)(?: (?:ones|once|times))?\)?(?=[\s,;:]|$)",
    re.IGNORECASE,
)
_GAP = re.compile(r"\s*(?P<colon>:)\s*|\s*[,;]\s*|\s+[-\u2013\u2014]\s+|\s+|$")
# What follows a time in a statement and not in a task: `tomorrow at 9 we meet`.
_TALK = re.compile(
    r"(?:i|we|you|he|she|it|they|there|this|that|these|those|the|an?|my|our|your|his|her|its|their"
    r"|some(?:one|body|thing)?|every(?:one|body|thing)|nobody|nothing|is|are|was|were|will|has|had"
    r"|does|did|am|seem|spent|\w{2,}[^\W_asu]s|(?:can|could|may|might|must|shall|should|would)(?!\s+you)"
    r"|in|on|of|for|from|by|with|because|since|than"
    r"|or|and|but|as|at|to|till|until|later|ago|each|every)(?:['\u2019]\w+)?(?!\w)",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"\W*+(?:please|pls|then|ok(?:ay)?|thanks|thank you|maybe|instead|again)?\W*+", re.IGNORECASE
)
_QUESTION = re.compile(r"(?:how|what|which|who|why|when|where)\b", re.IGNORECASE)
# What happened at a time: `yesterday at 9 build 512 failed`.
_TOLD = re.compile(
    r"(?:\S+\s+){0,4}(?:\w+[^\W_e]ed|went|broke|fell|ran|got|came|saw|took|began|became|hung|froze"
    r"|lost|left|sent|said|told|made|kept|rose|grew|stuck|was|were|is|are|has|had|did)\b",
    re.IGNORECASE,
)
# More than a time phrase here can say: `every day at 9 until friday`, `every hour from 9 to 5`.
_MORE = re.compile(r"(?:and|or|to|till|until|from|except)\b", re.IGNORECASE)
_BOUND = re.compile(
    rf"(?:at|from|between|until|till|on|except)\s+(?::?\d|weekdays|{clock_words.WEEKDAY})",
    re.IGNORECASE,
)


def read_wish(text: str, now: datetime, zone_name: str) -> Wish | None:
    """What a message wants done and when, or None where it begins with no time.

    now is the moment of the message; zone_name is its writer's IANA zone, in which times are meant
    unless the message names another. Raises BadSchedule where a time is meant that can't be kept.
    """
    override, phrase = _without_override(text)
    read = _read(phrase, now, known_zone(zone_name))
    if read is None:
        return None
    timetable, rest, missed = read
    explicit, task = _task(rest)
    if not explicit and _is_talk(task, timetable, phrase):
        return None
    if _NOTHING.fullmatch(task):
        raise BadSchedule(problem="I see a time, but nothing to do then")
    _refuse_times_out_of_reach(timetable, now)
    return Wish(timetable, f"{override} {task}" if override else task, missed)


def _without_override(text: str) -> tuple[str, str]:
    match = _OVERRIDE.match(text)
    override, rest = (match[0].strip(), text[match.end() :]) if match else ("", text.lstrip())
    courtesy = _COURTESY.match(rest)
    return override, rest[courtesy.end() :] if courtesy else rest


def _read(phrase: str, now: datetime, zone: str) -> tuple[Timetable, str, Missed] | None:
    head = phrase[:LONGEST_PHRASE].translate(_SAME_LETTERS)
    found = _cron(head) or repeats.find(head) or moments.find(head)
    if found is None:
        _refuse_misread(head)
        return None
    end = found.end
    if match := _ZONE.match(phrase, end):
        zone, end = _named_zone(match["zone"]), match.end()
    missed = Missed.CATCH_UP
    if match := _MISSED.match(phrase, end):
        missed = Missed.SKIP if match["word"].casefold().startswith("skip") else missed
        end = match.end()
    return found.timetable(now, zone), phrase[end:], missed


def _refuse_misread(head: str) -> None:
    """Refuse what surely is meant as a time; a statement or a question that names one is not."""
    found = misread.find(head)
    if found is None:
        return
    _, task = _task(head[found.end :])
    telling = found.may_tell and (_TOLD.match(task) or "?" in task or _QUESTION.match(task))
    if _TALK.match(task) or telling or (found.may_tell and _NOTHING.fullmatch(task)):
        return
    raise BadSchedule(problem=TOO_OFTEN if _SECONDS.match(head) else found.problem)


def _cron(head: str) -> clock_words.Found | None:
    match = re.match(r"cron\s+(?P<fields>[\d*][^\s:]*(?:[ \t]+[^\s:]+){0,4})", head, re.IGNORECASE)
    if match is None:
        return None
    fields = " ".join(match["fields"].split())
    try:
        lines = cron_lines(fields)
    except ValueError as error:
        raise BadSchedule(problem=f"I can't read when: {error}") from None
    if re.match(r"[ \t]+[\d*][\d*/,-]*(?:\s|$)", head[match.end() :]):
        problem = "cron has five fields here; put a colon after them if the task begins with a sign"
        raise BadSchedule(problem=problem)
    return clock_words.Found(
        match.end(), lambda _, zone: Timetable(f"cron `{fields}`", zone, lines)
    )


def _named_zone(name: str) -> str:
    known = known_zone(name)
    if known == "UTC" and name not in {"UTC", "GMT", "Etc/UTC"}:
        raise BadSchedule(problem=f"I know no time zone {name}")
    return known


def _task(rest: str) -> tuple[bool, str]:
    """Whether a colon sets the task apart, and the task."""
    gap = _GAP.match(rest)
    if gap is None:
        return False, rest
    return gap["colon"] is not None, rest[gap.end() :].strip()


def _is_talk(task: str, timetable: Timetable, phrase: str) -> bool:
    repeated = re.match(r"every|each|daily|hourly|weekdays", phrase, re.IGNORECASE)
    more = _MORE if timetable.lines else _BOUND
    if repeated and more.match(task):
        raise BadSchedule(problem="I can keep one time phrase, and this goes on with another")
    relative = re.match(r"in\s", phrase, re.IGNORECASE)
    return bool(_TALK.match(task) or (relative and _QUESTION.match(task)))


def _refuse_times_out_of_reach(timetable: Timetable, now: datetime) -> None:
    first = timetable.after(now)
    if first is None:
        past = timetable.once
        raise BadSchedule(problem="That time is past" if past else "That time never comes")
    if first - now > LATEST:
        raise BadSchedule(problem="That time is more than five years away")
