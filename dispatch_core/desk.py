"""What a worker asks of its desk."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Protocol

from dispatch_core.planning.planner import Finish, NextStep
from dispatch_core.protocol import StepResult
from dispatch_core.views import HomeView
from dispatch_core.work import Claim, Ended, RunWork, StepView

Plan = Callable[[RunWork], NextStep | Finish | None]
"""Planner.at_once."""


class Ear(Protocol):
    """What a desk lets its worker listen with."""

    def wake(self) -> None:
        """Let the next wait end at once."""

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109 (a poll, not a deadline)
        """Whether something came up, after timeout seconds at most."""


class Desk(Protocol):
    """The worker's side of the dispatcher; dispatcher/core_desk.py says what each verb does."""

    def listen(self) -> AbstractContextManager[Ear]: ...
    def listen_for_stops(self) -> AbstractContextManager[Ear]: ...
    async def claim(self, owner: str, limit: int, plan: Plan | None = None) -> list[RunWork]: ...
    async def renew(self, owner: str, held: list[Claim]) -> set[Claim]: ...
    async def stops_asked(self, held: list[Claim]) -> set[str]: ...
    async def take_step(self, claim: Claim, step: NextStep) -> StepView | None: ...
    async def start_step(self, claim: Claim, step_id: str) -> None: ...
    def end_step(self, claim: Claim, step_id: str, result: StepResult) -> Awaitable[None]: ...
    async def finish(self, claim: Claim, finish: Finish, ended: Ended | None = None) -> None: ...
    async def show_output(self, claim: Claim, output: str) -> None: ...
    async def give_back(self, claim: Claim) -> None: ...
    async def asker_home(self, person: str) -> HomeView: ...
