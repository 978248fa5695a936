"""All that the core's routes offer, gathered for its worker."""

from collections.abc import Mapping
from pathlib import Path

from dispatch_core.knowledge.library import Library
from dispatch_core.protocol import ToolName
from dispatch_core.routes import cloud_code, cloud_knowledge, inline
from dispatch_core.routes.tool import Offer
from dispatch_core.settings import CoreSettings

# Dispatch's own documents, where the operator names no folder.
HOUSE = Path(__file__).resolve().parents[2]
OWN_DOCUMENTS = (HOUSE / "docs", HOUSE / "README.md")


def offers(settings: CoreSettings) -> Mapping[ToolName, Offer]:
    """Every core tool by its name; one that can't be had here says why when it is called."""
    folders = (settings.knowledge,) if settings.knowledge else OWN_DOCUMENTS
    gathered = (
        inline.offer(),
        cloud_knowledge.offer(Library(folders)),
        cloud_code.offer(settings.home / "cache", settings.code_memory_mb),
    )
    return {offer.name: offer for offer in gathered}
