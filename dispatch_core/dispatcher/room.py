"""What every verb of the dispatcher stands on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from dispatch_core.approval_views import ApprovalView
from dispatch_core.blobs import Blobs
from dispatch_core.dispatcher.calm import Calm
from dispatch_core.dispatcher.depot import Depot
from dispatch_core.dispatcher.links import Links
from dispatch_core.errors import NotFound
from dispatch_core.lifecycle import Route
from dispatch_core.meters import Meters
from dispatch_core.policy.deciders import ApprovalRules, Asked, who_may
from dispatch_core.records import devices, grants, schedules, shown, shown_devices
from dispatch_core.records.database import Store
from dispatch_core.records.transaction import Transaction
from dispatch_core.settings import CoreSettings
from dispatch_core.views import (
    ArtifactView,
    AttachedFile,
    EntryBody,
    HomeView,
    RunView,
    ThreadEntry,
)

MOST_LISTED = 50
RECENT = 10

FetchFile = Callable[[AttachedFile, Path], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that service.py wires; fetch_file brings a person's file from the front end.

    replans says that the planner takes another turn where a person rejected its step.
    """

    store: Store
    settings: CoreSettings
    rules: ApprovalRules
    blobs: Blobs
    links: Links
    fetch_file: FetchFile | None = None
    replans: bool = False
    meters: Meters = field(default_factory=Meters)
    calm: Calm = field(default_factory=Calm)
    depot: Depot = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "depot", Depot(self.store, self.blobs))


class Room:
    """The base of the dispatcher's rooms: the parts, and the views dressed for people."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.store = parts.store
        self.settings = parts.settings
        self.depot = parts.depot

    def time_limit(self, route: Route) -> float:
        """How many seconds a run of this route may work, unless its request says otherwise."""
        is_code = route is Route.CLOUD_CODE
        return self.settings.code_timeout if is_code else self.settings.run_timeout

    def dressed(self, body: EntryBody) -> EntryBody:
        """A view with what rows don't hold: who may decide, and the signed link."""
        if isinstance(body, ApprovalView):
            return self.dressed_approval(body)
        if isinstance(body, ArtifactView):
            return self.dressed_artifact(body)
        return body

    def dressed_approval(self, view: ApprovalView) -> ApprovalView:
        """An approval that names who may approve it now, and how many must."""
        rules, owner = self.parts.rules, view.approvers[0]
        asked = Asked(view.requester, owner, view.authors)
        return replace(view, approvers=who_may(rules, asked), needed=rules.needed)

    def dressed_artifact(self, view: ArtifactView) -> ArtifactView:
        """An artifact with its signed link."""
        return replace(view, download_url=self.parts.links.sign(f"/artifacts/{view.id}"))

    def dressed_entry(self, entry: ThreadEntry) -> ThreadEntry:
        """An entry whose body is dressed."""
        return replace(entry, body=self.dressed(entry.body))


def run_or_refuse(tx: Transaction, run_id: str) -> RunView:
    """The view of a run; raises NotFound."""
    view = shown.run(tx, run_id)
    if view is None:
        raise NotFound(what="run", name=run_id)
    return view


def device_owner(tx: Transaction, device_id: str | None) -> str | None:
    """Who paired this device."""
    row = devices.find(tx, device_id) if device_id else None
    return row.owner if row is not None else None


def home_of(
    tx: Transaction, person: str, dress: Callable[[ApprovalView], ApprovalView]
) -> HomeView:
    """What concerns one person now."""
    pending = [dress(view) for view in shown.pending_approvals(tx, MOST_LISTED)]
    return HomeView(
        active_runs=tuple(shown.runs_of_person(tx, person, active=True, limit=MOST_LISTED)),
        recent_runs=tuple(shown.runs_of_person(tx, person, active=False, limit=RECENT)),
        pending_approvals=tuple(v for v in pending if person in (v.requester, *v.approvers)),
        devices=tuple(shown_devices.device_view(tx, row) for row in devices.of_owner(tx, person)),
        schedules=tuple(schedules.of_owner(tx, person)),
        grants=tuple(grants.of_person(tx, person)),
    )
