"""Commands that only read, and the words that each may have: whatever is not listed asks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from dispatch_core.policy.commands.reading import names


class Operands(Enum):
    """What the words of a command that are no options are."""

    NONE = "none"
    TEXT = "text"
    PATHS = "paths"
    PATTERN_AND_PATHS = "a pattern, then paths"
    ONE_PATH = "one path"


@dataclass(frozen=True)
class Rule:
    """The options of a command that only reads, as tried with GNU coreutils 9 and git 2.39.

    letters stand alone or in bundles; values are letters that take the rest of their word or the
    next one, long ones are spelled whole, and those in long_values are followed by `=` and a text.
    here tells that without an operand it reads the working folder.
    """

    operands: Operands = Operands.PATHS
    letters: str = ""
    values: str = ""
    long: frozenset[str] = frozenset()
    long_values: frozenset[str] = frozenset()
    number: bool = False
    here: bool = False


def _rule(operands: Operands, letters: str = "", long: str = "", **more: object) -> Rule:
    return replace(Rule(operands, letters, long=names(long)), **more)  # type: ignore[arg-type]


_PATHS, _TEXT, _NONE = Operands.PATHS, Operands.TEXT, Operands.NONE
_LOOKS = names(
    "--oneline --stat --graph --decorate --no-decorate --all --name-only --name-status --no-merges"
    " --merges --reverse --first-parent --follow --patch --no-patch --abbrev-commit --shortstat"
    " --numstat --summary --cached --staged --word-diff --no-color --color --topo-order"
    " --date-order --branches --tags --remotes --left-right --cherry-pick --no-ext-diff"
    " --no-textconv --no-renames --ignore-all-space --ignore-space-change --minimal --histogram"
    " --patience --check --quiet --exit-code --full-index --raw --relative-date --boundary"
)
_LOOK_VALUES = names(
    "--author --committer --since --until --after --before --grep --date --format --pretty"
    " --max-count --skip --abbrev --unified --decorate --color --diff-filter --stat --word-diff"
    " --diff-algorithm"
)
_LOOK = Rule(_PATHS, "pzbwiEFqsg", "nSGU", _LOOKS, _LOOK_VALUES, number=True, here=True)
RULES: Mapping[str, Rule] = {
    "ls": _rule(
        _PATHS,
        "aAbBcCdfFgGhiklmnNopqQrRsStuUvxX1",
        "--all --almost-all --human-readable --recursive --reverse --directory --size --color"
        " --group-directories-first --full-time --inode --classify --si --numeric-uid-gid",
        long_values=names("--color --sort --time --time-style --format --block-size"),
        here=True,
    ),
    "cat": _rule(_PATHS, "AbeEnstTuv", "--number --show-all --show-ends --show-tabs"),
    "head": _rule(_PATHS, "qvz", "", values="nc", number=True, long_values=names("--lines")),
    "tail": _rule(_PATHS, "qvz", "", values="nc", number=True, long_values=names("--lines")),
    "wc": _rule(_PATHS, "cmlLw", "--lines --words --bytes --chars"),
    "nl": _rule(_PATHS, "p", "", values="bw"),
    "tac": _rule(_PATHS),
    "cut": _rule(_PATHS, "sz", "--complement", values="bcdf", long_values=names("--fields")),
    "sort": _rule(_PATHS, "bcCdfghiMnrsuVz", "--numeric-sort --reverse --unique", values="kt"),
    "uniq": _rule(Operands.ONE_PATH, "cdDiuz", "--count --repeated", values="fsw"),
    "tr": _rule(_TEXT, "cCdst"),
    "grep": _rule(
        Operands.PATTERN_AND_PATHS,
        "aciEFGhHilLnoPqrsvwxZz",
        "--recursive --ignore-case --line-number --count --color --only-matching --invert-match"
        " --word-regexp --extended-regexp --fixed-strings --files-with-matches --no-filename",
        values="ABCm",
        long_values=names("--include --exclude --exclude-dir --color --context --max-count"),
    ),
    "diff": _rule(_PATHS, "ubBiwqsyaNtT", "--brief --unified --color", values="U"),
    "cmp": _rule(_PATHS, "bls"),
    "stat": _rule(_PATHS, "ftx", "--terse", values="c", long_values=names("--format --printf")),
    "file": _rule(_PATHS, "bikIN0", "--brief --mime --mime-type --mime-encoding"),
    "du": _rule(
        _PATHS,
        "abchkmsSx",
        "--all --human-readable --summarize --total --apparent-size",
        values="d",
        long_values=names("--max-depth --exclude"),
        here=True,
    ),
    "df": _rule(_PATHS, "aHhiklmPT", "--human-readable --print-type --inodes --local", here=True),
    "tree": _rule(_PATHS, "adfhipsu", "--dirsfirst --noreport", values="L", here=True),
    "md5sum": _rule(_PATHS, "bt"),
    "sha1sum": _rule(_PATHS, "bt"),
    "sha256sum": _rule(_PATHS, "bt"),
    "sha512sum": _rule(_PATHS, "bt"),
    "basename": _rule(_TEXT, "az", "", values="s"),
    "dirname": _rule(_TEXT, "z"),
    "realpath": _rule(_PATHS, "emqsz"),
    "readlink": _rule(_PATHS, "efmnqsvz"),
    "cd": _rule(Operands.ONE_PATH, "LP"),
    "pwd": _rule(_NONE, "LP"),
    "echo": _rule(_TEXT, "neE"),
    "printf": _rule(_TEXT),
    "true": _rule(_TEXT),
    "false": _rule(_TEXT),
    "seq": _rule(_TEXT, "w", "", values="fs", number=True),
    "date": _rule(_NONE, "uRI", "--utc --rfc-email", values="d", long_values=names("--date")),
    "cal": _rule(_TEXT, "13jmwy"),
    "whoami": _rule(_NONE),
    "id": _rule(_TEXT, "gGnru"),
    "groups": _rule(_TEXT),
    "hostname": _rule(_NONE, "fs"),
    "uname": _rule(_NONE, "amnioprsv", "--all --kernel-name --machine --operating-system"),
    "uptime": _rule(_NONE, "ps"),
    "free": _rule(_NONE, "bghkmtw"),
    "nproc": _rule(_NONE, "", "--all"),
    "arch": _rule(_NONE),
    "which": _rule(_TEXT, "a"),
    "type": _rule(_TEXT, "aptP"),
    "command": _rule(_TEXT, "vV"),
    "git status": _rule(
        _PATHS,
        "bsvz",
        "--short --branch --long --porcelain --verbose --ignored --show-stash --no-renames",
        long_values=names("--porcelain --untracked-files --ignored"),
        here=True,
    ),
    "git log": _LOOK,
    "git diff": _LOOK,
    "git show": _LOOK,
    "git branch": _rule(_NONE, "avr", "--list --all --remotes --show-current --no-color"),
    "git tag": _rule(_NONE, "", "--list"),
    "git blame": _rule(_PATHS, "eflnstw", "", here=True),
    "git ls-files": _rule(
        _PATHS, "cdmoz", "--cached --deleted --modified --others --exclude-standard", here=True
    ),
    "git rev-parse": _rule(
        _TEXT, "", "--abbrev-ref --show-toplevel --short --verify --is-inside-work-tree", here=True
    ),
    "git describe": _rule(_TEXT, "", "--tags --always --dirty --long --all", here=True),
}
# find has no options but expressions: these tests and prints, each with its number of values.
FIND_TESTS: Mapping[str, int] = {
    **dict.fromkeys(names("-empty -not -o -or -a -and -print -print0 -ls -prune -true -false"), 0),
    **dict.fromkeys(names("( ) -xdev -mount -depth -readable -writable -executable -P"), 0),
    **dict.fromkeys(names("-name -iname -path -ipath -wholename -type -maxdepth -mindepth"), 1),
    **dict.fromkeys(names("-size -mtime -mmin -atime -amin -ctime -cmin -perm -user -group"), 1),
    **dict.fromkeys(names("-regex -iregex -regextype -links -printf"), 1),
}
KNOWN = frozenset({*RULES, "find"})
