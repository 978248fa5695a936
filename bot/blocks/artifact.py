"""A file that a run made, as the thread tells of it."""

from urllib.parse import quote

from bot.blocks.drawn import Drawn, message, section
from bot.blocks.inert import inert_code, inert_line
from bot.blocks.limits import TITLE, cut
from dispatch_core.sizes import size_words
from dispatch_core.views import ArtifactView

FILE_TITLE = 100


def artifact_title(artifact: ArtifactView) -> str:
    """The title of the uploaded file, in plain text; the comment above it tells the size."""
    return cut(artifact.name, FILE_TITLE)


def artifact_comment(artifact: ArtifactView) -> str:
    """The words above the uploaded file: name, kind, size and where else it can be had."""
    name, kind = inert_code(artifact.name, TITLE), inert_line(artifact.kind, TITLE)
    return f"📎 {name} · {kind} · {size_words(artifact.size_bytes)} · {_link(artifact)}"


def artifact_link(artifact: ArtifactView, why: str) -> Drawn:
    """The message in a file's stead, where Slack does not take the file; why is a sentence."""
    text = f"{artifact_comment(artifact)}\n{why}"
    return message(f"📎 {inert_line(artifact.name, TITLE)}", section(text))


def _link(artifact: ArtifactView) -> str:
    # A bar or an angle would end the link early; a signed URL has neither unless its host is odd.
    return f"<{quote(artifact.download_url, safe='/:?&=%#.~-_@+,;!$()*')}|Download>"
