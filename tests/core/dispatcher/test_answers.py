"""Of several processes that were told of one message, one answers."""

import asyncio

from tests.core.engine import Engine


async def test_a_message_is_answered_once(engine: Engine) -> None:
    first = [await engine.dispatcher.is_first_answer("T1:C1:1") for _ in range(2)]
    assert first == [True, False]
    assert await engine.dispatcher.is_first_answer("T1:C1:2")


async def test_of_two_processes_one_answers(processes: tuple[Engine, Engine]) -> None:
    both = [process.dispatcher.is_first_answer("T1:C1:1") for process in processes]
    assert sorted(await asyncio.gather(*both)) == [False, True]
