"""What the core says to a device's step before it sends it anywhere."""

import pytest

from dispatch_core.abilities import Capabilities, Permissions, ToolName, VerdictKind
from dispatch_core.policy.verdicts import judge_at_device

CAN = Capabilities(shell=True, browserAutomation=True, desktopAutomation=True, local_files=True)
MAY = Permissions(shell=True, browser_automation=True, desktop_automation=True, local_files=True)
ASK, ALLOW, DENY = VerdictKind.ASK, VerdictKind.ALLOW, VerdictKind.DENY


def judge(tool: ToolName, arguments: dict[str, str] | None = None) -> tuple[VerdictKind, str]:
    verdict = judge_at_device(tool, "laptop", CAN, MAY, arguments)
    return verdict.kind, verdict.reason


def test_plain_words_leave_the_word_to_the_device() -> None:
    assert judge(ToolName.SHELL, {"command": "ls -la | wc -l"})[0] is ALLOW
    assert judge(ToolName.SHELL, {"command": "rm notes.txt"})[0] is ALLOW


def test_what_is_not_plain_asks_and_says_why() -> None:
    kind, reason = judge(ToolName.SHELL, {"command": "echo $(id) > x"})
    assert kind is ASK
    assert "It runs a command to make a part of another one" in reason
    assert "It redirects input or output" in reason


def test_what_is_never_done_is_denied_before_it_reaches_a_device() -> None:
    kind, reason = judge(ToolName.SHELL, {"command": "bash -c 'rm -rf /'"})
    assert (kind, reason) == (DENY, "It deletes / whole; that is never done by Dispatch.")


def test_a_shell_step_without_a_command_is_denied() -> None:
    assert judge(ToolName.SHELL, {})[0] is DENY


@pytest.mark.parametrize(
    "tool", [ToolName.WRITE_FILE, ToolName.RECEIVE_FILE, ToolName.BROWSER, ToolName.DESKTOP]
)
def test_other_effects_are_left_to_the_device_once_it_is_known_what_they_are(
    tool: ToolName,
) -> None:
    assert judge(tool, {"path": "x"})[0] is ALLOW
    assert judge(tool)[0] is ASK


def test_what_is_not_reported_or_not_declared_is_denied() -> None:
    for can, may in ((Capabilities(), MAY), (CAN, Permissions())):
        verdict = judge_at_device(ToolName.SHELL, "laptop", can, may, {"command": "ls"})
        assert verdict.kind is DENY
