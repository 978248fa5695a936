"""Git looks unasked only at a repository whose settings can't make it start a program."""

from pathlib import Path

import pytest

from dispatch_core.abilities import VerdictKind
from tests.device_agent.policy.world import PLAIN_CONFIG, World, make_repository

HARMFUL = [
    "[core]\n\tfsmonitor = ./run.sh",
    "[core]\n\tpager = ./run.sh",
    "[core] fsmonitor = ./run.sh",
    "[CORE]\n\tFSMonitor = ./run.sh",
    "[core]\n\tsshCommand = ./run.sh",
    "[core]\n\thooksPath = hooks",
    "[core]\n\tworktree = /",
    "[core]\n\tattributesFile = x",
    "[core]\n\tfsmonitor",
    "[diff]\n\texternal = ./run.sh",
    '[diff "x"]\n\ttextconv = ./run.sh',
    '[diff "x"]\n\tcommand = ./run.sh',
    '[filter "x"]\n\tclean = ./run.sh',
    '[filter "x"]\n\tprocess = ./run.sh',
    "[gpg]\n\tprogram = ./run.sh",
    "[include]\n\tpath = ../x",
    '[includeIf "gitdir:/"]\n\tpath = ../x',
    "[extensions]\n\tpartialClone = origin",
    '[remote "o"]\n\turl = x\n\tuploadpack = ./run.sh',
    "[remote.o]\n\tuploadpack = ./run.sh",
    "[alias]\n\tlog = !./run.sh",
    "[pager]\n\tlog = ./run.sh",
    '[user]\n\tname = "a\\\n[core]\n\tfsmonitor=x"',
    "[core\n\tfsmonitor = x",
    "\x00",
]
HARMLESS = [
    PLAIN_CONFIG,
    "",
    "# a comment\n; another\n[core]\n\tfilemode = true # with a remark\n\tignorecase\n",
    '[remote "origin"]\n\turl = https://example.org/x.git\n\tfetch = +refs/heads/*:refs/x/*',
    '[branch "a/b"]\n\tremote = origin\n\tmerge = refs/heads/a/b\n[pull]\n\trebase = true',
]


@pytest.fixture
def repository(own_world: World) -> Path:
    folder = own_world.work / "repo"
    folder.mkdir()
    return make_repository(folder)


def verdict(world: World, git: Path) -> VerdictKind:
    return world.judge("git status", start=git.parent).verdict


@pytest.mark.parametrize("config", HARMFUL)
def test_a_setting_that_can_start_a_program_asks(
    own_world: World, repository: Path, config: str
) -> None:
    (repository / "config").write_text(PLAIN_CONFIG + config)
    said = own_world.judge("git log", start=repository.parent)
    assert said.verdict is VerdictKind.ASK
    assert "can make git start a program" in said.reasons[0]


@pytest.mark.parametrize("config", HARMLESS)
def test_harmless_settings_do_not_ask(own_world: World, repository: Path, config: str) -> None:
    (repository / "config").write_text(config)
    assert verdict(own_world, repository) is VerdictKind.ALLOW


def test_a_hook_asks_and_a_sample_of_one_does_not(own_world: World, repository: Path) -> None:
    (repository / "hooks").mkdir()
    (repository / "hooks" / "pre-commit.sample").write_text("#!/bin/sh\n")
    assert verdict(own_world, repository) is VerdictKind.ALLOW
    (repository / "hooks" / "post-index-change").write_text("#!/bin/sh\n")
    assert verdict(own_world, repository) is VerdictKind.ASK


@pytest.mark.parametrize(
    "file", ["config.worktree", "commondir", "objects/info/alternates", "sharedindex.0"]
)
def test_a_repository_that_borrows_from_others_asks(
    own_world: World, repository: Path, file: str
) -> None:
    (repository / file).parent.mkdir(exist_ok=True)
    (repository / file).write_text("../../x")
    assert verdict(own_world, repository) is VerdictKind.ASK


def test_a_submodule_in_the_index_asks(own_world: World, repository: Path) -> None:
    (repository / "index").write_bytes(b"DIRC" + bytes(20) + (0o100644).to_bytes(4, "big"))
    assert verdict(own_world, repository) is VerdictKind.ALLOW
    (repository / "index").write_bytes(b"DIRC" + bytes(20) + (0o160000).to_bytes(4, "big"))
    assert verdict(own_world, repository) is VerdictKind.ASK


def test_a_repository_elsewhere_asks(own_world: World, repository: Path) -> None:
    config = repository / "config"
    config.unlink()
    repository.joinpath("objects").rmdir()
    repository.joinpath("refs").rmdir()
    repository.joinpath("HEAD").unlink()
    repository.rmdir()
    repository.write_text(f"gitdir: {own_world.home}/x")
    assert verdict(own_world, repository) is VerdictKind.ASK


def test_a_repository_above_the_shared_folder_asks(own_world: World) -> None:
    inner = own_world.work / ".git"
    inner.rename(own_world.home / ".git")
    said = own_world.judge("git log")
    assert said.verdict is VerdictKind.ASK
    assert "not within the shared folders" in said.reasons[0]


def test_a_folder_that_looks_like_the_inside_of_a_repository_asks(own_world: World) -> None:
    bare = own_world.work / "src" / "docs"
    (bare / "objects").mkdir(parents=True)
    (bare / "refs").mkdir()
    (bare / "HEAD").write_text("ref: refs/heads/main\n")
    (bare / "config").write_text("[core]\n\tfsmonitor = ./run.sh\n\tbare = true\n")
    assert own_world.judge("git log", start=bare).verdict is VerdictKind.ASK


def test_git_asks_in_a_terminal_where_its_pager_could_start_anything(own_world: World) -> None:
    in_terminal = own_world.variables | {"PAGER": "cat"}
    assert own_world.judge("git log", variables=in_terminal).verdict is VerdictKind.ASK
    quiet = in_terminal | {"GIT_PAGER": "cat"}
    assert own_world.judge("git log", variables=quiet).verdict is VerdictKind.ALLOW
