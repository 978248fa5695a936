"""However a command is twisted, a device does it unasked only where it is plain words."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch_core.abilities import VerdictKind
from dispatch_core.policy.commands import grammar
from tests.device_agent.policy.test_commands import ROWS
from tests.device_agent.policy.world import World, make_world

ALL = [row.command for row in ROWS]
ALLOWED = [row.command for row in ROWS if row.verdict == "allow"]
TWISTS = [
    *("$(id)", "`id`", "$HOME", "${x:-$(id)}", ">x", "<x", "&", "|&", "\n", "(", "{", "#", "!"),
    *(
        "<(id)",
        "$'\\x2f'",
        "\x00",
        "\u202e",
        "\\\n",
        "<<E",
        "*",
        "~",
        "..",
        "/",
        "-",
        "'",
        '"',
        "\\",
    ),
    *(
        " /etc/passwd",
        " -exec",
        " --output=x",
        " -o x",
        "A=b ",
        "sudo ",
        "bash -c ",
        ";;",
        " ",
        "x",
    ),
]
# Their words are never taken for paths; wrappers show the words of what they wrap.
TAKE_TEXT = {
    *("echo", "printf", "basename", "dirname", "true", "tr", "id", "grep", "git", "find", "date"),
    *("time", "nice", "timeout", "nohup", "stdbuf", "env", "command"),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("owner").resolve())


@st.composite
def twisted(draw: st.DrawFn) -> str:
    """A command of the table, mostly one that is allowed, with a few pieces put in anywhere."""
    command = draw(st.sampled_from(ALLOWED) | st.sampled_from(ALL))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(command)))
        command = command[:place] + draw(st.sampled_from(TWISTS)) + command[place:]
    return command


def has_only_plain_words(command: str) -> bool:
    root = grammar.parse(command.strip(" \t\n"))
    return not root.has_error and all(
        node.type in grammar.PLAIN_NODES and not node.is_missing for node in grammar.nodes(root)
    )


@settings(max_examples=500)
@given(command=twisted())
def test_nothing_but_plain_words_is_done_unasked(command: str, world: World) -> None:
    said = world.judge(command)
    if said.verdict is VerdictKind.ALLOW:
        assert has_only_plain_words(command)
        named = [p.name for p in said.programs if "/etc/passwd" in p.args]
        assert TAKE_TEXT.issuperset(named)
        assert all(_is_in_reach(world, p.path) for p in said.programs)


def _is_in_reach(world: World, path: str | None) -> bool:
    """A program of the system, never one that lies in the shared folder."""
    return path is None or not Path(path).is_relative_to(world.home)
