"""What was approved is exactly what runs: each bound part that changed is refused by its name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch_core.abilities import ToolName
from dispatch_core.lifecycle import StepStatus
from dispatch_core.policy.fingerprint import fingerprint
from dispatch_core.protocol import Bound, Drift, StepOrder, StepResult
from tests.device_agent.conftest import Companion

COMMAND = "touch ran"


def approved_then(companion: Companion, change: Callable[[StepOrder], StepOrder]) -> StepResult:
    """A command is looked at and approved; what comes to the device then is not quite that."""
    companion.pair()
    companion.core.dispatcher.tamper = change
    companion.core.dispatcher.order(ToolName.SHELL, command=COMMAND)
    companion.start()
    return companion.result_of()


def changed_before(order: StepOrder, **bound: object) -> StepOrder:
    """The order as if the device had bound something else when it was asked."""
    was = order.bound.model_copy(update=bound)
    mark = fingerprint(order.tool, order.arguments, device_id=order.device_id, bound=was)
    return order.model_copy(update={"bound": was, "fingerprint": mark})


def with_arguments(order: StepOrder, command: str) -> StepOrder:
    """The order with another command, and the mark of the approved one."""
    return order.model_copy(update={"arguments": {"command": command}})


pytestmark = pytest.mark.processes

CHANGES: dict[Drift, tuple[Callable[[StepOrder], StepOrder], str]] = {
    Drift.ARGUMENTS: (lambda order: with_arguments(order, "touch run"), "not what would run"),
    Drift.DEVICE: (
        lambda order: order.model_copy(update={"device_id": "device-2"}),
        "for another device",
    ),
    Drift.WORKING_DIRECTORY: (
        lambda order: changed_before(order, working_directory="/somewhere/else"),
        "working directory is not the approved one",
    ),
    Drift.ENVIRONMENT: (
        lambda order: changed_before(
            order, environment={**order.bound.environment, "PATH": "0" * 64}
        ),
        "(PATH)",
    ),
    Drift.FILES: (lambda order: changed_before(order, files={"/a/tool.sh": "0"}), "/a/tool.sh has"),
    Drift.PROGRAMS: (
        lambda order: changed_before(order, programs={"touch": "/somewhere/else/touch"}),
        "not the approved program",
    ),
}


@pytest.mark.parametrize("drift", CHANGES)
def test_a_drift_is_refused_by_its_name_and_nothing_runs(
    companion: Companion, drift: Drift
) -> None:
    change, words = CHANGES[drift]
    result = approved_then(companion, change)
    assert (result.status, result.drift) == (StepStatus.REFUSED, drift)
    assert words in result.text
    assert not (companion.shared / "ran").exists()
    assert not (companion.shared / "run").exists()


def test_an_order_that_claims_to_bind_nothing_is_refused(companion: Companion) -> None:
    result = approved_then(
        companion, lambda order: order.model_copy(update={"bound": Bound(), "fingerprint": "0"})
    )
    assert result.status is StepStatus.REFUSED
    assert result.drift is not None
    assert not (companion.shared / "ran").exists()


def test_a_script_that_was_changed_after_its_approval_does_not_run(companion: Companion) -> None:
    companion.pair()
    script = Path(companion.shared) / "tool.sh"
    script.write_text("echo approved\n")

    def rewrite(order: StepOrder) -> StepOrder:
        script.write_text("touch ran\n")
        return order

    companion.core.dispatcher.tamper = rewrite
    companion.core.dispatcher.order(ToolName.SHELL, command="bash tool.sh")
    companion.start()
    result = companion.result_of()
    assert (result.status, result.drift) == (StepStatus.REFUSED, Drift.FILES)
    assert str(script) in result.text
    assert not (companion.shared / "ran").exists()


def test_what_is_as_it_was_approved_runs(companion: Companion) -> None:
    result = approved_then(companion, lambda order: order)
    assert (result.status, result.drift) == (StepStatus.DONE, None)
    assert (companion.shared / "ran").exists()
