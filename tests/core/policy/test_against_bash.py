"""Bash itself is asked: what is called plain gives a program the very words that were read."""

import random
import shutil
import subprocess

import pytest

from dispatch_core.policy.commands.analysis import analyse
from dispatch_core.policy.commands.reading import Expands

PIECES = [
    *(
        "a",
        "b.txt",
        "--x=y",
        "-n",
        "1",
        "/",
        "~",
        "=",
        ":",
        ",",
        "%",
        "^",
        "@",
        "+",
        "]",
        "é",
        "\t",
    ),
    *(" ", " ", " ", "\\", "\\ ", "\\$", "\\\\", "\\'", '\\"', "'", '"', "''", '""', "'a b'"),
    *(
        '"c d"',
        '"\\$x"',
        '"\\\\"',
        "'$y'",
        "'\\'",
        '"\'"',
        "'\"'",
        '"é"',
        '"\\`"',
        "!",
        "~/z",
        "x=~",
    ),
    *("$", "`", "&", ";", "|", ">", "<", "(", ")", "{", "}", "#", "*", "\\\n", "2>", "$'"),
]
END = b"\1\n"


def plain_commands(count: int) -> list[tuple[str, tuple[str, ...]]]:
    """Random calls that were read as plain, with no word that the shell would expand."""
    dice = random.Random(4)  # noqa: S311 (the same commands each time)
    found: dict[str, tuple[str, ...]] = {}
    while len(found) < count:
        weights = [4] * (len(PIECES) - 16) + [1] * 16
        arguments = "".join(dice.choices(PIECES, weights, k=dice.randint(1, 9))).strip()
        reading = analyse(f"ls {arguments}")
        calls = [stage[0] for stage in reading.stages]
        if reading.is_plain and len(calls) == 1:
            words = calls[0].words[1:]
            if all(word.expands is Expands.NOTHING for word in words):
                found[arguments] = calls[0].args
    return list(found.items())


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_bash_makes_the_same_words_of_what_is_plain() -> None:
    commands = plain_commands(1_500)
    lines = ["f() { printf '%s\\0' \"$@\"; printf '\\1\\n'; }"]
    lines += [f"f {arguments}" for arguments, _ in commands]
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-s"],
        input="\n".join(lines).encode(),
        capture_output=True,
        check=True,
        timeout=180,
    )
    told = [tuple(part.decode().split("\0")[:-1]) for part in done.stdout.split(END)[:-1]]
    # printf without words prints one empty one.
    wanted = [words or ("",) for _, words in commands]
    pairs = zip(commands, wanted, told, strict=True)
    assert [(command, said) for command, words, said in pairs if words != said] == []
