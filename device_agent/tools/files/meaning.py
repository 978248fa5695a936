"""What a file is for, by its name and its place: it holds secrets, or it makes programs run.

The lists are of names that are known; what is not listed is an ordinary file. So that a gap does
little harm, every hidden name counts as a setting, which is asked for each time it is written.
"""

import fnmatch
from pathlib import PurePath

# Who can write here can sign in as the owner of the device.
KEYS = {".ssh", ".gnupg"}
SECRET_FOLDERS = KEYS | {
    *(".aws", ".azure", ".docker", ".kube", ".password-store", ".mozilla", ".thunderbird"),
    *("gcloud", "google-chrome", "chromium", "keychains", "keyrings", ".dispatch-device"),
}
SECRET_NAMES = (
    *("id_rsa", "id_dsa", "id_ecdsa*", "id_ed25519*", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks"),
    *("*.keystore", "*.kdbx", "*.ppk", ".env", ".env.*", "*.env", ".netrc", "_netrc", ".pgpass"),
    *(".git-credentials", ".npmrc", ".pypirc", ".my.cnf", ".vault-token", ".htpasswd", ".s3cfg"),
    *("credentials.json", "service-account*.json", "cookies.sqlite", "logins.json", "*.keychain*"),
    *(".bash_history", ".zsh_history", ".python_history", ".psql_history", ".mysql_history"),
)
# What a program runs by itself, with nobody asking for it: places, then names.
RUN_FOLDERS = {
    **dict.fromkeys((".git", ".hg", ".githooks", ".husky", ".svn"), "version control"),
    **dict.fromkeys(("autostart", "systemd", "launchagents", "launchdaemons"), "the desktop"),
    **dict.fromkeys((".vscode", ".idea", ".vim", ".emacs.d", "nvim"), "an editor"),
    **dict.fromkeys((".cargo", ".gradle", ".m2", ".ipython", ".jupyter"), "a tool"),
    **dict.fromkeys((".github", ".gitlab", ".circleci"), "the build server"),
    **dict.fromkeys(("cron.d", "cron.daily", "cron.hourly", "crontabs"), "the clock"),
}
RUN_NAMES = {
    **dict.fromkeys(
        (
            ".bash*",
            ".profile",
            ".zsh*",
            ".zprofile",
            ".zlog*",
            ".ksh*",
            ".csh*",
            ".tcsh*",
            ".login",
        ),
        "every new shell",
    ),
    **dict.fromkeys((".logout", ".inputrc", ".x*", "config.fish"), "every new session"),
    **dict.fromkeys((".gitconfig", ".gitmodules", ".gitattributes", ".hgrc"), "version control"),
    **dict.fromkeys((".envrc", ".tool-versions", ".pre-commit-config.yaml"), "a tool"),
    **dict.fromkeys((".vimrc", ".exrc", ".nvimrc", ".emacs", ".gdbinit", ".lldbinit"), "a tool"),
    **dict.fromkeys(("sitecustomize.py", "usercustomize.py", "*.pth"), "every Python program"),
    **dict.fromkeys(("*.desktop", "*.service", "*.timer", "*.plist"), "the desktop"),
    **dict.fromkeys((".npmrc", ".yarnrc*", ".pypirc", ".curlrc", ".wgetrc"), "a tool"),
    **dict.fromkeys((".tmux.conf", ".screenrc", ".rprofile", ".pythonrc*"), "a tool"),
}


def gives_access(path: PurePath) -> bool:
    """Whether keys lie here by which one signs in; nothing is written there at all."""
    return any(_plain(part) in KEYS for part in path.parts)


def holds_secrets(path: PurePath) -> bool:
    """Whether it is known as a place or a name for passwords, keys or the like."""
    parts = [_plain(part) for part in path.parts]
    if any(part in SECRET_FOLDERS for part in parts):
        return True
    return bool(parts) and _matching(parts[-1], SECRET_NAMES) is not None


def runs_by_itself(path: PurePath, folder: PurePath) -> str | None:
    """What a write to this path in a shared folder would set going, in a sentence; else None."""
    parts = [_plain(part) for part in path.parts]
    for part in parts:
        if by_whom := RUN_FOLDERS.get(part):
            return f"Files in {part} are read or run by {by_whom} without a question."
    if parts[-2:-1] == ["bin"]:
        return "It lies in a folder of programs, which are run by their names."
    if found := _matching(parts[-1], RUN_NAMES):
        return f"{path.name} is read or run by {RUN_NAMES[found]} without a question."
    below = path.relative_to(folder).parts
    if hidden := next((part for part in below if part.startswith(".")), None):
        return f"{hidden} is hidden: programs take what lies in such files for their settings."
    return None


def _matching(name: str, patterns: "dict[str, str] | tuple[str, ...]") -> str | None:
    return next((each for each in patterns if fnmatch.fnmatchcase(name, each)), None)


def _plain(name: str) -> str:
    """As a file system that knows no case takes it; Windows and FAT drop dots at the end."""
    return name.casefold().rstrip(". ") or name
