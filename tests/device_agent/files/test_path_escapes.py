"""Every trick to leave the shared folder, tried with every tool: none gets out."""

import os
import socket
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from device_agent.paths import beneath
from tests.device_agent.files.attacks import KEY, NAME, TOOLS, World, attempt, standing_in

Make = Callable[[World], object]
ALL = frozenset(TOOLS)


@dataclass(frozen=True)
class Escape:
    """A trick: its path, what lies there, and which tools may still do what they do, inside.

    Put in are {shared}, {outside}, and {fd} and {dirfd}, a file and a folder outside that are open.
    """

    trick: str
    path: str
    make: Make | None = None
    inside: frozenset[str] = frozenset()


def link(target: str, name: str = "link") -> Make:
    """A symlink in the shared folder."""
    return lambda world: (world.shared / name).symlink_to(
        target.format(outside=world.outside, shared=world.shared, pid=os.getpid())
    )


def chain(world: World) -> None:
    (world.shared / "link").symlink_to("one")
    (world.shared / "one").symlink_to("sub/two")
    (world.shared / "sub" / "two").symlink_to("../../outside")


def swapped_shared(world: World) -> None:
    world.shared.rename(world.base / "moved")
    world.shared.symlink_to(world.outside)


def unix_socket(world: World) -> None:
    with socket.socket(socket.AF_UNIX) as server, standing_in(world.shared):
        server.bind("socket")


def node(kind: int, major: int, minor: int) -> Make:
    def make(world: World) -> None:
        try:
            os.mknod(world.shared / "node", kind | 0o666, os.makedev(major, minor))
        except PermissionError:
            pytest.skip("only root makes device nodes")

    return make


def hard_link(world: World) -> None:
    os.link(world.private / KEY, world.shared / "hard")


def shouting(world: World) -> None:
    """As a file system does that knows no case: another name of the same folder."""
    (world.shared / ".Companion").symlink_to(".companion")


