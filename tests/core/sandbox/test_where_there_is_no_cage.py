"""Code never runs without a cage; it is said why there is none, and how to mend it."""

import subprocess
import sys

import pytest

from dispatch_core.errors import NoSandbox
from dispatch_core.sandbox import fonts, probe, run, seccomp
from dispatch_core.sandbox.job import Job, Language
from dispatch_core.sandbox.limits import Limits


async def ignore(_text: str) -> None:
    return None


def test_here_is_a_cage():
    assert probe.probe() == ""


def test_without_bubblewrap_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert probe.probe.__wrapped__() == (
        "bubblewrap is not installed; install it, on Debian with: apt-get install bubblewrap"
    )


def test_without_a_tool_it_names_it(monkeypatch, tmp_path):
    (tmp_path / "bwrap").write_text("#!/bin/sh\n")
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "prlimit" in probe.probe.__wrapped__()


async def test_without_a_cage_nothing_is_run(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "probe", lambda: "there is none")
    witness = tmp_path / "witness"
    job = Job(Language.BASH, f"touch {witness}")
    with pytest.raises(NoSandbox, match="cloud-code has no sandbox here.*there is none"):
        await run.Sandbox(job, Limits(5), tmp_path).run(ignore)
    assert not witness.exists()


async def test_where_bubblewrap_fails_later_nothing_is_run(monkeypatch, tmp_path):
    """The probe went well, and then an operator took user namespaces away."""
    script = ['[ "$1" = --version ] && echo 0.8.0 && exit', "echo bwrap: no >&2", "exit 1"]
    (tmp_path / "bwrap").write_text("\n".join(["#!/bin/sh", *script]))
    (tmp_path / "bwrap").chmod(0o755)
    tmp_path.chmod(0o755)
    monkeypatch.setattr(run.cage, "bwrap", lambda: str(tmp_path / "bwrap"))
    job = Job(Language.BASH, "echo never")
    with pytest.raises(NoSandbox, match="could not start: "):
        await run.Sandbox(job, Limits(5), tmp_path).run(ignore)


@pytest.mark.processes
def test_where_user_namespaces_are_off_it_says_how_to_turn_them_on():
    script = (
        "echo 0 > /proc/sys/user/max_user_namespaces && exec "
        f"{sys.executable} -c 'from dispatch_core.sandbox.probe import probe; print(probe())'"
    )
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", script],
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    assert "turn on: sysctl -w user.max_user_namespaces" in done.stdout


@pytest.mark.parametrize(
    ("switch", "value", "mend"),
    [
        ("APPARMOR", "1", "bwrap-userns-restrict"),
        ("DEBIAN_SWITCH", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
    ],
)
def test_each_switch_of_the_kernel_has_its_own_advice(monkeypatch, tmp_path, switch, value, mend):
    (tmp_path / "switch").write_text(f"{value}\n")
    monkeypatch.setattr(probe, switch, tmp_path / "switch")
    monkeypatch.setattr(probe, "_try", lambda: "bwrap: setting up uid map: Permission denied")
    said = probe.probe.__wrapped__()
    assert mend in said
    assert "Permission denied" in said


def test_the_filter_of_system_calls_is_whole_lines_and_empty_on_unknown_machines():
    assert seccomp.program("riscv64") == b""
    for machine in ("x86_64", "aarch64"):
        assert len(seccomp.program(machine)) % 8 == 0


async def test_the_list_of_fonts_is_made_once_and_used(tmp_path):
    made = await fonts.font_list(tmp_path)
    assert made is not None
    name, content = made
    assert name.startswith("fontlist-")
    assert b"DejaVuSans.ttf" in content
    (kept,) = tmp_path.glob("fonts-*/fontlist-*.json")
    kept.write_bytes(b"{}")
    assert await fonts.font_list(tmp_path) == (name, b"{}")


async def test_with_the_list_matplotlib_makes_none(tmp_path):
    (tmp_path / "left").mkdir()
    listed = await fonts.font_list(tmp_path)
    code = (
        "import os, matplotlib\n"
        "path = matplotlib.get_cachedir()\n"
        "before = {n: os.stat(f'{path}/{n}').st_ino for n in os.listdir(path)}\n"
        "import matplotlib.pyplot as plt; plt.plot([1]); plt.savefig('/tmp/x.png')\n"
        "print(before == {n: os.stat(f'{path}/{n}').st_ino for n in os.listdir(path)}, len(before))"
    )
    box = run.Sandbox(Job(Language.PYTHON, code, fonts=listed), Limits(60), tmp_path / "left")
    assert (await box.run(ignore)).output == "True 1\n"
