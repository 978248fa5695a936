"""Each command of the table gets its verdict, for its reason."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.device_agent.policy.world import World, make_world

TABLE = Path(__file__).with_name("commands.txt")


class Row(NamedTuple):
    command: str
    verdict: str
    gist: str


def rows() -> Iterator[Row]:
    for line in TABLE.read_text("utf-8").splitlines():
        if line and not line.startswith("# "):
            verdict, gist, command = line.split(" | ", 2)
            escaped = verdict.endswith("!")
            text = command.encode().decode("unicode_escape") if escaped else command
            yield Row(text, verdict.rstrip("!"), gist)


ROWS = list(rows())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("owner").resolve())


def test_the_table_is_long_and_names_no_command_twice() -> None:
    assert len(ROWS) >= 300
    commands = [row.command for row in ROWS]
    assert sorted(set(commands)) == sorted(commands)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.verdict}: {row.command!a}" for row in ROWS])
def test_a_command_gets_its_verdict_for_its_reason(row: Row, world: World) -> None:
    said = world.judge(row.command)
    assert said.verdict == row.verdict, said.reasons
    assert row.gist in " ".join(said.reasons)
