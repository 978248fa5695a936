"""Some letters behind a brace crash the grammar's own scanner; it is never given those."""

import subprocess
import sys

import pytest

from dispatch_core.policy.commands.analysis import analyse

# In a process of its own: where it fails, it fails by a signal.
READ_THEM = """
import sys
from dispatch_core.policy.commands.analysis import analyse

for code in range(0x100, 0x110000, 251):
    analyse(sys.argv[1].replace("X", chr(code)))
"""
BRACES = ["{X", "a {X", "{1X", "{1..X", "{1..2X", "{1..2}{X", "{X..", "${X", "{\\X", "{{XX"]


@pytest.mark.parametrize("command", BRACES)
def test_whatever_letter_stands_behind_a_brace_the_process_lives_on(command: str) -> None:
    reader = [sys.executable, "-c", READ_THEM, command]
    reading = subprocess.run(reader, check=False, capture_output=True)
    assert (reading.returncode, reading.stderr) == (0, b"")


def test_a_denial_is_found_beside_such_a_letter() -> None:
    assert analyse("{\U000c504f}; rm -rf /").denial
    assert analyse("sh -c '{\U000c504f}; rm -rf /'").denial


@pytest.mark.parametrize("command", ['echo "{名前}"', "echo {名前}", "echo '{1..名}'"])
def test_such_a_letter_is_never_called_plain(command: str) -> None:
    assert not analyse(command).is_plain
