"""A hang-up ends who waits for work, and nothing that was begun."""

import asyncio
from contextlib import suppress

from dispatch_core.protocol import StepOrder, StepResult
from tests.core.http.conftest import Hand
from tests.device_agent.standin import StandIn

END = {"status": "done"}


async def hung_up(asked: "asyncio.Task[object]") -> None:
    """Let the client break its connection off."""
    asked.cancel()
    with suppress(asyncio.CancelledError):
        await asked


async def test_who_hung_up_waits_for_no_step(hand: Hand, dispatcher: StandIn) -> None:
    waits, gone = asyncio.Event(), asyncio.Event()

    async def claim_step(_device_id: str, _wait: float) -> StepOrder | None:
        waits.set()
        try:
            await asyncio.Event().wait()
        finally:
            gone.set()
        return None

    dispatcher.claim_step = claim_step  # type: ignore[method-assign]
    asked = asyncio.create_task(hand.post("/device/claim?wait=20"))
    await asyncio.wait_for(waits.wait(), 60)
    await hung_up(asked)
    await asyncio.wait_for(gone.wait(), 60)


async def test_what_was_begun_is_ended_though_its_sender_hung_up(
    hand: Hand, dispatcher: StandIn
) -> None:
    begun, go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def end_step(_device_id: str, _step_id: str, _result: StepResult) -> None:
        begun.set()
        await go_on.wait()
        ended.set()

    dispatcher.end_step = end_step  # type: ignore[method-assign]
    asked = asyncio.create_task(hand.post("/device/steps/1/end", END))
    await asyncio.wait_for(begun.wait(), 60)
    await hung_up(asked)
    # The server has noticed by the time that it has answered another.
    await hand.post("/device/report", {"platform": "Linux", "capabilities": {}, "permissions": {}})
    go_on.set()
    await asyncio.wait_for(ended.wait(), 60)
