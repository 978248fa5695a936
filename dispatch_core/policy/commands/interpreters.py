"""Programs that run a text: a script's file is bound, an inline program asks each time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dispatch_core.policy.commands.reading import Concern, names

_VERSION = re.compile(r"(?<![-\d.])[-\d.]+(?:\.exe)?$")


@dataclass(frozen=True)
class Interpreter:
    """inline are letters that bring a program in the words; safe are options of no weight."""

    inline: str
    safe: frozenset[str] = frozenset()
    inline_long: tuple[str, ...] = ()


SHELL = Interpreter("c", names("-e -u -x -n -v -eu -ex -ux -eux"), ("--command",))
PYTHON = Interpreter("cm", names("-u -B -I -s -S -E -O -OO -q -v -b"))
NODE = Interpreter("epr", frozenset(), ("--eval", "--print", "--require", "--import", "--loader"))
PERL = Interpreter("eEnpiIMm", names("-w -W -T -t"))
RUBY = Interpreter("enpirI", names("-w"), ("--require",))
INTERPRETERS = {
    **dict.fromkeys(names("sh bash dash zsh ksh mksh ash fish csh tcsh rbash yash"), SHELL),
    **dict.fromkeys(names("pwsh powershell cmd elvish nu xonsh"), SHELL),
    **dict.fromkeys(("python", "pythonw", "pypy", "ipython", "jython"), PYTHON),
    **dict.fromkeys(("node", "nodejs", "bun", "deno", "qjs", "d8"), NODE),
    "perl": PERL,
    **dict.fromkeys(("ruby", "jruby"), RUBY),
    "php": Interpreter("rBREF", names("-n")),
    **dict.fromkeys(("lua", "luajit"), Interpreter("el")),
    "osascript": Interpreter("e"),
    **dict.fromkeys(("Rscript", "R", "julia"), Interpreter("e", inline_long=("--eval",))),
    **dict.fromkeys(names("tclsh wish guile groovy scala irb ghci"), Interpreter("ec")),
    "java": Interpreter("cj", inline_long=("--class-path",)),
}
# Their first words are a program in a language of their own.
PROGRAM_FIRST = {
    **dict.fromkeys(("awk", "gawk", "mawk", "nawk", "original-awk", "bwk"), "awk"),
    **dict.fromkeys(("sed", "gsed", "ssed"), "sed"),
    **dict.fromkeys(("ed", "ex", "red", "m4", "dc", "bc", "gnuplot", "octave"), ""),
    **dict.fromkeys(("sqlite3", "psql", "mysql", "mariadb", "mongosh", "redis-cli"), ""),
}


@dataclass(frozen=True)
class Runs:
    """What an interpreter's words say: the script's file, or what may be a shell's program."""

    concern: Concern
    script: str | None = None
    programs: tuple[str, ...] = ()


def family(name: str) -> str:
    """A program's name without its version: python3.11 is python."""
    return _VERSION.sub("", name) or name


def look_into(name: str, args: Sequence[str]) -> Runs | None:
    """What an interpreter would run; None where the program is none."""
    kind = family(name)
    if kind in PROGRAM_FIRST or name in PROGRAM_FIRST:
        return Runs(Concern(f"{name} runs a program of its own language."))
    interpreter = INTERPRETERS.get(kind)
    if interpreter is None:
        return None
    for place, word in enumerate(args):
        if word == "--" and place + 1 < len(args):
            return _script(name, args[place + 1])
        if not word.startswith("-"):
            return _script(name, word)
        if word in interpreter.safe:
            continue
        return _option(name, interpreter, word, args[place + 1 :])
    return Runs(Concern(f"{name} runs what it reads from its input."))


def _script(name: str, script: str) -> Runs:
    return Runs(Concern(f"{name} runs the script {script}.", lasting=True), script=script)


def _option(name: str, interpreter: Interpreter, word: str, after: Sequence[str]) -> Runs:
    """At the first option of weight nothing after it is believed to be a script."""
    if word == "-":
        return Runs(Concern(f"{name} runs what it reads from its input."))
    long = word.startswith("--")
    inline = word.startswith(interpreter.inline_long) if long else False
    if inline or (not long and not set(word[1:]).isdisjoint(interpreter.inline)):
        sentence = f"{name} runs a program that stands in the command itself ({word})."
        return Runs(Concern(sentence), programs=tuple(after) if interpreter is SHELL else ())
    return Runs(Concern(f"{name} has an option ({word}) that can change what it runs."))
