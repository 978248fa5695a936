"""The inline route: small answers in the session itself, with nothing configured."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from dispatch_core.abilities import ToolName
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import StepResult
from dispatch_core.routes.arithmetic import compute
from dispatch_core.routes.dates import date_answer
from dispatch_core.routes.small_talk import UNKNOWN, reply_to, spoken
from dispatch_core.routes.standing import asks_about_standing, standing
from dispatch_core.routes.tool import Offer, StepContext

Clock = Callable[[], datetime]
# Whatever is longer is a task for another route, and not worth matching.
LONGEST_TALK = 1_000


def utc_now() -> datetime:
    """The time now, aware."""
    return datetime.now(UTC)


def offer(clock: Clock = utc_now) -> Offer:
    """The tool answer{text, time_zone}; clock tells the time now, aware."""
    return Offer(ToolName.ANSWER, partial(_answer, clock))


async def _answer(clock: Clock, context: StepContext, arguments: Mapping[str, Any]) -> StepResult:
    text = str(arguments["text"])[:LONGEST_TALK]
    zone = str(arguments.get("time_zone") or "UTC")
    said = await _about_standing(clock, context, text)
    said = said or compute(text) or date_answer(text, clock(), zone) or spoken(text)
    said = said or reply_to(plain(text), context.work.claim.run_id) or UNKNOWN
    return StepResult(status=StepStatus.DONE, text=said)


async def _about_standing(clock: Clock, context: StepContext, text: str) -> str | None:
    if not asks_about_standing(plain(text)):
        return None
    home = await context.asker_home()
    return standing(plain(text), home, context.work.claim.run_id, clock())


def plain(text: str) -> str:
    """The text as patterns read it: case folded, straight quotes, no marks around it."""
    folded = " ".join(text.replace("\u2019", "'").casefold().split())
    return folded.strip(" ?!.,;:\"'()*_~") or folded
