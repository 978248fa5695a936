"""What is said outright to a device's files: a word at the start, and a path that is surely one.

`find` and `save` begin ordinary sentences, too; so the path must look like nothing else: rooted
(`/`, `~`, `.`), or with a slash in it, and for a file to be written, at least with an ending.
"""

import re
from dataclasses import dataclass

QUOTES = "'\"`"
# What a message may be long and still be read as words for a device, but for what it writes.
LONGEST_LINE = 4_500
_FETCH = re.compile(r"fetch +(?P<path>\S[^\n]*)", re.IGNORECASE)
_SEARCH = re.compile(r"(?P<verb>find|search) +(?:for +)?(?P<query>\S[^\n]*)", re.IGNORECASE)
_SAVE = re.compile(
    r"(?:save|put) +(?P<name>\S[^\n]*?)(?<! ) +(?:to|into|in) +(?P<path>\S[^\n]*)", re.IGNORECASE
)
_WRITE = re.compile(
    r"\s*write +(?P<path>\"[^\"\n]+\"|'[^'\n]+'|`[^`\n]+`|[^\s`'\"]+)[ \t]*+:?[ \t]*+\n?[ \t]*+"
    r"(?P<fence>`{3,}|~{3,})",
    re.IGNORECASE,
)
_ENDING = re.compile(r"[^\s/]\.\w{1,8}")
_WORDS = ("fetch", "find", "search", "save", "put", "write")


@dataclass(frozen=True, slots=True)
class FileWords:
    """One of the words with what follows it, quotes taken off; text is what is to be written.

    Where it can't be done as it was said, problem says why in a sentence.
    """

    verb: str
    path: str
    name: str = ""
    text: str = ""
    problem: str = ""


def read_file_words(body: str) -> FileWords | None:
    """What a message says outright to a device's files; None where it is no such message."""
    start = body.lstrip()[:8].lower()
    if not start.startswith(_WORDS):
        return None
    if start.startswith("write"):
        return _write(body)
    line = body.strip()
    if len(line) > LONGEST_LINE or "\n" in line:
        return None
    return _fetch(line) or _search(line) or _save(line)


def _fetch(line: str) -> FileWords | None:
    match = _FETCH.fullmatch(line)
    path = _path(match["path"]) if match else None
    return FileWords("fetch", path) if path else None


def _search(line: str) -> FileWords | None:
    """The last ` in ` counts: what is searched for may hold the word."""
    head, found, path = line.rpartition(" in ")
    match = _SEARCH.fullmatch(head.rstrip()) if found else None
    place = _path(path)
    if match is None or place is None:
        return None
    return FileWords(match["verb"].lower(), place, unquoted(match["query"]))


def _save(line: str) -> FileWords | None:
    match = _SAVE.fullmatch(line)
    path = _path(match["path"]) if match else None
    if match is None or path is None:
        return None
    name = match["name"]
    is_name = unquoted(name) != name or (" " not in name and _ENDING.search(name))
    return FileWords("save", path, unquoted(name)) if is_name else None


def _write(body: str) -> FileWords | None:
    match = _WRITE.match(body.replace("\r\n", "\n"))
    if match is None:
        return None
    said = match["path"].removesuffix(":")
    path = unquoted(said)
    if _path(said) is None and not _ENDING.search(path):
        return None
    inside, fence = body.replace("\r\n", "\n")[match.end() :].rstrip(), match["fence"]
    if not inside.endswith(fence):
        return FileWords("write", path, problem="Close the block with the marks that open it.")
    inside = inside.removesuffix(fence)
    if fence in inside:
        why = f"Write one block only; where the text itself has {fence}, open it with more of them."
        return FileWords("write", path, problem=why)
    return FileWords("write", path, text=_text(inside))


def _text(inside: str) -> str:
    """What stands in the block: a language's name after the marks is none of it."""
    first, line_break, rest = inside.partition("\n")
    if line_break and (not first.strip() or first.strip().lower() in _LANGUAGES):
        inside = rest
    # A text file ends with a line break.
    return inside if not inside or inside.endswith("\n") else f"{inside}\n"


_LANGUAGES = {
    *("python", "py", "python3", "bash", "sh", "shell", "zsh", "json", "yaml", "yml", "toml"),
    *("ini", "text", "txt", "plain", "md", "markdown", "html", "css", "js", "javascript", "ts"),
    *("typescript", "sql", "xml", "csv", "diff", "c", "cpp", "go", "rust", "java", "ruby", "php"),
    *("dockerfile", "makefile", "kotlin", "swift", "r", "lua", "perl", "scss", "vue", "tsx", "jsx"),
}


def _path(words: str) -> str | None:
    """The words as a path where they can be nothing else, quotes taken off."""
    path = unquoted(words.strip())
    quoted = path != words.strip()
    if not path or "://" in path or path.lower().startswith("www."):
        return None
    rooted = path in ("~", ".", "..") or path.startswith(("/", "~/", "./", "../"))
    one_word = quoted or not any(char.isspace() for char in path)
    return path if rooted or ("/" in path and one_word) else None


def unquoted(text: str) -> str:
    """The text without one pair of quotes around it."""
    inside = text[1:-1]
    if len(text) > 2 and text[0] == text[-1] and text[0] in QUOTES and text[0] not in inside:
        return inside
    return text
