"""What is known of programs that can do more than their names say."""

from collections.abc import Callable, Collection, Sequence

from dispatch_core.policy.commands.reading import Concern, names

Look = Callable[[str, Sequence[str]], Concern | None]


def has_letter(word: str, letters: str) -> bool:
    """Whether a word is a bundle of short options with one of these letters: -xzf."""
    short = word.startswith("-") and not word.startswith("--")
    return short and not set(word[1:]).isdisjoint(letters)


def is_long(word: str, options: Collection[str]) -> bool:
    """Whether a word is one of these long options, or a shorter spelling of one."""
    head = word.partition("=")[0]
    return (
        len(head) > 2 and head.startswith("--") and any(each.startswith(head) for each in options)
    )


def _always(sentence: str, *, lasting: bool = False) -> Look:
    return lambda name, _args: Concern(sentence.format(name=name), lasting=lasting)


def _options(sentence: str, letters: str, *long: str) -> Look:
    """A concern at certain options only."""

    def look(name: str, args: Sequence[str]) -> Concern | None:
        for word in args:
            if has_letter(word, letters) or is_long(word, long):
                return Concern(sentence.format(name=name, option=word))
        return None

    return look


_STARTS = "{name} can start another program by its option {option}."
_WRITES = "{name} writes a file by its option {option}."
_FIND_ACTIONS = names(
    "-exec -execdir -ok -okdir -delete -fprint -fprint0 -fprintf -fls -files0-from"
)
_TAR = names(
    "--to-command --checkpoint-action --use-compress-program --rsh-command --rmt-command"
    " --info-script --new-volume-script"
)


def _find(name: str, args: Sequence[str]) -> Concern | None:
    for word in args:
        if word in _FIND_ACTIONS:
            return Concern(f"{name} acts on what it finds ({word}).")
    return None


def _date(name: str, args: Sequence[str]) -> Concern | None:
    for word in args:
        # -I takes its value in the same word: -Iseconds.
        if is_long(word, ("--set",)) or (has_letter(word, "s") and not word.startswith("-I")):
            return Concern(f"{name} sets the clock by its option {word}.")
    return None


def _tar(name: str, args: Sequence[str]) -> Concern | None:
    for place, word in enumerate(args):
        # The first word of tar may be a bundle without its dash: tar xIf.
        bundle = "-" + word if place == 0 and not word.startswith("-") else word
        if has_letter(bundle, "IF") or is_long(word, _TAR):
            return Concern(_STARTS.format(name=name, option=word))
    return None


def _curl(name: str, args: Sequence[str]) -> Concern | None:
    for word in args:
        long = ("--output", "--remote-name", "--output-dir", "--config", "--upload-file")
        if has_letter(word, "oOKTJcD") or is_long(word, (*long, "--dump-header", "--cookie-jar")):
            return Concern(f"{name} reads or writes a file by its option {word}.")
    return Concern(f"{name} talks to the network.", lasting=True)


def _make(name: str, args: Sequence[str]) -> Concern | None:
    for word in args:
        if "=" in word or has_letter(word, "fCEIoW") or is_long(word, ("--eval", "--file")):
            return Concern(f"{name} can be made to run other things by {word}.")
    # Long options that say where its file is: --makefile, --directory, --include-dir, …
    long = [word for word in args if word.startswith("--")]
    if long:
        return Concern(f"{name} has an option ({long[0]}) that is not known here.")
    return Concern(f"{name} runs what its Makefile says.", lasting=True)


def _rsync(name: str, args: Sequence[str]) -> Concern | None:
    for word in args:
        if has_letter(word, "e") or is_long(word, ("--rsh", "--rsync-path", "--daemon")):
            return Concern(_STARTS.format(name=name, option=word))
    if any(":" in word for word in args):
        return Concern(f"{name} talks to another computer.")
    return Concern(f"{name} writes files.", lasting=True)


