"""Help, and how things stand in a thread."""

from collections.abc import Sequence

from bot.blocks.drawn import Drawn, context, header, message, section
from bot.blocks.inert import inert_line
from bot.blocks.limits import TITLE
from bot.blocks.moments import moment
from bot.blocks.run import ROUTE_EMOJI, route_words, status_line
from dispatch_core.approval_views import ApprovalView
from dispatch_core.lifecycle import ApprovalStatus, Route
from dispatch_core.views import RunView

MOST_RUNS = 10

ASKING = f"""\
*Ask in your own words*, and I choose the route:
{ROUTE_EMOJI[Route.INLINE]} *inline* answers small questions and greetings at once.
{ROUTE_EMOJI[Route.CLOUD_KNOWLEDGE]} *cloud-knowledge* answers from the documents and \
the thread's text files, with citations.
{ROUTE_EMOJI[Route.CLOUD_CODE]} *cloud-code* runs a fenced block of Python or Bash in a sandbox.
{ROUTE_EMOJI[Route.DESKTOP_LOCAL]} *desktop-local* works on your own paired computer."""
EXACT = """\
*Be exact*
• `$ COMMAND` runs a shell command on your device, once it is approved; `tty $ COMMAND` gives it \
a terminal of its own.
• `get PATH` brings a file from your device, `ls PATH` lists a folder there.
• `fetch PATH` brings a file or a whole folder; `find WORDS in PATH` looks for names there, \
`search WORDS in PATH` for what files say.
• `write PATH` above a fenced block writes it to a file there, and `save NAME to PATH` a file of \
the thread, once it is approved.
• `open https://…`, `snapshot`, `click "TEXT"` or `click e7`, `type "TEXT" into e7`, `screenshot`, \
`pdf` and `download e7` use a browser of your device's own.
• `screenshot desktop`, `windows`, `focus NAME`, `tree`, `desktop type "TEXT"`, \
`desktop press ctrl+s` and `desktop click 100,200` use your device's desktop.
• `[route=cloud-code timeout=60]` at the start of a message overrides my choice."""
THREADS = """\
*In a thread*, no mention is needed: write on, or one word alone.
• `stop` ends what runs here, `retry` does the last run again.
• `> text` writes a line to the command that runs, `>^C` interrupts it, `>^D` ends its input.
• `status` says how things stand, `help` shows this."""
SCHEDULES = """\
*Later, or again and again*: begin with the time, meant in your time zone.
• `every weekday at 9 check the build`, `every 20 minutes …`, `cron 0 9 * * 1-5 …`
• `tomorrow at 14:00 say hello`, `in 20 minutes …`, `on 24 December at 18:00 …`
• `, skip missed:` after the time leaves out what fell into my absence; else it is done once."""
COMMANDS = """\
*Commands*
• `/dispatch TEXT` starts a task in this channel, `/dispatch schedules` lists your schedules.
• `/devices` lists your computers, `/devices pair` adds one, `/devices default NAME` says which \
is meant where you name none."""


def help_message() -> Drawn:
    """What Dispatch does and how to ask for it."""
    parts = [section(text) for text in (ASKING, EXACT, SCHEDULES, THREADS, COMMANDS)]
    return message("How to use Dispatch", header("How to use Dispatch"), *parts)


def status_message(runs: Sequence[RunView], approvals: Sequence[ApprovalView] = ()) -> Drawn:
    """How a thread's runs stand, newest last, and which approvals are still open."""
    if not runs:
        return message("Nothing here yet", section("Nothing was asked for in this thread yet."))
    shown = runs[-MOST_RUNS:]
    left = len(runs) - len(shown)
    pending = [item for item in approvals if item.status is ApprovalStatus.PENDING]
    return message(
        f"{sum(run.active for run in runs)} active of {len(runs)} runs",
        *[section(run_line(run)) for run in shown],
        *[section(_waiting_line(item)) for item in pending[:MOST_RUNS]],
        context(f"{left} earlier runs are not listed." if left else ""),
    )


def run_line(run: RunView) -> str:
    """A run in two lines: how it stands and what it is."""
    return f"{status_line(run)}\n{inert_line(run.title, TITLE)} · {route_words(run)}"


def _waiting_line(approval: ApprovalView) -> str:
    title = inert_line(approval.title, TITLE)
    return f"✋ {title} waits for an answer until {moment(approval.expires_at)}."
