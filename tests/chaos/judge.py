"""Whether what is told is what happened: messages, runs, decisions and effects."""

from collections import Counter
from collections.abc import Iterator

from tests.chaos.evidence import Evidence, Row, requests
from tests.chaos.people import APPROVE, REJECT, Said
from tests.chaos.rows import UNFINISHED
from tests.chaos.tasks import SHELLS, Kind
from tests.chaos.workspace import APPROVERS

STARTED_STEPS = frozenset({"done", "failed", "timed_out"})
DISK_WORDS = ("could not keep or read a file", "No space left", "something went wrong in the comp")
MOST_LOSSES = 3


def violations(found: Evidence) -> Iterator[str]:
    """Every broken promise, a line each."""
    yield from _messages(found)
    yield from _ends(found)
    yield from _journals(found)
    yield from _decisions(found)
    yield from _effects(found)
    yield from _repeats(found)
    yield from _losers(found)


def _messages(found: Evidence) -> Iterator[str]:
    """Every acknowledged message has exactly one run, and what none asked for has none."""
    for said in requests(found.said):
        if said.key not in found.run_of and said.key in found.acknowledged:
            yield f"lost: message {said.key} ({said.task.text!r}) was acknowledged and has no run"
    asked = {said.key for said in requests(found.said)}
    first = [run for run in found.runs if not run["retry_of"]]
    if len(first) != len(found.run_of):
        yield f"doubled: {len(first)} runs for {len(found.run_of)} messages"
    for key in found.run_of.keys() - asked:
        yield f"invented: run {found.run_of[key]['id']} belongs to {key}, which asked for nothing"


def _ends(found: Evidence) -> Iterator[str]:
    """Every run is at an end, and its end is true."""
    for said in requests(found.said):
        for run in found.runs_of(said):
            name = f"run {run['id']} ({said.task.kind}, {run['status']}/{run['reason']})"
            for wrong in _end(found, said, run):
                yield f"untrue: {name} {wrong}"


def _end(found: Evidence, said: Said, run: Row) -> Iterator[str]:
    step = found.step_of(run)
    reason = run["reason"]
    if run["status"] in UNFINISHED:
        yield f"has no end: {run['activity']!r}, desk {run['desk']}, owner {run['owner']}"
    elif reason == "done":
        yield from _done(found, said, run)
    elif reason == "error":
        if said.task.kind is not Kind.FAILING_SHELL and not _disk(found, run, step):
            yield f"failed without a cause: {run['answer'][:200]!r}"
    elif reason == "worker_lost":
        interrupted = step is not None and step["status"] == "interrupted"
        if run["losses"] + 1 < MOST_LOSSES and not interrupted:
            yield f"was given up after {run['losses']} losses"
    elif reason in ("rejected", "approval_expired"):
        if step is not None and step["started_at"] is not None:
            yield "says nobody let it, and its step was begun"
    elif reason != "stopped":
        yield f"has an end that nothing in the scene explains: {run['answer'][:200]!r}"


def _done(found: Evidence, said: Said, run: Row) -> Iterator[str]:
    kind, sign = said.task.kind, said.task.sign
    if kind is Kind.GET:
        mine = [one for one in found.artifacts if one["run_id"] == run["id"]]
        if [one["name"] for one in mine] != [sign]:
            yield f"brought {[one['name'] for one in mine]} instead of {sign}"
    elif sign not in run["answer"].replace(",", "") and kind is not Kind.LIST:
        yield f"lacks {sign} in its answer {run['answer'][:200]!r}"
    if kind in SHELLS and not found.effects[sign]:
        yield "says it is done, and its effect is missing"


def _disk(found: Evidence, run: Row, step: Row | None) -> bool:
    """Whether a full disk is the cause that it tells."""
    told = f"{run['answer']} {step['result'] if step else ''}"
    return found.faulty_disk and any(words.lower() in told.lower() for words in DISK_WORDS)