FOLLOWS = "cd changes the folder in which the rest happens."
_SHELL_STATE = "{name} is a command of the shell itself that can run text or change what follows."
_FROM_INSIDE = "{name} can start other programs from inside."
_ELSEWHERE = "{name} runs things on another computer or in a container."
_FETCHES = "{name} can fetch programs and run them."
_LATER = "{name} can leave something that runs later."
_NETWORK = "{name} opens connections of any kind."

_GROUPS: tuple[tuple[str, Look], ...] = (
    (
        "eval source . trap exec enable alias unalias set shopt hash complete compgen bind mapfile"
        " readarray read fc let export declare typeset local readonly unset pushd popd umask ulimit"
        " history getopts disown suspend bg fg jobs wait exit return logout break continue shift",
        _always(_SHELL_STATE),
    ),
    ("if then else elif fi do done case esac while until for select in function { } [[ ]]",
     _always("{name} is a word of the shell's grammar, not a program.")),
    ("coproc", _always("coproc leaves a command running in the background.")),
    ("[ test", _always("It has a test ([ … ]), which can run code.")),
    ("cd", _always(FOLLOWS, lasting=True)),
    ("less more most man info vi vim view vimdiff rvim nvim gvim emacs nano pico joe micro"
     " top htop nnn ranger mc lynx w3m mutt ftp lftp tig lazygit visudo vipw",
     _always(_FROM_INSIDE)),
    ("ssh scp sftp mosh rsh rlogin docker podman nerdctl kubectl oc lxc lxd vagrant ansible"
     " ansible-playbook salt machinectl adb wsl docker-compose multipass limactl",
     _always(_ELSEWHERE)),
    ("npx bunx uvx pnpx pipx pip pip3 npm pnpm yarn gem bundle cargo go brew apt apt-get dnf yum"
     " pacman apk zypper snap poetry uv conda mamba nix nix-shell nix-env corepack composer mix",
     _always(_FETCHES)),
    ("nc ncat netcat socat telnet tcpdump tshark nmap", _always(_NETWORK)),
    ("xdg-open open gio start gtk-launch xdg-mime mimeopen run-mailcap see", _always(_LATER)),
    ("wget aria2c axel", _always("{name} talks to the network and writes files.")),
    ("xargs", _always("xargs runs a program with words that it reads from its input.")),
    ("tee sponge", _always("{name} writes files.", lasting=True)),
    ("dd", _always("dd copies raw data over what it is given.")),
    ("tar bsdtar gtar", _tar),
    ("find", _find),
    ("fd fdfind", _options(_STARTS, "xX", "--exec", "--exec-batch")),
    ("make gmake bmake", _make),
    ("ninja cmake meson bazel buck gradle gradlew mvn ant rake just task scons tox nox invoke fab",
     _always("{name} runs what files of the project say.")),
    ("rsync", _rsync),
    ("curl", _curl),
    ("sort gsort", _options("{name} can write a file or start a program by its option {option}.",
                            "oT", "--output", "--compress-program", "--temporary-directory")),
    ("split gsplit", _options(_STARTS, "", "--filter")),
    ("zip", _options(_STARTS, "T", "--test", "--unzip-command")),
    ("rg", _options(_STARTS, "z", "--pre", "--hostname-bin", "--search-zip")),
    ("ag ack", _options(_STARTS, "", "--pager")),
    ("tree", _options(_WRITES, "oR")),
    ("printf", _options("{name} sets a variable by its option {option}.", "v")),
    ("date", _date),
    ("gcc g++ cc c++ clang clang++", _options(_STARTS, "B", "--wrapper", "--plugin")),
)  # fmt: skip
KNOWN: dict[str, Look] = {name: look for names, look in _GROUPS for name in names.split()}


def look_at(name: str, args: Sequence[str]) -> Concern | None:
    """What a program gives cause for; None where nothing is known against it."""
    look = KNOWN.get(name)
    return look(name, args) if look else None
