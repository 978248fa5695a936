"""What an approval of a command binds, and what a lasting grant would cover."""

import hashlib
import json
from pathlib import Path

import pytest

from device_agent.policy.owner import Mode, Modes, OwnerPolicy, ShellRules
from dispatch_core.abilities import VerdictKind
from dispatch_core.protocol import Preparation
from tests.device_agent.policy.world import DEFAULT, World


def mode(word: Mode) -> OwnerPolicy:
    return OwnerPolicy(modes=Modes(shell=word))


def test_a_script_that_is_named_is_bound_by_its_bytes(own_world: World) -> None:
    script = own_world.work / "run.sh"
    digest = hashlib.sha256(script.read_bytes()).hexdigest()
    for command in ("bash run.sh", "./run.sh a b", "sh -e ./run.sh", "timeout 5 bash run.sh"):
        assert own_world.judge(command, DEFAULT).bound.files == {str(script): digest}


def test_a_make_binds_its_makefile(own_world: World) -> None:
    assert list(own_world.judge("make test", DEFAULT).bound.files) == [
        str(own_world.work / "Makefile")
    ]


def test_a_script_behind_a_link_is_bound_where_the_link_leads(own_world: World) -> None:
    link = own_world.work / "link.py"
    link.symlink_to("tool.py")
    first = own_world.judge("python3 link.py", DEFAULT).bound
    link.unlink()
    link.symlink_to("app.js")
    assert own_world.judge("python3 link.py", DEFAULT).bound.files.keys() != first.files.keys()


def test_programs_are_bound_where_they_were_found(own_world: World) -> None:
    bound = own_world.judge("timeout 5 ls | wc -l", DEFAULT).bound
    assert set(bound.programs) == {"timeout", "ls", "wc"}
    assert all(Path(path).is_absolute() for path in bound.programs.values())


def test_a_program_that_appears_earlier_on_the_path_changes_what_is_bound(
    own_world: World,
) -> None:
    early = own_world.home / "bin"
    early.mkdir()
    variables = own_world.variables | {"PATH": f"{early}:/usr/bin:/bin"}
    before = own_world.judge("ls", variables=variables)
    planted = early / "ls"
    planted.write_text("#!/bin/sh\n")
    planted.chmod(0o755)
    after = own_world.judge("ls", variables=variables)
    assert before.verdict is VerdictKind.ALLOW
    assert after.verdict is VerdictKind.ASK
    assert before.bound.programs != after.bound.programs
    assert str(planted) in after.bound.files


@pytest.mark.parametrize("entry", ["", ".", "bin", "{work}/bin"])
def test_a_path_on_which_programs_can_appear_asks(own_world: World, entry: str) -> None:
    path = f"{entry.format(work=own_world.work)}:/usr/bin:/bin"
    said = own_world.judge("ls", variables=own_world.variables | {"PATH": path})
    assert said.verdict is VerdictKind.ASK
    assert "new programs can appear" in said.reasons[0]


def test_a_known_program_under_an_innocent_name_is_told(own_world: World) -> None:
    link = own_world.work / "viewer"
    link.symlink_to("/bin/bash")
    said = own_world.judge("./viewer", DEFAULT)
    assert "./viewer".removeprefix("./") + " is bash by another name." in said.reasons
    assert said.grant is None


def test_the_modes_refuse_ask_and_offer(own_world: World) -> None:
    assert own_world.judge("ls", mode(Mode.DENY)).verdict is VerdictKind.DENY
    asked = own_world.judge("ls", mode(Mode.ASK))
    assert (asked.verdict, asked.grant) == (VerdictKind.ASK, None)
    offered = own_world.judge("ls", mode(Mode.GRANTS))
    assert offered.verdict is VerdictKind.ASK
    assert offered.grant is not None
    assert own_world.judge("ls", mode(Mode.ALLOW)).verdict is VerdictKind.ALLOW


def key(said: Preparation) -> str:
    assert said.grant is not None, said.reasons
    return said.grant.key


def test_a_grant_covers_the_same_words_of_the_same_programs_in_the_same_folder(
    own_world: World,
) -> None:
    judge = own_world.judge
    first = key(judge("rm notes.txt", DEFAULT))
    assert json.loads(first)["folder"] == str(own_world.work)
    assert first == key(judge("rm   'notes.txt'", DEFAULT))
    others = (
        "rm tool.py",
        "rm -f notes.txt",
        "ls notes.txt",
        "nice rm notes.txt",
        "rm notes.txt x",
    )
    assert first not in {key(judge(other, DEFAULT)) for other in others}
    assert first != key(judge("rm notes.txt", DEFAULT, start=own_world.work / "src"))


def test_a_grant_for_a_script_ends_with_its_bytes(own_world: World) -> None:
    before = own_world.judge("bash run.sh", DEFAULT)
    assert before.grant is not None
    assert "as long as its script is unchanged" in before.grant.words
    (own_world.work / "run.sh").write_text("#!/bin/sh\nrm -rf src\n")
    assert key(before) != key(own_world.judge("bash run.sh", DEFAULT))


@pytest.mark.parametrize(
    "command",
    [
        *("bash -c ls", "python3 -c 1", "sudo ls", "ls > x", "ls $HOME", "ls; rm x", "ls && rm x"),
        *("find . -exec rm {} +", "ls | xargs rm", "env A=b ls", "ssh host ls", "awk 1 notes.txt"),
        *("rm *.txt", "python3 missing.py", "frobnicate", "less notes.txt", "eval ls", "ls &"),
    ],
)
def test_what_hides_a_program_or_may_mean_another_thing_tomorrow_gets_no_grant(
    own_world: World, command: str
) -> None:
    said = own_world.judge(command, DEFAULT)
    assert (said.verdict, said.grant) == (VerdictKind.ASK, None)


def test_a_whole_command_that_the_owner_allows_is_let_through_as_written_only(
    own_world: World,
) -> None:
    policy = OwnerPolicy(modes=Modes(shell=Mode.ALLOW), shell=ShellRules(allow=("make test",)))
    verdict = {
        command: own_world.judge(command, policy).verdict
        for command in ("make test", "make", "make test -k", "make test; ls", "make test > x")
    }
    assert verdict.pop("make test") is VerdictKind.ALLOW
    assert set(verdict.values()) == {VerdictKind.ASK}


def test_a_known_command_asks_where_its_owner_wants_to_be_asked(own_world: World) -> None:
    policy = OwnerPolicy(modes=Modes(shell=Mode.ALLOW), shell=ShellRules(ask=("git log",)))
    said = own_world.judge("git log", policy)
    assert said.reasons == ("This device's owner wants to be asked for git log.",)
    assert own_world.judge("git status", policy).verdict is VerdictKind.ALLOW


def test_a_name_that_is_no_text_crosses_the_wire_all_the_same(own_world: World) -> None:
    odd = own_world.work / "caf\udce9.sh"
    odd.write_text("#!/bin/sh\n")
    odd.chmod(0o755)
    (own_world.work / "plain.sh").symlink_to(odd)
    said = own_world.judge("./plain.sh", DEFAULT)
    assert Preparation.model_validate_json(said.model_dump_json()) == said
    assert len(said.bound.files) == 1


def test_a_refusal_still_tells_the_programs(own_world: World) -> None:
    said = own_world.judge("sudo rm -rf /", DEFAULT)
    assert [program.name for program in said.programs] == ["sudo"]
