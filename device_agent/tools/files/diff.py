"""What a write would change, for whoever decides it."""

import difflib
from collections.abc import Iterator

from dispatch_core.protocol import MAX_PREVIEW_CHARS
from dispatch_core.redaction import make_visible

# difflib compares each line with each in the worst case; a longer file is shown without it.
MOST_COMPARED_LINES = 4_000
LONGEST_SHOWN_LINE = 400
NO_END = "\\ No newline at end of file"


def preview_of(name: str, old: bytes | None, new: bytes) -> tuple[str, bool]:
    """A unified diff as text, invisible characters made visible; and whether it is all there."""
    before, after = _text(old), _text(new)
    if after is None:
        return f"{name}: {len(new)} bytes that are no text.", False
    if before is None:
        title = f"{name}: what is there is no text, or too long to compare; this replaces all of it"
        return _cut([f"+++ {title}", *(f"+{line}" for line in _ended(after))])
    if old is not None and before == after:
        return f"{name} stays as it is, byte for byte.", True
    return _cut(list(_lines(name, before, after, is_new=old is None)))


def _text(content: bytes | None) -> str | None:
    if content is None:
        return ""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _lines(name: str, before: str, after: str, *, is_new: bool) -> Iterator[str]:
    old, new = before.split("\n"), after.split("\n")
    title = f"{name} (new file)" if is_new else name
    if max(len(old), len(new)) > MOST_COMPARED_LINES:
        yield f"+++ {title}: {len(old)} lines are replaced by these {len(new)}"
        yield from (f"+{line}" for line in _ended(after))
        return
    # What ends without a line break has a last line of its own, which is told as diff tells it.
    before_lines, after_lines = _marked(old), _marked(new)
    diff = difflib.unified_diff(before_lines, after_lines, title, title, lineterm="")
    for number, line in enumerate(diff):
        if number == 0 and is_new:
            yield "--- (absent)"
        elif line.endswith("\n"):
            yield line[:-1]
            yield NO_END
        else:
            yield line


def _marked(lines: list[str]) -> list[str]:
    """The lines of a text; one that no line break ends keeps a mark of that."""
    *whole, last = lines
    return [*whole, f"{last}\n"] if last else whole


def _ended(text: str) -> list[str]:
    """The lines of a text, without the empty one after its last line break."""
    return text.removesuffix("\n").split("\n")


def _cut(lines: list[str]) -> tuple[str, bool]:
    """As much as a preview holds; its last line says how much is left out."""
    kept: list[str] = []
    left, whole = MAX_PREVIEW_CHARS - 100, True
    for number, line in enumerate(lines):
        shown = make_visible(line)
        if len(shown) > LONGEST_SHOWN_LINE:
            more = len(shown) - LONGEST_SHOWN_LINE
            shown, whole = f"{shown[:LONGEST_SHOWN_LINE]}… ({more} characters more)", False
        left -= len(shown) + 1
        if left < 0:
            kept.append(f"… and {len(lines) - number} more lines that are not shown")
            return "\n".join(kept), False
        kept.append(shown)
    return "\n".join(kept), whole
