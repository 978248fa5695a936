"""Run in a mount namespace of its own: mounts a way out, tries every tool, says what it saw.

`mounted.py BASE KIND openat2|walk` prints JSON {leaked, changed, done, told}.
"""

import json
import subprocess
import sys
from pathlib import Path

from device_agent.paths import beneath
from tests.device_agent.files.attacks import NAME, World, attempt


def mount(*arguments: object) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True)


def arrange(world: World, kind: str) -> str:
    """Mount it; returns the path to try."""
    spot = world.shared / "spot"
    if kind == "file":
        spot.touch()
        mount("--bind", world.outside / NAME, spot)
        return "spot"
    spot.mkdir()
    if kind == "proc":
        mount("--rbind", "/proc", spot)
        return f"spot/self/root{world.outside}/{NAME}"
    mount("--bind", world.outside, spot)
    if kind == "below":
        return f"spot/folder/{NAME}"
    return {"folder": "spot", "walked": ".", "inside": f"spot/{NAME}", "new": "spot/new.txt"}[kind]


def no_openat2(*_: object) -> int:
    raise NotImplementedError


def main(base: str, kind: str, way: str) -> None:
    world = World(Path(base))
    if way == "walk":
        beneath._openat2 = no_openat2
    before = world.beyond()
    loot = attempt(world, arrange(world, kind))
    said = {
        "leaked": loot.has_secret(),
        "changed": world.beyond() != before,
        "done": sorted(loot.done),
        "told": loot.seen,
    }
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
