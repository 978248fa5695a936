"""Deny, allow or ask: what policy says to a step before any of it is done."""

from dataclasses import dataclass

from dispatch_core.protocol import (
    CAPABILITY_FOR,
    PERMISSION_FOR,
    Capabilities,
    Permissions,
    ToolName,
    VerdictKind,
)

STRICTNESS = tuple(VerdictKind)


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


def judge_at_core(tool: ToolName) -> Verdict:
    """The verdict on a step of the core's own desk."""
    if tool in _CORE_TOOLS:
        return Verdict(VerdictKind.ALLOW, "It has no effect outside Dispatch.")
    return Verdict(VerdictKind.DENY, f"The core has no tool named {tool}.")


def judge_at_device(
    tool: ToolName, device: str, capabilities: Capabilities, permissions: Permissions
) -> Verdict:
    """The core's verdict on a step of a device; what was not reported and declared is denied.

    The device has a say of its own, and the stricter of both counts: an allow here leaves the
    word to the device, which alone can tell where a path lies and what a command does.
    """
    capability = CAPABILITY_FOR.get(tool)
    if capability is None:
        return Verdict(VerdictKind.DENY, f"{device} has no tool named {tool}.")
    permission = PERMISSION_FOR[capability]
    if not permissions.allows(permission):
        mend = f"its owner can pair it again with `--allow {permission}`"
        return Verdict(VerdictKind.DENY, f"{device} does not permit {permission}; {mend}.")
    if not capabilities.has(capability):
        return Verdict(VerdictKind.DENY, f"{device} can't do this now: it reports no {capability}.")
    if tool in _READS:
        return Verdict(VerdictKind.ALLOW, "It only reads inside the folders that its owner opened.")
    return Verdict(VerdictKind.ASK, "Every shell command asks a person first.")
