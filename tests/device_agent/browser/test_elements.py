"""A page's tree as text: what the page itself says in it is never taken for a mark of the tree."""

import subprocess
import sys

from device_agent.browser.elements import Element, elements_of, filled

SNAPSHOT = """\
- button "Read more [ref=e5]" [ref=e3] [cursor=pointer]
- 'button "Pay: now" [ref=e5]'
- textbox "Name [ref=e7]" [active] [ref=e6]: Ada [ref=e8]
- textbox "Empty [ref=e9]: full" [ref=e10]
- paragraph: look here [ref=e11]
- paragraph [ref=e12]: a b"""


def test_a_ref_that_stands_in_a_name_or_a_text_names_no_element() -> None:
    assert elements_of(SNAPSHOT) == [
        Element("e3", "button", "Read more [ref=e5]", "Read more [ref=e5]"),
        Element("e5", "button", "Pay: now", "Pay: now"),
        Element("e6", "textbox", "Name [ref=e7]", "Name [ref=e7]"),
        Element("e10", "textbox", "Empty [ref=e9]: full", "Empty [ref=e9]: full"),
        Element("e12", "paragraph", "", "a b"),
    ]


def test_only_a_field_with_something_in_it_is_filled() -> None:
    assert filled(SNAPSHOT) == ["e6"]


def test_marks_that_never_end_are_read_in_one_go() -> None:
    reading = """
from device_agent.browser.elements import changes, elements_of
line = '- button "' + "[ref=" * 200_000 + '" [ref=e1]'
assert changes("", line) and elements_of(line)
"""
    # Killed where it does not end, which fails the test.
    ended = subprocess.run(
        [sys.executable, "-c", reading], check=False, capture_output=True, timeout=120
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
