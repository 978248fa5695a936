"""What the judge looks at: what people did, what the rows say, what threads show, what was done."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.local_workspace.json_text import Json
from tests.acceptance.driver import Message
from tests.chaos.people import Clicked, People, Said
from tests.chaos.rows import Rows
from tests.chaos.scene import Scene
from tests.chaos.tasks import EFFECTS, Kind
from tests.chaos.workspace import APPROVERS, Workspace

Row = dict[str, Any]


@dataclass
class Evidence:
    """Read once, after everything is quiet."""

    said: list[Said]
    clicked: list[Clicked]
    acknowledged: set[str]
    runs: list[Row]
    run_of: dict[str, Row]
    steps: dict[str, list[Row]]
    approvals: list[Row]
    artifacts: list[Row]
    entries: list[Row]
    threads: dict[str, str]
    posted: dict[str, list[Json]]
    effects: Counter[str]
    whispers: dict[str, list[str]]
    finale: int
    faulty_disk: bool
    again: dict[str, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for run in self.runs:
            if run["retry_of"]:
                self.again.setdefault(str(run["retry_of"]), []).append(run)

    def runs_of(self, said: Said) -> list[Row]:
        """The run of a message and all runs that repeat it."""
        first = self.run_of.get(said.key)
        return self.with_repeats(first) if first else []

    def with_repeats(self, run: Row) -> list[Row]:
        """A run and all that repeat it, in turn."""
        more = [self.with_repeats(one) for one in self.again.get(str(run["id"]), [])]
        return [run, *(one for repeats in more for one in repeats)]

    def step_of(self, run: Row) -> Row | None:
        """A run's one step; None before there is any."""
        found = self.steps.get(str(run["id"]), [])
        return found[0] if found else None


def gather(scene: Scene, people: People, rows: Rows) -> Evidence:
    """Read everything."""
    runs = rows.table("run")
    by_id = {str(run["id"]): run for run in runs}
    messages = [row for row in rows.table("message") if row["message_key"]]
    steps: dict[str, list[Row]] = {}
    for step in rows.table("step"):
        steps.setdefault(str(step["run_id"]), []).append(step)
    workspace = scene.workspace
    return Evidence(
        said=people.said,
        clicked=people.clicked,
        acknowledged={f"T0DISPATCH:{c}:{ts}" for c, ts in workspace.postman.acknowledged},
        runs=runs,
        run_of={row["message_key"]: by_id[row["run_id"]] for row in messages if row["run_id"]},
        steps=steps,
        approvals=rows.table("approval"),
        artifacts=rows.table("artifact"),
        entries=rows.table("entry"),
        threads={str(row["id"]): str(row["key"]) for row in rows.table("thread")},
        posted={name: workspace.by_bot(name) for name in workspace.local.slack.directory.channels},
        effects=_effects(scene),
        whispers=_whispers(workspace),
        finale=scene.options.tasks,
        faulty_disk=bool(scene.disks),
    )


def _whispers(workspace: Workspace) -> dict[str, list[str]]:
    """What each approver alone was told in each thread, by USER@CHANNEL/THREAD_TS."""
    found: dict[str, list[str]] = {}
    for user in APPROVERS:
        for channel in workspace.channels:
            for message in workspace.told(channel, user):
                place = f"{user}@{channel}/{message.get('thread_ts')}"
                found.setdefault(place, []).append(words_of(message))
    return found


def _effects(scene: Scene) -> Counter[str]:
    """How often each command's sign stands in a device's file."""
    found: Counter[str] = Counter()
    for number in range(scene.options.companions):
        path = scene.device_folder(number) / EFFECTS
        if path.exists():
            found.update(path.read_text(errors="replace").split())
    return found


def requests(said: Iterable[Said]) -> list[Said]:
    """What asked for a run: all but the word that stops."""
    return [one for one in said if one.task.kind is not Kind.STOP]


def words_of(message: Json) -> str:
    """All that a person reads in a message."""
    return Message(message).words


def entry_of(message: Json) -> str:
    """The id of the entry that a message shows, by its metadata; empty where it has none."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return str(payload.get("entry_id", ""))
