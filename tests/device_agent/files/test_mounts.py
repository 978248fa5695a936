"""What is mounted inside a shared folder is not shared with it: a bind mount could be anything."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NAMESPACE = ("unshare", "--map-root-user", "--mount")
PROBE = "import subprocess; subprocess.run(['mount', '-t', 'tmpfs', 'x', '/mnt'], check=True)"
ROOT = Path(__file__).parents[3]


def can_mount() -> bool:
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    # By the interpreter itself, which must be in reach there, too.
    command = (*NAMESPACE, sys.executable, "-c", PROBE)
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session", autouse=True)
def _mounting() -> None:
    if not can_mount():
        pytest.skip("mounts need Linux and a user or mount namespace, which is refused here")


@pytest.mark.parametrize("way", ["openat2", "walk"])
@pytest.mark.parametrize("kind", ["folder", "inside", "below", "new", "file", "walked", "proc"])
def test_a_mount_in_the_shared_folder_is_no_way_out(kind: str, way: str, tmp_path: Path) -> None:
    command = (*NAMESPACE, sys.executable, "-m", "tests.device_agent.files.mounted")
    tried = subprocess.run(
        (*command, str(tmp_path), kind, way),
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    said = json.loads(tried.stdout)
    assert not said["leaked"], said["told"]
    assert not said["changed"]
    if kind == "walked":
        assert any("1 other file system" in told for told in said["told"])
    else:
        assert not said["done"]
