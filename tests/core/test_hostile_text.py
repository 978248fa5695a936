"""Texts made to make a reader go over them again and again: each must be read in one go.

Where a reader takes the square of a text's length, these take it hours, not seconds.
"""

import subprocess
import sys

import pytest

PATIENCE = 120.0  # seconds, on a machine that has much else to do
MANY = 400_000
ROUTING = "from dispatch_core.routing import parse_request, route_of\nroute_of(parse_request(text))"
SHOWING = "from dispatch_core.redaction import show_payload\nshow_payload(text)"
HIDING = "from dispatch_core.redaction import hides_what_acts\nhides_what_acts(text)"
WORDS = "from dispatch_core.routes.desktop_local.words import plan\nplan(text)"
WISH = """
from datetime import UTC, datetime
from dispatch_core.errors import BadSchedule
from dispatch_core.timetable.phrases import read_wish
try:
    read_wish(text, datetime.now(UTC), "UTC")
except BadSchedule:
    pass
"""
COMMAND = """
from dispatch_core.policy.commands import forbidden, interpreters
interpreters.look_into(text, ())
forbidden.forbidden_call(("rm", "-rf", text))
"""


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (ROUTING, f"'write a ' + 'x' * {MANY} + ']'"),
        (ROUTING, f"'[a' + '=' * {MANY}"),
        (ROUTING, f"'[device=' + ' ' * {MANY} + 'b]'"),
        (ROUTING, f"'get a' + ' ' * {MANY} + 'x\\ny'"),
        (ROUTING, f"'-' * {MANY} + ' x'"),
        (WORDS, "'write a ' + '\\t' * 40_000 + 'x'"),
        (SHOWING, f"'eyJ-' * {MANY}"),
        (SHOWING, f"'eyJ-' * {MANY} + '.short'"),
        (HIDING, f"'[redacted: ' * {MANY}"),
        (WISH, f"'every day at 9 ' + '.' * {MANY} + 'x'"),
        (WISH, f"'[a' + '=' * {MANY}"),
        (COMMAND, f"'1' * {MANY} + 'x'"),
        (COMMAND, f"'/' + '*' * {MANY} + '/a/b'"),
        (COMMAND, f"'/{{' * {MANY} + '\\nx'"),
    ],
)
def test_a_text_of_any_length_is_read_in_one_go(reader: str, text: str) -> None:
    reading = [sys.executable, "-c", f"text = {text}\n{reader}"]
    # Killed where it does not end, which fails the test.
    ended = subprocess.run(reading, check=False, capture_output=True, timeout=PATIENCE)
    assert (ended.returncode, ended.stderr) == (0, b"")
