"""A dispatcher that lives in memory, for what comes to it by the real HTTP door."""

import asyncio
import hashlib
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from dispatch_core.abilities import ToolName, VerdictKind
from dispatch_core.device_errors import PairingRefused
from dispatch_core.errors import LostClaim, NotFound, StoreUnavailable
from dispatch_core.http.signatures import decode_key
from dispatch_core.lifecycle import StepStatus
from dispatch_core.meters import Standing
from dispatch_core.policy.fingerprint import fingerprint
from dispatch_core.protocol import (
    ArtifactReceipt,
    DeviceReport,
    PairReply,
    PairRequest,
    Preparation,
    Progress,
    ProgressReply,
    ReportReply,
    StepOrder,
    StepQuestion,
    StepResult,
)
from dispatch_core.views import ArtifactView, ThreadEntry

CODE = "ABCD2345"


@dataclass
class StandIn:
    """Keeps the promises of the dispatcher's verbs for one device, and remembers what it was told.

    A step is asked about first, and approved at once. A claimed order is offered again once its
    lease is over, as the core does after a lost worker.
    """

    folder: Path
    keys: dict[str, bytes] = field(default_factory=dict)
    nonces: set[tuple[str, str]] = field(default_factory=set)
    paired: list[PairRequest] = field(default_factory=list)
    reports: list[DeviceReport] = field(default_factory=list)
    orders: list[StepOrder] = field(default_factory=list)
    leased_until: dict[str, float] = field(default_factory=dict)
    outputs: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    results: dict[str, StepResult] = field(default_factory=dict)
    ends: list[str] = field(default_factory=list)
    artifacts: dict[str, tuple[ArtifactView, Path]] = field(default_factory=dict)
    attached: dict[str, Path] = field(default_factory=dict)
    entries: dict[str, tuple[ThreadEntry, ...]] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    unheld_until_progress: bool = False
    wider: tuple[str, ...] = ()
    ill: bool = False
    preparations: dict[str, Preparation] = field(default_factory=dict)
    tamper: Callable[[StepOrder], StepOrder] = lambda order: order
    on_claim: Callable[[], None] = lambda: None
    on_progress: Callable[[str], None] = lambda _step: None

    async def device_key(self, device_id: str) -> bytes | None:
        return self.keys.get(device_id)

    async def use_nonce(self, device_id: str, nonce: str) -> bool:
        fresh = (device_id, nonce) not in self.nonces
        self.nonces.add((device_id, nonce))
        return fresh

    async def redeem(self, request: PairRequest) -> PairReply:
        if request.code != CODE:
            raise PairingRefused
        self.paired.append(request)
        device_id = f"device-{len(self.paired)}"
        self.keys[device_id] = decode_key(request.public_key)
        return PairReply(device_id=device_id, name=request.name, confirmed=True)

    async def report(self, device_id: str, report: DeviceReport) -> ReportReply:
        self.reports.append(report)
        return ReportReply(awaits_confirmation=self.wider)

    async def claim_step(self, device_id: str, wait: float) -> StepOrder | StepQuestion | None:
        self.on_claim()
        deadline = time.monotonic() + wait
        while True:
            for order in self.orders:
                if self._offerable(order.step_id):
                    self.leased_until[order.step_id] = time.monotonic() + order.lease_seconds
                    return self._bound(order) or _question(order)
            if time.monotonic() >= deadline:
                return None
            await asyncio.sleep(0.02)

    async def prepared(
        self, device_id: str, step_id: str, preparation: Preparation
    ) -> StepOrder | None:
        """What asks is approved at once, and found at the next claim."""
        order = next(order for order in self.orders if order.step_id == step_id)
        self.preparations[step_id] = preparation
        if preparation.verdict is VerdictKind.DENY:
            text = " ".join(preparation.reasons)
            self.results[step_id] = StepResult(status=StepStatus.REFUSED, text=text)
        if preparation.verdict is VerdictKind.ALLOW:
            return self._bound(order)
        self.leased_until.pop(step_id, None)  # gone already where its lease was over before
        return None

    def _bound(self, order: StepOrder) -> StepOrder | None:
        preparation = self.preparations.get(order.step_id)
        if preparation is None:
            return None
        mark = fingerprint(
            order.tool, order.arguments, device_id=order.device_id, bound=preparation.bound
        )
        bound = order.model_copy(update={"bound": preparation.bound, "fingerprint": mark})
        return self.tamper(bound)

    def _offerable(self, step_id: str) -> bool:
        leased = self.leased_until.get(step_id, 0.0) > time.monotonic()
        return step_id not in self.results and step_id not in self.lost and not leased

    async def progress(self, device_id: str, step_id: str, progress: Progress) -> ProgressReply:
        outputs = self.outputs[step_id]
        if progress.sequence == len(outputs):
            outputs.append(progress.output)
        self.unheld_until_progress = False
        lease = next(order.lease_seconds for order in self.orders if order.step_id == step_id)
        self.leased_until[step_id] = time.monotonic() + lease
        self.on_progress(step_id)
        return ProgressReply(stop=step_id in self.stopped or step_id in self.lost)

    async def end_step(self, device_id: str, step_id: str, result: StepResult) -> None:
        self.ends.append(step_id)
        if step_id in self.lost:
            raise LostClaim(run_id="run-1")
        self.results.setdefault(step_id, result)

    async def save_device_artifact(
        self, device_id: str, step_id: str, name: str, kind: str, source: Path
    ) -> ArtifactReceipt:
        if self.unheld_until_progress or step_id in self.lost:
            raise LostClaim(run_id="run-1")
        data = source.read_bytes()  # noqa: ASYNC240 (small files of a test)
        digest = hashlib.sha256(data).hexdigest()
        kept = self.folder / digest
        kept.write_bytes(data)
        artifact_id = f"artifact-{len(self.artifacts) + 1}"
        self.artifacts[artifact_id] = (artifact(artifact_id, name, len(data), digest, kind), kept)
        return ArtifactReceipt(artifact_id=artifact_id, sha256=digest, size_bytes=len(data))

    async def attached_file(self, device_id: str, step_id: str, name: str) -> Path:
        if name not in self.attached or step_id in self.lost:
            raise NotFound(what="file in this thread named", name=name)
        return self.attached[name]

    async def open_artifact(self, artifact_id: str) -> tuple[ArtifactView, Path]:
        if artifact_id not in self.artifacts:
            raise NotFound(what="artifact", name=artifact_id)
        return self.artifacts[artifact_id]

    async def knows_thread(self, thread_key: str) -> bool:
        return thread_key in self.entries

    async def thread(self, thread_key: str) -> tuple[ThreadEntry, ...]:
        return self.entries[thread_key]

    def sign(self, path: str) -> str:
        return hashlib.sha256(path.encode()).hexdigest()

    def check_signature(self, path: str, token: str) -> bool:
        return token == self.sign(path)

    async def ready(self) -> None:
        if self.ill:
            raise StoreUnavailable(why="disk full")

    async def standing(self, ended_after: datetime) -> tuple[Standing, datetime]:
        await self.ready()
        ended = {("inline", "done"): 1}
        standing = Standing(
            runs={"queued": 2}, approvals_pending=1, devices={"online": 1}, ended=ended
        )
        return standing, ended_after

    def order(
        self,
        tool: ToolName,
        step_id: str = "step-1",
        *,
        device_id: str = "device-1",
        timeout: float = 600,
        lease: float = 15,
        **arguments: Any,
    ) -> StepOrder:
        """Queue one step for the device."""
        order = StepOrder(
            step_id=step_id,
            run_id="run-1",
            thread_id="thread-1",
            device_id=device_id,
            tool=tool,
            arguments=arguments,
            fingerprint="",
            timeout_seconds=timeout,
            lease_seconds=lease,
        )
        self.orders.append(order)
        return order


def _question(order: StepOrder) -> StepQuestion:
    return StepQuestion(
        step_id=order.step_id,
        run_id=order.run_id,
        thread_id=order.thread_id,
        tool=order.tool,
        arguments=order.arguments,
        lease_seconds=order.lease_seconds,
    )


def artifact(
    artifact_id: str, name: str, size: int = 0, digest: str = "", kind: str = "file"
) -> ArtifactView:
    """An artifact's view of which only the name matters."""
    return ArtifactView(
        id=artifact_id,
        run_id="run-1",
        thread_key="T1:C1:1.0",
        name=name,
        kind=kind,
        mime_type="text/html",
        size_bytes=size,
        sha256=digest,
        download_url=f"http://127.0.0.1/artifacts/{artifact_id}",
    )