def _journals(found: Evidence) -> Iterator[str]:
    """A run of one step has one, and it has an end once the run has."""
    for run in found.runs:
        steps = found.steps.get(str(run["id"]), [])
        if len(steps) > 1:
            yield f"done anew: run {run['id']} has {len(steps)} steps in its journal"
        for step in steps:
            if step["status"] in ("planned", "started") and run["status"] not in UNFINISHED:
                yield f"left open: step {step['id']} of the {run['status']} run {run['id']}"


def _decisions(found: Evidence) -> Iterator[str]:
    """What was decided was clicked, and the run went where the decision sent it."""
    runs = {str(run["id"]): run for run in found.runs}
    clicks = {(one.subject, one.action, f"T0DISPATCH:{one.user}") for one in found.clicked}
    for approval in found.approvals:
        run, status = runs[str(approval["run_id"])], approval["status"]
        name = f"approval {approval['id']} ({status}) of run {run['id']}"
        action = {"approved": APPROVE, "rejected": REJECT}.get(status)
        if action and (str(approval["id"]), action, approval["decided_by"]) not in clicks:
            yield f"decided by nobody: {name}, by {approval['decided_by']}"
        yield from (f"decision lost: {name} {wrong}" for wrong in _lost(found, status, run))


def _lost(found: Evidence, status: str, run: Row) -> Iterator[str]:
    step = found.step_of(run)
    begun = step is not None and step["started_at"] is not None
    reason = run["reason"]
    if status == "approved" and reason in ("rejected", "approval_expired"):
        yield f"ended as {reason}"
    if status == "approved" and reason != "stopped" and not begun:
        yield f"did not go on: {run['status']}/{reason}"
    if status == "rejected" and (reason != "rejected" or begun):
        yield f"went on: {run['status']}/{reason}"
    if status == "expired" and (reason != "approval_expired" or begun):
        yield f"went on: {run['status']}/{reason}"
    if status == "pending" and run["status"] not in UNFINISHED:
        yield f"is open, and its run is {run['status']}"


def _effects(found: Evidence) -> Iterator[str]:
    """No command ran twice; one that has a good end ran once; one that was not begun did not."""
    for said in requests(found.said):
        if said.task.kind not in SHELLS:
            continue
        ends = Counter(_effect(found, run) for run in found.runs_of(said))
        least, most = ends["did"], ends["did"] + ends["may"]
        if not least <= found.effects[said.task.sign] <= most:
            told = [f"{run['status']}/{run['reason']}" for run in found.runs_of(said)]
            yield (
                f"effect: {said.task.sign} happened {found.effects[said.task.sign]} times, "
                f"and {least} to {most} are told of ({', '.join(told)})"
            )


def _effect(found: Evidence, run: Row) -> str:
    """Whether by the rows a run's command did, may have, or did not have its effect."""
    step = found.step_of(run)
    if step is None or step["started_at"] is None or step["status"] == "refused":
        return "not"
    return "did" if step["status"] in STARTED_STEPS else "may"


def _repeats(found: Evidence) -> Iterator[str]:
    """A press of Retry, single or double, makes one run at most."""
    for run_id, repeats in found.again.items():
        if len(repeats) > 1:
            yield f"repeated: run {run_id} was retried {len(repeats)} times by one double press"


def _losers(found: Evidence) -> Iterator[str]:
    """Where all was well again, who decided second was told privately what was decided."""
    decided = {str(one["run_id"]): one for one in found.approvals if one["decided_by"]}
    for said in requests(found.said):
        run = found.run_of.get(said.key)
        approval = decided.get(str(run["id"])) if run else None
        if said.task.number < found.finale or approval is None:
            continue
        [loser] = {f"T0DISPATCH:{user}" for user in APPROVERS[:2]} - {approval["decided_by"]}
        place = f"{loser.partition(':')[2]}@{said.channel}/{said.thread_ts}"
        if not any("already" in words for words in found.whispers.get(place, [])):
            yield f"not told: {loser} decided second on {approval['id']} and heard nothing of it"
