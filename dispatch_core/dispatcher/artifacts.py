"""Artifacts and links as the HTTP door serves them."""

from pathlib import Path

from dispatch_core.dispatcher.room import Room
from dispatch_core.errors import NotFound
from dispatch_core.records import shown
from dispatch_core.views import ArtifactView


class Artifacts(Room):
    """The verbs behind downloads."""

    async def open_artifact(self, artifact_id: str) -> tuple[ArtifactView, Path]:
        """An artifact and the file with its bytes; raises NotFound, NoRoom."""
        view = await self.store.read(lambda tx: shown.artifact(tx, artifact_id))
        if view is None:
            raise NotFound(what="artifact", name=artifact_id)
        path = await self.depot.find(view.sha256)
        if path is None:
            raise NotFound(what="artifact", name=f"{view.name} any more")
        return self.dressed_artifact(view), path

    def sign(self, path: str) -> str:
        """The whole URL of a path of the HTTP door, with a token that expires."""
        return self.parts.links.sign(path)

    def check_signature(self, path: str, token: str) -> bool:
        """Whether a token is for this path and has not expired."""
        return self.parts.links.check(path, token)
