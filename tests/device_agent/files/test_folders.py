"""Files and folders: what is shared is read, and nothing else, however the path is written."""

import os
import threading
from pathlib import Path

import pytest

from device_agent import folders as folders_module
from device_agent.errors import (
    BadPath,
    MissingPath,
    NothingShared,
    OutsideFolders,
    Unreadable,
    WrongSort,
)
from device_agent.folders import Folders
from device_agent.paths import beneath
from dispatch_core.errors import DispatchError


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    (folder / "notes.txt").write_text("notes")
    (folder / "sub").mkdir()
    (folder / "sub" / "deep.txt").write_text("deep")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "shared-too").mkdir()
    (tmp_path / "shared-too" / "x").write_text("not shared, though its name begins alike")
    (tmp_path / "home").mkdir()
    return folder


@pytest.fixture(params=["openat2", "walk"])
def folders(
    request: pytest.FixtureRequest, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Folders:
    """Both ways to open must keep the same promises."""
    if request.param == "walk":

        def no_openat2(*_: object) -> int:
            raise NotImplementedError

        monkeypatch.setattr(beneath, "_openat2", no_openat2)
    return Folders([str(shared)], private=tmp_path / "home")


def read(folders: Folders, path: str) -> str:
    with folders.open_file(path) as handle:
        return os.read(handle, 100).decode()


@pytest.mark.parametrize(
    "path", ["notes.txt", "./notes.txt", "sub/../notes.txt", "{shared}/notes.txt", "sub//deep.txt"]
)
def test_a_shared_file_is_read_by_any_of_its_names(
    folders: Folders, shared: Path, path: str
) -> None:
    assert read(folders, path.format(shared=shared)) in {"notes", "deep"}


def test_a_symlink_inside_the_folder_is_followed(folders: Folders, shared: Path) -> None:
    (shared / "link").symlink_to("sub")
    assert read(folders, "link/deep.txt") == "deep"


def test_the_home_folder_may_be_written_as_a_tilde(
    folders: Folders, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(shared))
    assert read(folders, "~/notes.txt") == "notes"


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "sub/../../secret.txt",
        "{shared}/../secret.txt",
        "{shared}-too/x",
        "../shared-too/x",
        "/etc/passwd",
        "/proc/self/root/etc/passwd",
        "/proc/self/cwd/secret.txt",
        "/dev/zero",
        "~root/x",
        "..",
        "/",
        "",
    ],
)
def test_what_is_outside_is_never_read(folders: Folders, shared: Path, path: str) -> None:
    with pytest.raises((OutsideFolders, MissingPath, WrongSort, BadPath)):
        read(folders, path.format(shared=shared))


def test_a_missing_file_outside_tells_nothing_about_itself(folders: Folders) -> None:
    with pytest.raises(OutsideFolders):
        read(folders, "../no-such-file")


@pytest.mark.parametrize(
    "path",
    [
        "\uff0e\uff0e/secret.txt",
        "..\u2215secret.txt",
        "\u2024\u2024/secret.txt",
        "%2e%2e/secret.txt",
    ],
)
def test_dots_that_only_look_alike_are_plain_names(folders: Folders, path: str) -> None:
    with pytest.raises(MissingPath):
        read(folders, path)


def test_a_name_with_a_nul_is_no_name(folders: Folders) -> None:
    with pytest.raises(BadPath, match="NUL"):
        read(folders, "notes.txt\0.jpg")


@pytest.mark.parametrize("target", ["../secret.txt", "/proc/self/root/etc/passwd", "/etc/passwd"])
def test_a_symlink_that_leads_out_is_refused(folders: Folders, shared: Path, target: str) -> None:
    (shared / "link").symlink_to(target)
    with pytest.raises(OutsideFolders):
        read(folders, "link")


def test_a_symlink_that_leads_to_itself_is_refused(folders: Folders, shared: Path) -> None:
    (shared / "loop").symlink_to("loop")
    with pytest.raises((OutsideFolders, MissingPath)):
        read(folders, "loop")


