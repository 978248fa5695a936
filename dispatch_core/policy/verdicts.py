"""Deny, allow or ask: what policy says to a step before any of it is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dispatch_core.abilities import (
    CAPABILITY_FOR,
    PERMISSION_FOR,
    Capabilities,
    Permissions,
    ToolName,
    VerdictKind,
)
from dispatch_core.policy.commands.analysis import analyse

STRICTNESS = tuple(VerdictKind)
MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict and why, in a sentence that a person can read."""

    kind: VerdictKind
    reason: str


def stricter(one: VerdictKind, other: VerdictKind) -> VerdictKind:
    """The verdict that counts where two have a say."""
    return max(one, other, key=STRICTNESS.index)


# What the core does by itself has no effect outside Dispatch: the sandbox has no network.
_CORE_TOOLS = frozenset({ToolName.ANSWER, ToolName.SEARCH_KNOWLEDGE, ToolName.RUN_CODE})
# What only reads inside the folders that the device's owner opened.
_READS = frozenset(
    {ToolName.READ_FILE, ToolName.LIST_FOLDER, ToolName.SEARCH_FILES, ToolName.FETCH}
)
# What only the device can judge: whose file it is, which window, which site.
_LEFT_TO_THE_DEVICE = frozenset(
    {ToolName.WRITE_FILE, ToolName.RECEIVE_FILE, ToolName.BROWSER, ToolName.DESKTOP}
)


def judge_at_core(tool: ToolName) -> Verdict:
    """The verdict on a step of the core's own desk."""
    if tool in _CORE_TOOLS:
        return Verdict(VerdictKind.ALLOW, "It has no effect outside Dispatch.")
    return Verdict(VerdictKind.DENY, f"The core has no tool named {tool}.")


def judge_at_device(
    tool: ToolName,
    device: str,
    capabilities: Capabilities,
    permissions: Permissions,
    arguments: Mapping[str, Any] | None = None,
) -> Verdict:
    """The core's verdict on a step of a device; what was not reported and declared is denied.

    The device has a say of its own, and the stricter of both counts: an allow here leaves the
    word to the device, which alone can tell where a path lies and what a command does. Without
    its arguments, whatever has an effect asks.
    """
    capability = CAPABILITY_FOR.get(tool)
    if capability is None:
        return Verdict(VerdictKind.DENY, f"{device} has no tool named {tool}.")
    permission = PERMISSION_FOR[capability]
    if not permissions.allows(permission):
        mend = f"its owner can run `dispatch-device permit {permission}` there"
        return Verdict(VerdictKind.DENY, f"{device} does not permit {permission}; {mend}.")
    if not capabilities.has(capability):
        return Verdict(VerdictKind.DENY, f"{device} can't do this now: it reports no {capability}.")
    if tool in _READS:
        return Verdict(VerdictKind.ALLOW, "It only reads inside the folders that its owner opened.")
    return _judge_effect(tool, arguments)


def _judge_effect(tool: ToolName, arguments: Mapping[str, Any] | None) -> Verdict:
    if arguments is not None and tool is ToolName.SHELL:
        return _judge_shell(arguments)
    if arguments is not None and tool in _LEFT_TO_THE_DEVICE:
        return Verdict(VerdictKind.ALLOW, "Its device looks at it and asks.")
    return Verdict(VerdictKind.ASK, "It has an effect, and what it would do is not known yet.")


def _judge_shell(arguments: Mapping[str, Any]) -> Verdict:
    command = arguments.get("command")
    if not isinstance(command, str):
        return Verdict(VerdictKind.DENY, "This step has no command.")
    reading = analyse(command)
    if reading.denial:
        return Verdict(VerdictKind.DENY, reading.denial)
    if reading.is_plain:
        return Verdict(VerdictKind.ALLOW, "It is plain words; its device knows what they do.")
    sentences = [concern.sentence for concern in reading.concerns[:MOST_REASONS]]
    return Verdict(VerdictKind.ASK, " ".join(sentences))
