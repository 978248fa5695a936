"""A small real job: type into an editor's window, read it back, save it."""

import struct

import pytest

from dispatch_core.lifecycle import StepStatus
from tests.device_agent.desktop.conftest import Editor, User
from tests.device_agent.standin import eventually

pytestmark = pytest.mark.processes


def test_what_is_typed_is_read_back_from_the_tree_and_saved(editor: Editor, user: User) -> None:
    said = "héllo wörld, Grüße → 東京 {[|\\@~]} \"Ünï\"\nsecond\tline"
    typed = user.do(action="type", text=said)
    assert typed.status is StepStatus.DONE, typed.text
    field = user.ref("text")
    assert eventually(lambda: user.do(action="read", ref=field).text == said)
    pressed = user.do(action="press", keys="ctrl+s")
    assert pressed.status is StepStatus.DONE
    assert eventually(lambda: editor.path.read_text() == said)
