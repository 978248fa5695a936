"""The card of a run: one message, edited in place from its asking to its end."""

from slack_sdk.models.blocks import (
    Block,
    InteractiveElement,
    MarkdownBlock,
    Option,
    PlainTextObject,
    StaticSelectElement,
)

from bot.blocks.device import DOTS
from bot.blocks.drawn import (
    Drawn,
    actions,
    are_you_sure,
    button,
    context,
    fenced_tail,
    literal,
    message,
    section,
)
from bot.blocks.inert import inert_line, inert_markdown
from bot.blocks.limits import CARD_ANSWER, OUTPUT_TAIL, TITLE, close_fences, head
from bot.blocks.moments import duration, moment
from bot.blocks.people import mention
from dispatch_core.lifecycle import EndReason, Route, RunStatus
from dispatch_core.views import RunView

MOST_BUTTONS = 4
MOST_OPTIONS = 100  # Slack's own

ROUTE_EMOJI = {
    Route.INLINE: "💬",
    Route.CLOUD_KNOWLEDGE: "📚",
    Route.CLOUD_CODE: "🧪",
    Route.DESKTOP_LOCAL: "💻",
}
STATUS_EMOJI = {
    RunStatus.QUEUED: "🕒",
    RunStatus.RUNNING: "⏳",
    RunStatus.WAITING_APPROVAL: "✋",
    RunStatus.COMPLETED: "✅",
    RunStatus.FAILED: "❌",
    RunStatus.CANCELLED: "🚫",
}
_ENDS = {
    EndReason.ERROR: "It ended with an error.",
    EndReason.TIMED_OUT: "It ran out of time and was stopped.",
    EndReason.REJECTED: "Its approval was rejected, so nothing more was done.",
    EndReason.APPROVAL_EXPIRED: "Nobody answered its approval in time. Retry to ask again.",
    EndReason.STOPPED: "It was stopped.",
    EndReason.WORKER_LOST: "The process that worked on it was lost. Retry to start it anew.",
    EndReason.DEVICE_OFFLINE: "Its device did not come online in time. Start it there, then retry.",
    EndReason.DENIED: "Policy does not allow this, so it was not done.",
}
# Where there is an answer, it says this again and more exactly.
_ANSWERED = frozenset({EndReason.ERROR, EndReason.TIMED_OUT, EndReason.APPROVAL_EXPIRED})


def run_card(run: RunView) -> Drawn:
    """The whole card: what it is, how it stands, what it shows, and what one can press."""
    title = inert_line(run.title, TITLE)
    return message(
        f"{status_words(run)}: {title}",
        section(f"{status_line(run)}\n{title}"),
        context(route_words(run), _when(run), f"asked by {mention(run.requester)}"),
        *_which_device(run),
        _end_words(run),
        _output(run),
        _answer(run),
        context("This is a retry." if run.retry_of else ""),
        actions(f"run:{run.id}", run_buttons(run)),
    )


def status_words(run: RunView) -> str:
    """The status with its emoji, in the seed's words; a run asked to stop says so."""
    if run.active and run.stop_requested:
        return "🛑 stopping…"
    return f"{STATUS_EMOJI[run.status]} {run.status.value.replace('_', ' ')}"


def status_line(run: RunView) -> str:
    """The status and, while the run is active, what it is doing."""
    emoji, _, words = status_words(run).partition(" ")
    activity = inert_line(run.activity, TITLE) if run.active else ""
    return f"{emoji} *{words}*" + (f" · {activity}" if activity else "")


def route_words(run: RunView) -> str:
    """The route, why it was taken, and the device that it is done on."""
    device = f" on {inert_line(run.device_name, TITLE)}" if run.device_name else ""
    why = f" · {inert_line(run.route_reason, TITLE)}" if run.route_reason else ""
    return f"{ROUTE_EMOJI[run.route]} {run.route.value}{device}{why}"


