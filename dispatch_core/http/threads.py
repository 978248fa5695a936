"""The thread view in JSON, for whoever holds a signed link to it."""

import dataclasses
from datetime import datetime
from typing import Any

from aiohttp import web
from pydantic.alias_generators import to_camel

from dispatch_core.errors import NotFound
from dispatch_core.http.artifacts import check_link
from dispatch_core.http.verbs import Verbs
from dispatch_core.views import ArtifactView, AttachedFile, ThreadEntry


class ThreadDoor:
    """GET /threads/{key}?token=…: messages, runs, approvals and artifacts in their order."""

    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    def routes(self) -> list[web.RouteDef]:
        """The one endpoint."""
        return [web.get("/threads/{thread_key}", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        """Answer {threadKey, entries}; raises NotFound, BadLink."""
        key = request.match_info["thread_key"]
        check_link(self._verbs, f"/threads/{key}", request)
        if not await self._verbs.knows_thread(key):
            raise NotFound(what="thread", name=key)
        entries = [entry_json(entry) for entry in await self._verbs.thread(key)]
        return web.json_response(
            {"threadKey": key, "entries": entries}, headers={"Cache-Control": "private, no-store"}
        )


def entry_json(entry: ThreadEntry) -> dict[str, Any]:
    """An entry as a reader may see it; the announcer's side of it is left out."""
    return {
        "id": entry.id,
        "position": entry.position,
        "kind": entry.kind.value,
        "revision": entry.revision,
        entry.kind.value: _plain(entry.body),
    }


def _plain(value: object) -> Any:
    if isinstance(value, ArtifactView):
        return value.as_fields() | {"id": value.id, "runId": value.run_id, "sha256": value.sha256}
    if isinstance(value, AttachedFile):
        return {"name": value.name, "mimeType": value.mime_type, "sizeBytes": value.size_bytes}
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return {to_camel(field.name): _plain(getattr(value, field.name)) for field in fields}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple | frozenset):
        return [_plain(item) for item in value]
    return value
