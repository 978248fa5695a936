"""The same life as test_state_machine's, with all chance on what people do to what they are asked.

There, among all that can happen to a run, few examples come as far as a second vote or an edit.
"""

from hypothesis import HealthCheck, settings

from tests.core.dispatcher.test_state_machine import Dispatching


class Deciding(Dispatching):
    """Nobody crashes, stops or repeats: a rule that is overridden is none here."""

    def submit(self, text: str, thread: str) -> str:
        return str(Dispatching.submit(self, text, thread))

    plan = Dispatching._plan
    claim = Dispatching._plan
    a_dead_worker_comes_back = Dispatching._plan
    the_core_restarts = Dispatching._plan
    cancel = Dispatching._plan
    retry = Dispatching._plan
    device_reports = Dispatching._plan


TestDeciding = Deciding.TestCase
TestDeciding.settings = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
