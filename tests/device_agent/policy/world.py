"""A small home with one shared folder, for a policy to judge commands in."""

from dataclasses import dataclass
from pathlib import Path

from device_agent.folders import Folders
from device_agent.policy.commands import judge_command
from device_agent.policy.owner import Mode, Modes, OwnerPolicy, ShellRules
from dispatch_core.protocol import Preparation

PLAIN_CONFIG = '[core]\n\trepositoryformatversion = 0\n\tbare = false\n[user]\n\tname = "Ada"\n'


@dataclass(frozen=True)
class World:
    """~ is home, ~/work is shared, ~/.dispatch-device is the companion's own."""

    home: Path

    @property
    def work(self) -> Path:
        return self.home / "work"

    @property
    def own(self) -> Path:
        return self.home / ".dispatch-device"

    @property
    def folders(self) -> Folders:
        return Folders((str(self.work),), self.own)

    @property
    def variables(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.home)}

    def judge(
        self,
        command: str,
        policy: OwnerPolicy | None = None,
        *,
        start: Path | None = None,
        variables: dict[str, str] | None = None,
    ) -> Preparation:
        return judge_command(
            command,
            working_directory=start or self.work,
            folders=self.folders,
            policy=policy or READS_UNASKED,
            environment=variables or self.variables,
        )


READS_UNASKED = OwnerPolicy(
    modes=Modes(shell=Mode.ALLOW), shell=ShellRules(deny=("frob", "git push --force"))
)
DEFAULT = OwnerPolicy()


def make_world(home: Path) -> World:
    world = World(home)
    files = {
        "secret.txt": "s3cret\n",
        ".dispatch-device/identity.json": "{}",
        "work/notes.txt": "a note\n",
        "work/a b.txt": "two words\n",
        "work/-dash": "a name like an option\n",
        "work/src/main.py": "def main(): ...\n",
        "work/src/lib.py": "x = 1\n",
        "work/tool.py": "print(1)\n",
        "work/app.js": "1\n",
        "work/Makefile": "test:\n\ttrue\n",
        "work/run.sh": "#!/bin/sh\necho hello\n",
    }
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    (world.work / "run.sh").chmod(0o755)
    make_repository(world.work)
    (world.work / "link-in").symlink_to("notes.txt")
    (world.work / "link-out").symlink_to(home / "secret.txt")
    (world.work / "out-dir").symlink_to(home)
    (world.work / "own-link").symlink_to(world.own)
    return world


def make_repository(folder: Path, config: str = PLAIN_CONFIG) -> Path:
    """The least that git takes for a repository."""
    git = folder / ".git"
    for part in ("objects", "refs"):
        (git / part).mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    (git / "config").write_text(config)
    return git
