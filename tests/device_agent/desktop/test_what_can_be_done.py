"""What is reported as a capability, what is refused with its why, and what is never granted."""

import importlib.util
import os
import pty
import socket
import sys
from pathlib import Path

import pytest

from device_agent.desktop import probe
from device_agent.desktop.chords import read_keys, stays_inside
from device_agent.desktop.errors import NoSuchKey, NotOnThisDesktop
from device_agent.desktop.programs import Owner, owner_of, why_never_granted
from device_agent.permissions import find_capabilities
from dispatch_core.abilities import VerdictKind
from dispatch_core.lifecycle import StepStatus
from tests.device_agent.desktop.conftest import Editor, make_user
from tests.device_agent.desktop.desk import Desk
from tests.device_agent.waiting import eventually


def test_without_the_extra_there_is_no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "pynput" else found(name)
    )
    assert not probe.can_use_desktop()
    assert "pip install '.[desktop]' in Dispatch's folder" in probe.why_no_desktop()
    assert not find_capabilities(()).desktopAutomation


@pytest.mark.processes
def test_a_display_is_a_capability_and_its_limits_are_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_capabilities(()).desktopAutomation
    assert probe.limits() == {}
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert list(probe.limits()) == ["screenshot"]
    monkeypatch.delenv("WAYLAND_DISPLAY")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(desk.home))
    with socket.socket(socket.AF_UNIX) as bus:
        bus.bind(str(desk.home / "bus"))
        assert probe.session_bus() == f"unix:path={desk.home}/bus"
        assert probe.limits() == {}
    (desk.home / "bus").unlink()
    assert list(probe.limits()) == ["tree", "read", "set_text"]
    monkeypatch.setattr(sys, "platform", "win32")
    assert list(probe.limits()) == ["windows", "focus", "tree", "read", "set_text"]


@pytest.mark.processes
def test_a_limit_is_a_refusal_with_one_sentence(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    with pytest.raises(NotOnThisDesktop, match="can't do screenshot: a Wayland session"):
        make_user(tmp_path).prepare(action="screenshot")


@pytest.mark.processes
def test_where_windows_cannot_be_told_apart_each_act_is_asked_each_time(
    editor: Editor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seat of macOS and Windows, here over X11: both libraries are the same there."""
    field = editor.user.ref("text")
    monkeypatch.setattr("device_agent.desktop.tool.has_x11", lambda: False)
    blind = make_user(tmp_path)
    for asked in ({"action": "type", "text": "x"}, {"action": "click", "x": 1, "y": 2}):
        prepared = blind.prepare(**asked)
        assert (prepared.verdict, prepared.grant) == (VerdictKind.ASK, None)
    assert blind.do(action="type", text="plain").status is StepStatus.DONE
    assert eventually(lambda: editor.user.do(action="read", ref=field).text == "plain")
    assert blind.do(action="press", keys="ctrl+a").status is StepStatus.DONE
    assert blind.do(action="click", x=100, y=100).status is StepStatus.DONE
    assert blind.do(action="screenshot").status is StepStatus.DONE
    assert blind.sent["desktop.png"].startswith(b"\x89PNG")
    with pytest.raises(NotOnThisDesktop):
        blind.prepare(action="click", ref="n1")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("ctrl+s", ("ctrl", "s")),
        ("Ctrl+Shift+T", ("ctrl", "shift", "T")),
        ("Enter", ("enter",)),
        ("Return", ("enter",)),
        ("super+l", ("cmd", "l")),
        ("ctrl++", ("ctrl", "+")),
        ("+", ("+",)),
        ("ctrl+plus", ("ctrl", "+")),
        ("PgDn", ("page_down",)),
        ("F12", ("f12",)),
        ("é", ("é",)),
    ],
)
def test_keys_are_read_as_people_write_them(text: str, keys: tuple[str, ...]) -> None:
    assert read_keys(text) == keys


@pytest.mark.parametrize(
    "text", ["ctrl+", "hello", "s+ctrl", "ctrl+ctrl", "ctrl+a+b", "\x1b", "f13"]
)
def test_what_is_no_key_is_said(text: str) -> None:
    with pytest.raises(NoSuchKey):
        read_keys(text)


@pytest.mark.parametrize("text", ["super", "super+l", "alt+F4", "ctrl+alt+t", "alt+tab", "ctrl"])
def test_keys_that_may_leave_the_window_are_known(text: str) -> None:
    assert not stays_inside(read_keys(text))
    assert stays_inside(read_keys("ctrl+shift+s"))


def test_typing_into_terminals_launchers_and_interpreters_is_never_granted() -> None:
    mine = os.getpid()
    for name in ("xterm", "gnome-terminal-server", "konsole", "kitty"):
        assert "terminal" in why_never_granted(Owner(name, f"/usr/bin/{name}", mine))
    for name in ("gnome-shell", "rofi", "xfce4-appfinder"):
        assert "any program" in why_never_granted(Owner(name, f"/usr/bin/{name}", mine))
    assert "many programs" in why_never_granted(owner_of(mine, "a script"))
    assert "can't be told" in why_never_granted(Owner("a window"))
    assert why_never_granted(Owner("editor", "/usr/bin/editor", mine)) == ""


def test_a_program_that_holds_a_terminal_is_one_whatever_its_name() -> None:
    master, slave = pty.openpty()
    try:
        assert "terminal" in why_never_granted(Owner("editor", "/usr/bin/editor", os.getpid()))
    finally:
        os.close(master)
        os.close(slave)
