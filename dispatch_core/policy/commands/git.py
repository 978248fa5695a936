"""What git can be made to do besides its work: it starts programs at many places."""

from collections.abc import Sequence

from dispatch_core.policy.commands.programs import has_letter, is_long
from dispatch_core.policy.commands.reading import Concern, names

# Git's own commands; every other word may be an alias, which can be any shell command.
OWN = names(
    "add am annotate apply archive bisect blame branch bundle cat-file check-ignore checkout"
    " cherry cherry-pick clean clone commit commit-tree config describe diff diff-files"
    " diff-index diff-tree fetch for-each-ref format-patch fsck gc grep hash-object help init"
    " log ls-files ls-remote ls-tree merge merge-base mv name-rev notes pull push range-diff"
    " rebase reflog remote replace reset restore revert rev-list rev-parse rm shortlog show"
    " show-branch show-ref sparse-checkout stash status submodule switch symbolic-ref tag"
    " update-index update-ref var verify-commit version whatchanged worktree write-tree"
)
# Before the command: these change nothing but what is shown.
HARMLESS = frozenset({"--no-pager", "--version", "--no-optional-locks", "--literal-pathspecs"})
_RUNS = names(
    "--upload-pack --receive-pack --exec --ext-diff --textconv --open-files-in-pager --output"
    " --extcmd --config --template --upload-archive --remote-command --no-index"
)
_LETTERS = {"grep": "O", "rebase": "xi", "clone": "uc", "log": "O", "diff": "O", "show": "O"}
_ACTS = frozenset({("bisect", "run"), ("submodule", "foreach"), ("submodule", "update")})
_SETS = frozenset({"config", "filter-branch", "difftool", "mergetool", "send-email", "instaweb"})


def look_at_git(_name: str, args: Sequence[str]) -> Concern | None:
    """A concern about a call of git."""
    place = 0
    while place < len(args) and args[place].startswith("-"):
        if args[place] not in HARMLESS:
            return Concern(f"git's option {args[place]} can change what it reads and starts.")
        place += 1
    if place == len(args):
        return None
    command, rest = args[place], args[place + 1 :]
    if command in _SETS or (command, *rest[:1]) in _ACTS:
        return Concern(f"git {command} can start other programs or have git start them later.")
    if command not in OWN:
        return Concern(f"git {command} is no command of git's own: it may stand for any other.")
    return _look_at_options(command, rest)


def _look_at_options(command: str, rest: Sequence[str]) -> Concern | None:
    for word in rest:
        if "::" in word:
            return Concern(f"git starts a program of its own for the address {word}.")
        if is_long(word, _RUNS) or has_letter(word, _LETTERS.get(command, "")):
            return Concern(f"git {command} can start a program or write a file by {word}.")
    return None
