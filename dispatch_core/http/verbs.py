"""What the HTTP door asks of a dispatcher: the verbs for devices, artifacts, threads and health."""

from datetime import datetime
from pathlib import Path
from typing import Protocol

from dispatch_core.meters import Standing
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


class Verbs(Protocol):
    """The part of dispatch_core.dispatcher.door.Dispatcher that this door serves."""

    async def device_key(self, device_id: str) -> bytes | None:
        """The raw Ed25519 public key of a paired device that is not revoked."""

    async def use_nonce(self, device_id: str, nonce: str) -> bool:
        """False where this device used the nonce before."""

    async def redeem(self, request: PairRequest) -> PairReply:
        """Pair a device; raises PairingRefused, DeviceNameTaken."""

    async def report(self, device_id: str, report: DeviceReport) -> ReportReply:
        """Take what a device can and may do now."""

    async def claim_step(self, device_id: str, wait: float) -> StepOrder | StepQuestion | None:
        """The device's next step, to be done or looked at; waits for one up to wait seconds."""

    async def prepared(
        self, device_id: str, step_id: str, preparation: Preparation
    ) -> StepOrder | None:
        """Take what a device says to a step; the order where nobody need be asked."""

    async def progress(self, device_id: str, step_id: str, progress: Progress) -> ProgressReply:
        """Renew the lease and take new output."""

    async def end_step(self, device_id: str, step_id: str, result: StepResult) -> None:
        """Take a step's end; idempotent; raises LostClaim."""

    async def save_device_artifact(
        self, device_id: str, step_id: str, name: str, kind: str, source: Path
    ) -> ArtifactReceipt:
        """Keep a file of a step; its bytes are copied before this returns."""

    async def attached_file(self, device_id: str, step_id: str, name: str) -> Path:
        """Where the bytes are of an attached file that a step is to save; raises NotFound."""

    async def open_artifact(self, artifact_id: str) -> tuple[ArtifactView, Path]:
        """An artifact and where its bytes are; raises NotFound."""

    async def knows_thread(self, thread_key: str) -> bool:
        """Whether there is such a thread."""

    async def thread(self, thread_key: str) -> tuple[ThreadEntry, ...]:
        """A thread's entries in their order."""

    def check_signature(self, path: str, token: str) -> bool:
        """Whether a link's token is for this path and has not expired."""

    async def ready(self) -> None:
        """Raises StoreUnavailable, SchemaMismatch."""

    async def standing(self, ended_after: datetime) -> tuple[Standing, datetime]:
        """How it stands, with the runs that ended after this; and where the next look begins."""
