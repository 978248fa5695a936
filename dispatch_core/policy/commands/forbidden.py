"""What is never done, whoever approves it: a short list, since each entry also stops a need.

On it is what destroys a computer in one line and has no honest use in a chat: the whole disk or
home deleted, a disk overwritten, and the fork bomb. Shutting down is not: it can be undone, and
somebody may need it. It catches spellings, not intent: what hides a program asks a person anyway.
"""

import posixpath
import re
from collections.abc import Sequence

from tree_sitter import Node

from dispatch_core.policy.commands.grammar import nodes
from dispatch_core.policy.commands.programs import has_letter
from dispatch_core.policy.commands.reading import base_name, names
from dispatch_core.policy.commands.words import source, words_of

_SYSTEM = names(
    "/ /bin /boot /dev /etc /home /lib /lib64 /opt /proc /root /run /sbin /srv /sys /usr /var"
    " /Applications /Library /System /Users /Volumes /private"
)
_HOMES = re.compile(r"~\w*|\$HOME|\$\{HOME\}")
# A pattern in the first part of a path may be any of the above.
_ANY_TOP = re.compile(r"/[^/*?\[{]*+[*?\[{][^/]*+(?:/.?\*?)?")
_END = re.compile(r"(?<=.)/(?:\.?\*|\.\[.*|\.|\{.*)?$")
_DISK_TOOLS = names("wipefs blkdiscard shred badblocks sgdisk sfdisk parted fdisk mkswap")
_COPIERS = names("cp mv tee install sponge cat")
_NO_DISK = re.compile(
    r"/dev/(null|zero|full|random|urandom|tty\d*|pts/.*|std(in|out|err)|fd(/\d+)?|shm(/.*)?|ptmx)"
)
DELETES_ALL = "It deletes {what} whole; that is never done by Dispatch."
HITS_DISK = "It overwrites the disk {disk}; that is never done by Dispatch."
FORKS = "It starts copies of itself without end (a fork bomb); that is never done by Dispatch."
RIGHTS = "It changes the rights of all files under {what}; that is never done by Dispatch."


def forbidden_call(argv: Sequence[str]) -> str | None:
    """Why a call is never made; None where it may be asked for."""
    name, args = base_name(argv[0]), argv[1:]
    if name == "rm":
        return _deletes_all(argv)
    if name in ("chmod", "chown", "chgrp") and _is_recursive(args, "R"):
        what = next((each for each in args if _place(each) == "/"), None)
        return RIGHTS.format(what=what) if what else None
    if name == "dd":
        args = [word[3:] for word in args if word.startswith("of=")]
    elif not (name.startswith(("mkfs", "mke2fs", "newfs")) or name in _DISK_TOOLS | _COPIERS):
        return None
    elif name in _COPIERS:
        args = args if name == "tee" else args[-1:] if name != "cat" else []
    return next((HITS_DISK.format(disk=word) for word in args if is_disk(word)), None)


def is_disk(path: str) -> bool:
    """Whether a path may be a disk: a device, and none of those that everybody writes to."""
    place = _place(path)
    return place.startswith("/dev/") and not _NO_DISK.fullmatch(place)


def _is_recursive(args: Sequence[str], letters: str) -> bool:
    # GNU takes any beginning of a long option for it.
    long = [word for word in args if len(word) > 3 and "--recursive".startswith(word)]
    return bool(long) or any(has_letter(word, letters) for word in args)


def deleted_folders(argv: Sequence[str]) -> tuple[str, ...]:
    """What a call of rm would delete with all that is in it."""
    if base_name(argv[0]) != "rm" or not _is_recursive(argv[1:], "rR"):
        return ()
    return tuple(word for word in argv[1:] if not word.startswith("-"))


def _deletes_all(argv: Sequence[str]) -> str | None:
    folders = deleted_folders(argv)
    if folders and any(len(word) > 5 and "--no-preserve-root".startswith(word) for word in argv):
        return DELETES_ALL.format(what="/")
    for word in folders:
        place = _place(word)
        if place in _SYSTEM or _HOMES.fullmatch(place) or _ANY_TOP.fullmatch(word):
            return DELETES_ALL.format(what=word)
    return None


def _place(word: str) -> str:
    """A path without what does not change it: //, /./, a/.., and a last * for all in it."""
    path = re.sub(r"/+", "/", word)
    if path.startswith("/"):
        path = posixpath.normpath(path)
    last_line = path.rfind("\n", 0, -1) + 1
    return path[:last_line] + _END.sub("", path[last_line:])


def forbidden_in(root: Node) -> str | None:
    """Why a whole tree is never run: a redirection to a disk, or a fork bomb."""
    for node in nodes(root):
        if node.type == "file_redirect" and ">" in source(node):
            target = node.child_by_field_name("destination")
            if target is not None and is_disk(source(target)):
                return HITS_DISK.format(disk=source(target))
        if node.type == "function_definition" and _calls_itself_twice(node):
            return FORKS
    return None


def _calls_itself_twice(function: Node) -> bool:
    """Whether a function starts itself in a pipe or in the background."""
    name, body = function.child_by_field_name("name"), function.child_by_field_name("body")
    if name is None or body is None:
        return False
    own = source(name)
    calls = [node for node in nodes(body) if node.type == "command"]
    itself = [call for call in calls if [word.text for word in words_of(call)[:1]] == [own]]
    spreads = any(node.type in ("&", "|", "|&") for node in nodes(body))
    return bool(itself) and spreads
