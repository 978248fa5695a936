"""All that the core's routes offer, gathered for its worker."""

from collections.abc import Mapping
from pathlib import Path

from dispatch_core.abilities import ToolName
from dispatch_core.knowledge.library import Library, default_documents
from dispatch_core.routes import cloud_code, cloud_knowledge, inline
from dispatch_core.routes.tool import Offer
from dispatch_core.settings import CoreSettings


def cache_of(settings: CoreSettings) -> Path:
    """Where what can be made again is kept."""
    return settings.home / "cache"


def documents(settings: CoreSettings) -> tuple[Path, ...]:
    """What cloud-knowledge answers from: the operator's folder, else Dispatch's own documents."""
    return (settings.knowledge,) if settings.knowledge else tuple(default_documents())


def offers(settings: CoreSettings) -> Mapping[ToolName, Offer]:
    """Every core tool by its name; one that can't be had here says why when it is called."""
    gathered = (
        inline.offer(),
        cloud_knowledge.offer(Library(documents(settings))),
        cloud_code.offer(cache_of(settings), settings.code_memory_mb),
    )
    return {offer.name: offer for offer in gathered}
