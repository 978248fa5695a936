"""Root starts bubblewrap as nobody: the kernel does not count root's processes against a limit.

Nobody can't look into root's folders (a Python under /root, for one). So root first binds them, in
a mount namespace of this one program, to a place that nobody can reach.
"""

import os
from collections.abc import Sequence
from pathlib import Path

NOBODY = 65_534
STAGES = (Path("/mnt"), Path("/media"), Path("/srv"))

STAGE_AND_DROP = f"""
set -e
stage=$1; count=$2; shift 2
mount -t tmpfs -o mode=0755,size=64k tmpfs "$stage"
place=0
while [ "$place" -lt "$count" ]; do
    mkdir "$stage/$place"
    mount --bind "$1" "$stage/$place"
    shift; place=$((place + 1))
done
exec setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups --inh-caps=-all -- "$@"
"""


def tools() -> tuple[str, ...]:
    """The programs that must be there besides bubblewrap."""
    return ("sh", "nice", "prlimit", *(("unshare", "mount", "setpriv") if _is_root() else ()))


def lower(folders: Sequence[Path]) -> tuple[list[str], dict[Path, Path]]:
    """The command to put before bubblewrap's, and where bubblewrap will find each folder."""
    if not _is_root():
        return [], {folder: folder for folder in folders}
    stage = next(place for place in STAGES if _is_free(place, folders))
    shell = ["unshare", "--mount", "--propagation", "private", "--", "sh", "-c", STAGE_AND_DROP]
    command = [*shell, "sh", str(stage), str(len(folders)), *map(str, folders)]
    return command, {folder: stage / str(place) for place, folder in enumerate(folders)}


def _is_root() -> bool:
    return os.geteuid() == 0


def _is_free(stage: Path, folders: Sequence[Path]) -> bool:
    return stage.is_dir() and not any(folder.is_relative_to(stage) for folder in folders)
