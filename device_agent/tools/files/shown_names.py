"""Names of files as they are shown: anybody may have chosen them."""

from dispatch_core.redaction import make_visible


def shown_name(name: str) -> str:
    """A name on one line, with nothing in it that can't be seen or that isn't text."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return make_visible(text).replace("\n", "\\u{A}").replace("\t", "\\u{9}")
