"""What crosses the wire between the core and a device; signing.py says how it is signed.

Field names are camelCase on the wire and snake_case in Python. All requests are JSON over HTTP,
except an artifact's bytes. Times are whole seconds, sizes are bytes.
"""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from dispatch_core.abilities import (
    WITHOUT_NUL,
    Capabilities,
    FolderPath,
    Permissions,
    ToolName,
    VerdictKind,
)
from dispatch_core.lifecycle import StepStatus

CLAIM_WAIT_SECONDS = 25
MAX_OUTPUT_CHARS = 200_000
# What a column for whole numbers holds.
MAX_COUNT = 2**31 - 1
PAIRING_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Wire(BaseModel):
    """A frozen message; unknown keys are refused, so that a typing error is not silence."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


DEVICE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"
DeviceName = Annotated[str, StringConstraints(strip_whitespace=True, pattern=DEVICE_NAME)]

Platform = Annotated[str, StringConstraints(max_length=200), WITHOUT_NUL]


class PairRequest(Wire):
    """POST /device/pair: redeems a code; signed with the key it brings (base64url, 32 bytes)."""

    code: str
    public_key: str
    name: DeviceName
    platform: Platform
    capabilities: Capabilities
    permissions: Permissions


class PairReply(Wire):
    """The device is paired under this id; confirmed is False until its owner confirms it."""

    device_id: str
    name: str
    confirmed: bool


class DeviceReport(Wire):
    """POST /device/report: what the device can and may do now. Wider waits for the owner."""

    platform: Platform
    capabilities: Capabilities
    permissions: Permissions


class ReportReply(Wire):
    """awaits_confirmation lists what is wider than the owner confirmed, in words.

    name is what its owner calls the device by now.
    """

    name: str = ""
    awaits_confirmation: tuple[str, ...] = ()


Sentence = Annotated[str, StringConstraints(max_length=1_000)]
# A longer preview (a diff) is cut by the device, which says so in its last line.
MAX_PREVIEW_CHARS = 20_000


class Program(Wire):
    """One program of a command: the word that names it, where it was found, its plain arguments."""

    name: str
    path: str | None = None
    args: tuple[str, ...] = ()


class Bound(Wire):
    """What the device adds to a step's arguments, and an approval binds with them.

    environment is each variable's name and the SHA-256 of its value; files is the SHA-256 of each
    file whose bytes matter (a script that is named, a file that is to be replaced), or "absent";
    programs is where each program was found.
    """

    working_directory: str | None = None
    environment: dict[str, str] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict)
    programs: dict[str, str] = Field(default_factory=dict)


class Grantable(Wire):
    """What a lasting grant for a step like this would cover.

    key is compared for equality and otherwise opaque to the core; words say the same to a person.
    """

    key: Annotated[str, WITHOUT_NUL] = Field(min_length=1, max_length=4_000)
    words: Sentence


class Preparation(Wire):
    """POST /device/steps/{id}/prepared: what the device says to a step before it is done.

    reasons are sentences for a person; preview shows an effect (a diff); grant is None where only
    a decision for this once is possible.
    """

    verdict: VerdictKind
    reasons: tuple[Sentence, ...] = Field(max_length=30)
    programs: tuple[Program, ...] = Field(default=(), max_length=200)
    bound: Bound = Bound()
    preview: str = Field(default="", max_length=MAX_PREVIEW_CHARS)
    grant: Grantable | None = None


class StepQuestion(Wire):
    """One step that a device is to look at and not to do: it answers with a Preparation.

    confirmed_folders are those that the device's owner confirmed: no tool sees any other.
    """

    step_id: str
    run_id: str
    thread_id: str
    tool: ToolName
    arguments: dict[str, Any]
    confirmed_folders: tuple[FolderPath, ...] | None = None
    lease_seconds: float = Field(gt=0)


class StepOrder(Wire):
    """One step for a device to do: arguments are exact, and the fingerprint binds them.

    bound is what the device itself prepared, and the fingerprint binds it, too. confirmed_folders
    is as in a StepQuestion.
    """

    step_id: str
    run_id: str
    thread_id: str
    device_id: str
    tool: ToolName
    arguments: dict[str, Any]
    bound: Bound = Bound()
    confirmed_folders: tuple[FolderPath, ...] | None = None
    fingerprint: str
    timeout_seconds: float = Field(gt=0)
    lease_seconds: float = Field(gt=0)


class ClaimReply(Wire):
    """POST /device/claim?wait=S answers at once when work comes, else after S seconds without.

    At most one of the two is there.
    """

    order: StepOrder | None = None
    question: StepQuestion | None = None


class PreparedReply(Wire):
    """The order at once, where nobody need be asked."""

    order: StepOrder | None = None


class Progress(Wire):
    """POST /device/steps/{id}/progress: renews the lease and brings new output.

    sequence counts from 0 and makes a repeated report harmless; output may be empty. input_taken is
    how many lines of input the device has had for this step.
    """

    sequence: int = Field(ge=0, le=MAX_COUNT)
    output: str = Field(default="", max_length=MAX_OUTPUT_CHARS)
    input_taken: int = Field(default=0, ge=0, le=MAX_COUNT)


class ProgressReply(Wire):
    """stop: a person stopped the run, or it is no longer this device's; kill the step and end.

    input is what a person wrote for the step since input_taken, a line each.
    """

    stop: bool = False
    input: tuple[str, ...] = ()


class Drift(StrEnum):
    """Which bound part of an approved step is not as it was approved."""

    ARGUMENTS = "arguments"
    DEVICE = "device"
    WORKING_DIRECTORY = "working directory"
    ENVIRONMENT = "environment"
    FILES = "files"
    PROGRAMS = "programs"


class StepResult(Wire):
    """How a step ended, at any desk. text is what a person reads: output, answer or reason.

    drift is set where the step was refused because that part had changed since the approval;
    rejected, by the core alone, where it was refused because a person rejected it.
    """

    status: StepStatus
    text: str = Field(default="", max_length=2 * MAX_OUTPUT_CHARS)
    exit_code: int | None = Field(default=None, ge=-(2**31), le=2**32 - 1)
    truncated: bool = False
    seconds: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    drift: Drift | None = None
    rejected: bool = False


class ArtifactReceipt(Wire):
    """PUT /device/steps/{id}/artifacts/{name}?kind=…: the bytes are stored under this id."""

    artifact_id: str
    sha256: str
    size_bytes: int


class Refusal(Wire):
    """The body of every answer that is not 2xx: one sentence, and the error's class name."""

    error: str
    message: str
