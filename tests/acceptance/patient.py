"""Runs a module beside a patient Slack: `python -m tests.acceptance.patient MODULE ARGS…`.

The local workspace in its process waits longer for an answer, and keeps a trigger for longer, than
Slack's three seconds, which a machine that stalls would break. All else is as it is.
"""

import runpy
import sys

from bot.local_workspace import workspace
from tests.acceptance.local_slack import PATIENT

if __name__ == "__main__":
    workspace.Pace = lambda: PATIENT  # type: ignore[assignment, misc]
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
