"""`python -m bot.local_workspace`, as a process of its own."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]


@pytest.mark.processes
def test_it_says_what_to_set_and_ends_when_told(
    manifest: Path, free_port: Callable[[], int]
) -> None:
    port = free_port()
    command = [sys.executable, "-m", "bot.local_workspace"]
    options = ["--port", str(port), "--manifest", str(manifest)]
    with subprocess.Popen(
        command + options, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        first = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
    assert first == f"export SLACK_API_URL=http://127.0.0.1:{port}/api/\n"
    assert "export SLACK_APP_TOKEN=xapp-" in rest
    assert process.returncode == 0