ESCAPES = (
    Escape("dots to a neighbour", f"../outside/{NAME}"),
    Escape("dots to a neighbour's folder", "../outside"),
    Escape("dots behind a folder", f"sub/../../outside/{NAME}"),
    Escape("dots behind a whole path", "{shared}/../outside/" + NAME),
    Escape("dots among single dots", f"./././../outside/./{NAME}"),
    Escape("in and out and out", f"sub/../sub/../../outside/{NAME}"),
    Escape("a file taken for a folder", f"notes.txt/../../outside/{NAME}"),
    Escape("a missing folder that dots cancel", f"missing/../../outside/{NAME}"),
    Escape("only dots", ".."),
    Escape("dots with a slash", "../"),
    Escape("dots, slash, dot", "../."),
    Escape("more dots than folders", "../" * 40 + "etc/passwd"),
    Escape("dots up and back in beside", "../shared-too/" + NAME),
    Escape("a name that begins like the shared one", "{shared}-too/" + NAME),
    Escape("a name that begins like the shared one, its folder", "{shared}-too"),
    Escape("many slashes", f"..//////outside///{NAME}"),
    Escape("the top", "/"),
    Escape("the top, twice", "//"),
    Escape("a whole path outside", "{outside}/" + NAME),
    Escape("a whole path outside, with a slash at its end", "{outside}/"),
    Escape("a system file", "/etc/passwd"),
    Escape("a system file behind two slashes", "//etc/passwd"),
    Escape("an address of a file", "file:///etc/passwd"),
    Escape("nothing", ""),
    Escape("a blank", " "),
    Escape("another's home", "~root/.bashrc"),
    Escape("nobody's home", "~no-such-user/x"),
    Escape("one's own home, which is outside", "~/" + NAME),
    Escape("one's own home itself", "~"),
    Escape("out of one's own home", f"~/../outside/{NAME}"),
    Escape("a shell's tilde", "~+/x"),
    Escape("the process's root", "/proc/self/root{outside}/" + NAME),
    Escape("the first process's root", "/proc/1/root{outside}/" + NAME),
    Escape("the thread's root", "/proc/thread-self/root{outside}/" + NAME),
    Escape("a task's root", "/proc/self/task/../root{outside}/" + NAME),
    Escape("the process's working folder", f"/proc/self/cwd/{NAME}"),
    Escape("the process's working folder itself", "/proc/self/cwd"),
    Escape("an open file's number", "/proc/self/fd/{fd}"),
    Escape("an open file's number, in /dev", "/dev/fd/{fd}"),
    Escape("an open folder's number", "/proc/self/fd/{dirfd}/" + NAME),
    Escape("an open folder's number, in /dev", "/dev/fd/{dirfd}/" + NAME),
    Escape("the process's memory", "/proc/self/mem"),
    Escape("the process's environment", "/proc/self/environ"),
    Escape("standard input", "/dev/stdin"),
    Escape("a device outside", "/dev/zero"),
    Escape("a link to a file outside", "link", link("{outside}/" + NAME)),
    Escape("a link with dots to a file outside", "link", link(f"../outside/{NAME}")),
    Escape("a link to a folder outside", "link", link("{outside}")),
    Escape("a link to a folder outside, with a slash", "link/", link("{outside}")),
    Escape("through a link to a folder outside", f"link/{NAME}", link("{outside}")),
    Escape("through a link, to a new name", "link/new.txt", link("{outside}")),
    Escape("through a link, back by dots", f"link/../{NAME}", link("{outside}/folder")),
    Escape("a link to what is not there yet", "link", link("{outside}/not-yet")),
    Escape("a chain of links", f"link/{NAME}", chain),
    Escape("a link to above", "link/outside/" + NAME, link("..")),
    Escape("a link to the process's root", "link{outside}/" + NAME, link("/proc/self/root")),
    Escape("a link to an open folder", "link/" + NAME, link("/proc/{pid}/cwd")),
    Escape("a link to itself", "link", link("link")),
    Escape("a link named by dots", ".../" + NAME, link("{outside}", "...")),
    Escape("a link in a folder that is walked", ".", link("{outside}"), ALL - {"read", "write"}),
    Escape(
        "a link to a file in a folder that is walked",
        "sub",
        link("{outside}/" + NAME, "sub/link"),
        ALL - {"read", "write"},
    ),
    Escape("the shared folder is a link by now", NAME, swapped_shared),
    Escape("the shared folder is a link by now, itself", ".", swapped_shared),
    Escape("dots written wide", f"\uff0e\uff0e/outside/{NAME}"),
    Escape("dots that lead", f"\u2024\u2024/outside/{NAME}"),
    Escape("a slash that divides", f"..\u2215outside\u2215{NAME}"),
    Escape("a slash written wide", f"..\uff0foutside\uff0f{NAME}"),
    Escape("dots as an address has them", f"%2e%2e/outside/{NAME}"),
    Escape(
        "dots with a slash as an address has it",
        f"..%2foutside%2f{NAME}",
        None,
        ALL - {"read", "list"},
    ),
    Escape("backslashes", f"..\\outside\\{NAME}", None, ALL - {"read", "list"}),
    Escape("text that runs backwards", "notes\u202etxt.exe"),
    Escape("a blank of no width", "no\u200btes.txt"),
    Escape("a mark of byte order", "\ufeffnotes.txt"),
    Escape("dots parted by nothing", f".\u200b./outside/{NAME}"),
    Escape("a line break", "notes.txt\n../outside"),
    Escape("a tab", "notes\t.txt"),
    Escape("a carriage return", "notes.txt\r"),
    Escape("an escape", "\x1b[2Knotes.txt"),
    Escape("a NUL before the ending", f"../outside/{NAME}\0.png"),
    Escape("a NUL at the start", "\0notes.txt"),
    Escape("half a character", "\ud800../outside"),
    Escape("bytes that are no text", "\udcff/../../outside/" + NAME),
    Escape("a name longer than names are", "n" * 300),
    Escape("a path longer than paths are", "sub/../" * 1_000 + "notes.txt"),
    Escape("a path of the longest kind that leaves", "sub/../" * 500 + f"../outside/{NAME}"),
    Escape("the companion's home", f".companion/{KEY}"),
    Escape("the companion's home itself", ".companion"),
    Escape("the companion's home by dots", f"sub/../.companion/{KEY}"),
    Escape("the companion's home by a link", f"link/{KEY}", link(".companion")),
    Escape("the companion's home in another case", f".Companion/{KEY}", shouting),
    Escape("the companion's home in a folder that is walked", ".", None, ALL - {"read", "write"}),
    Escape("a new file in the companion's home", ".companion/policy.toml"),
    Escape("the companion's key by a hard link", "hard", hard_link),
    Escape("the companion's key by a hard link, walked", ".", hard_link, ALL - {"read", "write"}),
    Escape("a pipe", "pipe", lambda world: os.mkfifo(world.shared / "pipe")),
    Escape("a socket", "socket", unix_socket),
    Escape("a device of the shared folder", "node", node(stat.S_IFCHR, 1, 5)),
    Escape("a disk of the shared folder", "node", node(stat.S_IFBLK, 7, 0)),
    Escape("a file with a slash at its end", "notes.txt/"),
    Escape("a file with a slash and a dot at its end", "notes.txt/."),
    Escape("a shared file by the process's root", "/proc/self/root{shared}/notes.txt", None, ALL),
)


@pytest.fixture(params=["openat2", "walk"])
def opener(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to open must keep the same promises."""
    if request.param == "walk":

        def no_openat2(*_: object) -> int:
            raise NotImplementedError

        monkeypatch.setattr(beneath, "_openat2", no_openat2)


@pytest.mark.usefixtures("opener")
@pytest.mark.parametrize("escape", ESCAPES, ids=lambda escape: escape.trick)
def test_no_trick_leaves_the_shared_folder(
    escape: Escape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path)
    monkeypatch.setenv("HOME", str(world.outside))
    if escape.make is not None:
        escape.make(world)
    before = world.beyond()
    with (world.outside / NAME).open() as file, standing_in(world.outside):
        folder = os.open(world.outside, os.O_RDONLY)
        path = escape.path
        for name, value in (
            ("{shared}", world.shared),
            ("{outside}", world.outside),
            ("{fd}", file.fileno()),
            ("{dirfd}", folder),
        ):
            path = path.replace(name, str(value))
        loot = attempt(world, path)
        os.close(folder)
    assert not loot.has_secret(), loot.seen
    assert world.beyond() == before
    assert loot.done <= escape.inside, loot.done - escape.inside


def test_there_are_at_least_sixty_tricks_each_with_a_name_of_its_own() -> None:
    assert len({escape.trick for escape in ESCAPES}) == len(ESCAPES) >= 60
