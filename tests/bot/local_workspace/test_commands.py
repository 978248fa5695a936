"""Slash commands, answered by a small Bolt app."""

import pytest

from bot.local_workspace.refusal import Refusal
from bot.local_workspace.workspace import LocalWorkspace

from .small_app import GENERAL, Heard


async def test_a_command_is_sent_and_its_answer_is_for_its_asker(
    workspace: LocalWorkspace, heard: Heard
) -> None:
    heard.reply = {"text": "on it"}
    await workspace.command("U0ADA", GENERAL, "/dispatch", "say <hi> @grace")
    [body] = heard.bodies
    assert (body["command"], body["text"]) == ("/dispatch", "say &lt;hi&gt; <@U0GRACE>")
    assert (body["channel_name"], body["user_name"]) == ("general", "ada")
    [answer] = workspace.messages(GENERAL, "U0ADA")
    assert (answer["text"], answer["is_ephemeral"]) == ("on it", True)


async def test_an_answer_in_the_channel_is_for_everybody(
    workspace: LocalWorkspace, heard: Heard
) -> None:
    heard.reply = {"text": "on it", "response_type": "in_channel"}
    await workspace.command("U0ADA", GENERAL, "/dispatch")
    [answer] = workspace.messages(GENERAL, "U0GRACE")
    assert answer["subtype"] == "bot_message"


async def test_an_unknown_command_is_refused(workspace: LocalWorkspace) -> None:
    with pytest.raises(Refusal, match="unknown_command"):
        await workspace.command("U0ADA", GENERAL, "/nonsense")


async def test_a_command_nobody_listens_to_fails(workspace: LocalWorkspace) -> None:
    with pytest.raises(Refusal, match="dispatch_failed"):
        await workspace.command("U0ADA", GENERAL, "/dispatch")
