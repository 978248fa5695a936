"""Hands an artifact's bytes to whoever holds a signed link to it."""

from urllib.parse import quote

from aiohttp import web

from dispatch_core.errors import BadLink
from dispatch_core.http.verbs import Verbs
from dispatch_core.views import ArtifactView


class ArtifactDoor:
    """GET /artifacts/{id}?token=…: always a download, never a page of this server."""

    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    def routes(self) -> list[web.RouteDef]:
        """The one endpoint; HEAD comes with it."""
        return [web.get("/artifacts/{artifact_id}", self.download)]

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Check the token before anything is looked up."""
        artifact_id = request.match_info["artifact_id"]
        check_link(self._verbs, f"/artifacts/{artifact_id}", request)
        view, path = await self._verbs.open_artifact(artifact_id)
        return web.FileResponse(path, headers=download_headers(view))


def check_link(verbs: Verbs, path: str, request: web.Request) -> None:
    """Raise BadLink unless the query's token was signed for this path, decoded, and still holds."""
    if not verbs.check_signature(path, request.query.get("token", "")):
        raise BadLink


def download_headers(view: ArtifactView) -> dict[str, str]:
    """Headers that keep a browser from showing or running what a run made."""
    return {
        "Content-Type": view.mime_type or "application/octet-stream",
        "Content-Disposition": attachment(view.name),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-store",
    }


def attachment(name: str) -> str:
    """A Content-Disposition after RFC 6266: an ASCII name for old readers, the true one for all."""
    plain = "".join(
        char if char.isascii() and char.isprintable() and char not in '"\\%/' else "_"
        for char in name
    )
    exact = quote(name.encode("utf-8", "replace"), safe="")
    return f"attachment; filename=\"{plain or 'artifact'}\"; filename*=UTF-8''{exact}"
