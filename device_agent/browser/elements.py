"""A page as a tree of roles and names, and how an element in it is meant by a ref or by a text."""

import re
from collections import Counter
from dataclasses import dataclass

# Roles of what can be acted upon: a text that one of these says is not meant for a paragraph.
_ACTIVE = frozenset(
    {
        *("button", "link", "checkbox", "radio", "switch", "tab", "option", "treeitem", "slider"),
        *("menuitem", "menuitemcheckbox", "menuitemradio", "textbox", "searchbox", "combobox"),
        *("spinbutton", "listbox", "gridcell", "summary"),
    }
)
_LINE = re.compile(r'(?P<role>[a-z]+)(?: "(?P<name>(?:[^"\\]|\\.)*)")?(?P<rest>.*)')
_REF = re.compile(r"\[ref=((?:f\d+)?e\d+)\]")
_MARKS = re.compile(r" ?\[(?:ref=[^\[\]]*+|cursor=pointer|active)\]")
_FIELD = re.compile(r"\s*- '?(?:textbox|searchbox|combobox|spinbutton)\b")
MASK = "(hidden)"
MAX_CHANGES = 3
MAX_CHANGE_CHARS = 120


@dataclass(frozen=True, slots=True)
class Element:
    """One line of a snapshot that has a ref; says is its name, or else its text."""

    ref: str
    role: str
    name: str
    says: str

    @property
    def label(self) -> str:
        """How a person knows it: `button “Send”`. What a field holds is left out."""
        return f"{self.role} “{self.says}”" if self.says else self.role


def elements_of(snapshot: str) -> list[Element]:
    """Every element of a snapshot that can be meant."""
    return [element for line in snapshot.split("\n") if (element := _element(line)) is not None]


def focused(snapshot: str) -> Element | None:
    """The element that has the page's keyboard."""
    lines = (line for line in snapshot.split("\n") if " [active]" in line)
    return next((element for line in lines if (element := _element(line)) is not None), None)


def by_text(elements: list[Element], text: str) -> list[Element]:
    """The elements that say a text: those that can be acted upon first, exactly, then in any case.

    The first sort that has one has them all.
    """
    wanted = " ".join(text.split())
    active = [element for element in elements if element.role in _ACTIVE]
    for among in (active, elements):
        for says in (str, str.casefold):
            if found := [each for each in among if says(each.says) == says(wanted)]:
                return found
    return []


def filled(snapshot: str) -> list[str]:
    """The refs of the fields that hold something."""
    read = (_read(line) for line in snapshot.split("\n") if _FIELD.match(line))
    return [ref for _, ref, says in filter(None, read) if says.strip()]


def without_value(snapshot: str, ref: str) -> str:
    """The snapshot with one field's value masked."""
    mark = f"[ref={ref}]"
    return "\n".join(
        line.partition(mark)[0] + f"{mark}: {MASK}" if mark in line else line
        for line in snapshot.split("\n")
    )


def changes(before: str, after: str) -> list[str]:
    """The lines that a snapshot has and the one before had not, without refs; at most a few."""
    old = Counter(_plain(line) for line in before.split("\n"))
    new = []
    for line in map(_plain, after.split("\n")):
        old[line] -= 1
        if old[line] < 0 and not line.startswith("/url:") and _says_something(line):
            new.append(line)
    shown = [line[:MAX_CHANGE_CHARS] for line in new[:MAX_CHANGES]]
    left_out = len(new) - len(shown)
    return [*shown, f"… and {left_out} more"] if left_out else shown


def _says_something(line: str) -> bool:
    return '"' in line or ": " in line


def _element(line: str) -> Element | None:
    read = _read(line)
    if read is None:
        return None
    match, ref, inside = read
    name = re.sub(r"\\(.)", r"\1", match["name"] or "")
    return Element(ref, match["role"], name, " ".join((name or inside).split()))


def _read(line: str) -> tuple[re.Match[str], str, str] | None:
    """A line's parts, its ref, and what stands in it; None where it can't be meant.

    The ref stands behind the name and before the colon: elsewhere it is what a page made up.
    """
    match = _LINE.match(_unquoted(line))
    marks, _, inside = match["rest"].partition(":") if match else ("", "", "")
    ref = _REF.search(marks)
    return (match, ref[1], inside) if match and ref else None


def _plain(line: str) -> str:
    return _MARKS.sub("", _unquoted(line)).strip().removesuffix(":")


def _unquoted(line: str) -> str:
    """A line of the tree without its indent, its dash, and YAML's quotes around its key."""
    text = line.strip().removeprefix("- ")
    if not text.startswith("'"):
        return text
    end = re.match(r"'((?:[^']|'')*)'", text)
    return end[1].replace("''", "'") + text[end.end() :] if end else text
