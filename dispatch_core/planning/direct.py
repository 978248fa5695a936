"""The planner without a model: the request is the step, and the step's result is the answer."""

from collections.abc import Callable

from dispatch_core.abilities import ToolName
from dispatch_core.lifecycle import EndReason, Route, StepStatus
from dispatch_core.planning.fences import LANGUAGES, fence, fenced_blocks, plain, runnable, unlinked
from dispatch_core.planning.planner import Finish, NextStep, Planner
from dispatch_core.protocol import StepResult
from dispatch_core.redaction import show_payload
from dispatch_core.routes.desktop_local import captions, words
from dispatch_core.work import RunWork, StepView

REASONS: dict[StepStatus, EndReason] = {
    StepStatus.DONE: EndReason.DONE,
    StepStatus.FAILED: EndReason.ERROR,
    StepStatus.TIMED_OUT: EndReason.TIMED_OUT,
    StepStatus.STOPPED: EndReason.STOPPED,
    StepStatus.REFUSED: EndReason.DENIED,
    StepStatus.INTERRUPTED: EndReason.WORKER_LOST,
}
_PROGRAMS = frozenset({ToolName.RUN_CODE, ToolName.SHELL})
# Their answers are Markdown by intent; what others say quotes names that anybody chose.
_MARKDOWN = frozenset({ToolName.ANSWER, ToolName.SEARCH_KNOWLEDGE})
_LISTINGS = ("windows", "tree", "read")
_WITHOUT_WORDS: dict[StepStatus, str] = {
    StepStatus.DONE: "Done.",
    StepStatus.FAILED: "It failed and did not say why; retry it.",
    StepStatus.TIMED_OUT: "It took too long and was ended.",
    StepStatus.STOPPED: "It was stopped.",
    StepStatus.REFUSED: "It was refused, so nothing was done.",
    StepStatus.INTERRUPTED: "It was interrupted; it may have had an effect, so look before you "
    "retry it.",
}
_NO_CODE = (
    "cloud-code runs code that you write: put it between two lines of three backticks, and write "
    "`python` or `bash` after the first three."
)
_BESIDE = " It finds the files of this thread in the folder that it starts in."


class Direct(Planner):
    """One step, then the end from that step's result."""

    async def next(self, work: RunWork) -> NextStep | Finish:
        """The same as at_once, which never says None."""
        return self.at_once(work)

    def at_once(self, work: RunWork) -> NextStep | Finish:
        """The step that the request is, again for as long as it has no end; then the end."""
        last = work.steps[-1] if work.steps else None
        if last is not None and last.status in REASONS:
            return _finish(last)
        return _PLANS[work.route](work)


def _cloud_code(work: RunWork) -> NextStep | Finish:
    blocks = fenced_blocks(work.request)
    found = runnable(blocks) or _command_as_bash(work.request)
    if found is None:
        beside = _BESIDE if work.files else ""
        return Finish(EndReason.ERROR, _no_code({block.language for block in blocks}) + beside)
    language, code = found
    activity = f"{language.capitalize()} code in the sandbox"
    return NextStep(ToolName.RUN_CODE, {"language": language, "code": code}, activity)


def _command_as_bash(request: str) -> tuple[str, str] | None:
    """A `$ ` command that was sent elsewhere runs in the sandbox's shell."""
    planned = words.plan(request)
    if isinstance(planned, str) or planned[0] is not ToolName.SHELL:
        return None
    return "bash", planned[1]["command"]


def _no_code(languages: set[str]) -> str:
    unknown = sorted(languages - set(LANGUAGES) - {""})
    if unknown:
        return f"cloud-code runs `python` and `bash` blocks, not `{unknown[0]}`; write one of them."
    return _NO_CODE


def _cloud_knowledge(work: RunWork) -> NextStep:
    arguments = {"query": work.request.strip()}
    return NextStep(ToolName.SEARCH_KNOWLEDGE, arguments, "searching the documents")


def _inline(work: RunWork) -> NextStep:
    arguments = {"text": work.request, "time_zone": work.time_zone}
    return NextStep(ToolName.ANSWER, arguments, "")


def _desktop_local(work: RunWork) -> NextStep | Finish:
    planned = words.plan(work.request)
    if isinstance(planned, str):
        return Finish(EndReason.ERROR, planned)
    tool, arguments = planned
    return NextStep(tool, arguments, captions.ACTIVITIES[tool])


_PLANS: dict[Route, Callable[[RunWork], NextStep | Finish]] = {
    Route.CLOUD_CODE: _cloud_code,
    Route.CLOUD_KNOWLEDGE: _cloud_knowledge,
    Route.INLINE: _inline,
    Route.DESKTOP_LOCAL: _desktop_local,
}


def _finish(step: StepView) -> Finish:
    result = step.result or StepResult(status=step.status)
    answer = result.text.strip() or _WITHOUT_WORDS[step.status]
    if step.tool in _PROGRAMS and _has_run(step.status, result):
        answer = _program_answer(step.status, result)
    elif step.tool == ToolName.LIST_FOLDER and step.status is StepStatus.DONE:
        answer = fence(show_payload(result.text)) if result.text.strip() else "The folder is empty."
    elif _is_listing(step) and result.text.strip():
        answer = fence(show_payload(result.text))
    elif step.tool == ToolName.BROWSER:
        answer = _page_answer(answer)
    elif step.tool not in _MARKDOWN:
        answer = unlinked(answer)
    return Finish(EndReason.REJECTED if result.rejected else REASONS[step.status], answer)


def _is_listing(step: StepView) -> bool:
    """Whether the text is laid out in lines: what was found in files, what a desktop shows."""
    if step.tool == ToolName.DESKTOP:
        listed = step.arguments.get("action") in _LISTINGS
    else:
        listed = step.tool == ToolName.SEARCH_FILES
    return listed and step.status is StepStatus.DONE


def _page_answer(text: str) -> str:
    """What was done in lines; what stands below an empty line is a page's tree, for a fence."""
    lines, _, tree = text.partition("\n\n")
    said = unlinked(lines)
    return f"{said}\n\n{fence(show_payload(plain(tree)))}" if tree else said


def _has_run(status: StepStatus, result: StepResult) -> bool:
    """Whether text is a program's output; else it is a sentence that says why there is none."""
    if status in {StepStatus.DONE, StepStatus.TIMED_OUT, StepStatus.STOPPED}:
        return True
    return status is StepStatus.FAILED and result.exit_code is not None


def _program_answer(status: StepStatus, result: StepResult) -> str:
    """The output in a fence, then what is to be said about its end, a sentence a line."""
    output = show_payload(plain(result.text)).strip("\n")
    parts = [fence(output) if output.strip() else "(no output)"]
    if result.truncated:
        parts.append("The output was longer; only a part of it is kept.")
    if status is StepStatus.TIMED_OUT:
        parts.append(f"It was ended because its time was over, after {result.seconds:.0f} s.")
    elif status is StepStatus.STOPPED:
        parts.append("It was stopped before its end.")
    elif result.exit_code:
        parts.append(f"Exit status {result.exit_code}.")
    return "\n\n".join(parts)
