"""The rows of buttons keep their block_id when a message is redrawn under an open question."""

from dataclasses import replace
from typing import Any

import pytest

from bot.blocks.approval import approval_card
from bot.blocks.drawn import Drawn
from bot.blocks.run import run_card
from dispatch_core.approval_views import VoteView
from dispatch_core.lifecycle import EndReason, RunStatus
from tests.fakes.views import GRACE, NOON, a_run, an_approval, an_ended_run
from tests.payloads.samples import sample_calls
from tests.payloads.type_check import Call

LONGEST = 255  # Slack's own


def rows(blocks: list[dict[str, Any]]) -> list[str]:
    """The block_id of each block with something to press."""
    return [
        block.get("block_id", "")
        for block in blocks
        if block["type"] == "actions" or block.get("accessory", {}).get("type") == "button"
    ]


def ids(drawn: Drawn) -> list[str]:
    return rows(drawn.as_arguments()["blocks"])


def blocks_of(call: Call) -> list[dict[str, Any]]:
    _, arguments = call
    blocks: list[dict[str, Any]] = arguments.get("view", arguments)["blocks"]
    return blocks


@pytest.mark.parametrize("call", list(sample_calls()))
def test_each_row_of_every_look_has_an_id_of_its_own(call: Call) -> None:
    found = rows(blocks_of(call))
    assert all(0 < len(each) <= LONGEST for each in found)
    assert len(set(found)) == len(found)


def test_a_run_s_row_is_the_same_while_the_run_moves_on() -> None:
    running = a_run(status=RunStatus.RUNNING)
    waiting = replace(running, status=RunStatus.WAITING_APPROVAL, activity="waits")
    done = an_ended_run(EndReason.DONE, RunStatus.COMPLETED)
    assert ids(run_card(running)) == ids(run_card(waiting)) == ids(run_card(done)) != []


def test_an_approval_s_row_is_the_same_after_a_vote_and_a_reminder() -> None:
    asked = an_approval(needed=2)
    later = replace(asked, votes=(VoteView(GRACE, NOON),), reminded=True)
    assert ids(approval_card(asked)) == ids(approval_card(later)) != []