def end_words(run: RunView) -> str:
    """Why the run ended, in a sentence; empty while it is active and where all went well."""
    if run.reason is None or run.reason is EndReason.DONE:
        return ""
    if run.reason is EndReason.STOPPED and run.stopped_by:
        return f"Stopped by {mention(run.stopped_by)}."
    return _ENDS[run.reason]


def run_buttons(run: RunView) -> list[InteractiveElement]:
    """Cancel while the run is active; Retry and Run elsewhere after its end."""
    if run.active:
        return [] if run.stop_requested else [cancel_button(run)]
    elements: list[InteractiveElement] = [button("Retry", "run_retry", run.id)]
    if run.other_routes:
        elements.append(_elsewhere(run))
    return elements


def cancel_button(run: RunView) -> InteractiveElement:
    """Stops the run, once its presser is sure."""
    confirm = are_you_sure(
        "Cancel this run?",
        "It is stopped, and what it did so far is kept.",
        "Cancel the run",
        "Let it run",
    )
    return button("Cancel", "run_cancel", run.id, confirm=confirm)


def _which_device(run: RunView) -> list[Block | None]:
    """The question which device is meant, and its answers: buttons, or a menu of many."""
    if not run.devices or run.stop_requested:
        return []
    asked = f"🖥️ *Which device?* {mention(run.requester)} chooses"
    hint = "`/devices default NAME` spares you this question."
    return [section(f"{asked}. {hint}"), actions(f"devices:{run.id}", _devices(run))]


def _devices(run: RunView) -> list[InteractiveElement]:
    named = [(f"{run.id}|{each.id}", f"{DOTS[each.presence]} {each.name}") for each in run.devices]
    if len(named) <= MOST_BUTTONS:
        return [
            button(name, f"run_device_{place}", value) for place, (value, name) in enumerate(named)
        ]
    options = [
        Option(value=value, text=PlainTextObject(text=name, emoji=True))
        for value, name in named[:MOST_OPTIONS]
    ]
    placeholder = PlainTextObject(text="Choose a device")
    return [StaticSelectElement(placeholder=placeholder, action_id="run_device", options=options)]


def _elsewhere(run: RunView) -> StaticSelectElement:
    options = [
        Option(
            value=f"{run.id}|{route.value}",
            text=PlainTextObject(text=f"{ROUTE_EMOJI[route]} {route.value}", emoji=True),
        )
        for route in run.other_routes
    ]
    return StaticSelectElement(
        placeholder=PlainTextObject(text="Run elsewhere"),
        action_id="run_elsewhere",
        options=options,
    )


def _when(run: RunView) -> str:
    if not run.active:
        waited = f" · waited {duration(run.waited)} for an answer" if run.waited else ""
        return f"took {duration(run.worked)}{waited}"
    # An active card is only redrawn when the run moves: a duration would soon be untrue.
    if run.started_at is None:
        return f"asked {moment(run.asked_at, '{time}')}"
    return f"since {moment(run.started_at, '{time_secs}')}"


def _end_words(run: RunView) -> Block | None:
    words = end_words(run)
    if run.reason in _ANSWERED and _answer(run) is not None:
        return None
    return section(words) if words else None


def _output(run: RunView) -> Block | None:
    # A run that was stopped has no answer: what it wrote until then is what is kept of it.
    if not run.output.strip() or (not run.active and run.answer.strip()):
        return None
    return fenced_tail(run.output.rstrip(), OUTPUT_TAIL)


def _answer(run: RunView) -> Block | None:
    if run.active or run.answer_apart or not run.answer.strip():
        return None
    answer = run.answer.replace("\r\n", "\n")
    if run.reason is EndReason.REJECTED:  # it holds the words of the person who rejected
        return literal(answer)
    shown = head(answer, CARD_ANSWER)
    text = close_fences(inert_markdown(shown))
    return MarkdownBlock(text=text if shown == answer else f"{text}\n\n…")