def test_a_folder_swapped_for_a_symlink_after_the_check_is_not_followed(
    folders: Folders, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "deep.txt").write_text("secret")
    resolve = folders.resolve

    def resolve_then_swap(path: str) -> tuple[Path, Path]:
        answer = resolve(path)
        (shared / "sub").rename(tmp_path / "moved")
        (shared / "sub").symlink_to(outside)
        return answer

    monkeypatch.setattr(folders, "resolve", resolve_then_swap)
    with pytest.raises((OutsideFolders, MissingPath)):
        read(folders, "sub/deep.txt")


def test_a_shared_folder_swapped_for_a_symlink_is_not_followed(
    folders: Folders, shared: Path, tmp_path: Path
) -> None:
    shared.rename(tmp_path / "moved")
    shared.symlink_to(tmp_path)
    with pytest.raises((OutsideFolders, MissingPath)):
        read(folders, "secret.txt")


def test_no_swap_in_a_race_ever_gives_the_secret(
    folders: Folders, shared: Path, tmp_path: Path
) -> None:
    (tmp_path / "deep.txt").write_text("secret")
    ended = threading.Event()

    def swap() -> None:
        while not ended.is_set():
            (shared / "sub").rename(shared / "kept")
            (shared / "sub").symlink_to(tmp_path)
            (shared / "sub").unlink()
            (shared / "kept").rename(shared / "sub")

    swapper = threading.Thread(target=swap)
    swapper.start()
    seen = set()
    for _ in range(400):
        try:
            seen.add(read(folders, "sub/deep.txt"))
        except DispatchError as error:
            seen.add(type(error).__name__)
    ended.set()
    swapper.join()
    assert "secret" not in seen


def test_the_companions_own_home_stays_closed(shared: Path) -> None:
    (shared / ".dispatch-device").mkdir()
    (shared / ".dispatch-device" / "identity.key").write_text("key")
    folders = Folders([str(shared)], private=shared / ".dispatch-device")
    for path in (".dispatch-device/identity.key", "sub/../.dispatch-device/identity.key"):
        with pytest.raises(OutsideFolders):
            read(folders, path)


def test_a_missing_file_is_named(folders: Folders) -> None:
    with pytest.raises(MissingPath, match=r"There is no nothing\.txt on this device"):
        read(folders, "nothing.txt")


def test_a_pipe_is_refused_without_waiting_for_it(folders: Folders, shared: Path) -> None:
    os.mkfifo(shared / "pipe")
    with pytest.raises(WrongSort, match="no regular file"):
        read(folders, "pipe")


def test_a_folder_is_not_read_and_a_file_not_listed(folders: Folders) -> None:
    with pytest.raises(WrongSort, match="`ls sub`"):
        read(folders, "sub")
    with pytest.raises(WrongSort, match=r"`get notes\.txt`"), folders.open_folder("notes.txt"):
        pass


def test_without_a_shared_folder_nothing_is_read(tmp_path: Path) -> None:
    with pytest.raises(NothingShared):
        read(Folders([], private=tmp_path), "/etc/passwd")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_says_so(folders: Folders, shared: Path) -> None:
    (shared / "notes.txt").chmod(0)
    with pytest.raises(Unreadable, match="permission denied"):
        read(folders, "notes.txt")


def test_a_folder_shared_inside_another_is_opened_as_itself(shared: Path, tmp_path: Path) -> None:
    folders = Folders([str(shared), str(shared / "sub")], private=tmp_path / "home")
    assert folders.place("sub/deep.txt").folder == shared / "sub"
    assert read(folders, "sub/deep.txt") == "deep"


def test_what_is_no_file_is_not_even_opened(
    folders: Folders, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To open a device can make it do something."""
    os.mkfifo(shared / "pipe")
    opened: list[str] = []
    real = folders_module.open_beneath

    def noting(root: int, inside: Path, flags: int = 0) -> int:
        opened.append(str(inside))
        return real(root, inside, flags)

    monkeypatch.setattr(folders_module, "open_beneath", noting)
    with pytest.raises(WrongSort):
        read(folders, "pipe")
    assert opened == ["."]
