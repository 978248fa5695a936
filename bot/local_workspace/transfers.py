"""Bytes of files over HTTP: uploads and downloads of the app, and its response_urls."""

import secrets
from urllib.parse import quote

from aiohttp import web

from bot.local_workspace.answers import respond
from bot.local_workspace.directory import BOT_USER, TEAM
from bot.local_workspace.json_text import Json, decoded
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.slack import Slack
from bot.local_workspace.web_api.method import missing_scope

INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
LOGIN_PAGE = "<!DOCTYPE html><html><body>Sign in to Slack</body></html>"


class Transfers:
    """The addresses outside /api/ that the app uses."""

    def __init__(self, slack: Slack, bot_token: str) -> None:
        self._slack = slack
        self._bot_token = bot_token

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/upload/{file_id}", self.upload),
            web.get(f"/files-pri/{TEAM}-{{file_id}}/{{rest:.+}}", self.download),
            web.post("/response/{key}", self.respond),
        ]

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a reserved file, raw or as the one file of a form."""
        if self._slack.faults.on("refuse_upload"):
            return web.Response(status=500, text="Uploads are refused.")
        file_id = request.match_info["file_id"]
        file = self._slack.files.raw(file_id)
        content = await _bytes_of(request)
        if file["user"] != BOT_USER or self._slack.files.filled(file_id):
            raise Refusal("file_not_found", status=404)
        if len(content) != file["size"]:
            raise Refusal("file_size_mismatch", status=400)
        self._slack.files.fill(file_id, content)
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.Response:
        """Give the bytes to the bot. Without its token Slack shows a sign-in page instead."""
        _, _, token = request.headers.get("authorization", "").partition(" ")
        if not secrets.compare_digest(token.encode(errors="replace"), self._bot_token.encode()):
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        if "files:read" not in self._slack.manifest.scopes:
            raise missing_scope(("files:read",), self._slack.manifest.scopes)
        return sent(self._slack, request.match_info["file_id"], inline=False)

    async def respond(self, request: web.Request) -> web.Response:
        """Take a post to a response_url."""
        body = decoded((await request.read()).decode("utf-8", "replace"))
        if not isinstance(body, dict):
            raise Refusal("invalid_payload", status=400)
        respond(self._slack, request.match_info["key"], body)
        return web.Response(text="ok")


def sent(slack: Slack, file_id: str, *, inline: bool) -> web.Response:
    """A file's bytes, as an attachment unless it is a picture that may be shown."""
    file: Json = slack.files.raw(file_id)
    shown = inline and file["mimetype"] in INLINE
    kind = "inline" if shown else "attachment"
    return web.Response(
        body=slack.files.content(file_id),
        content_type=file["mimetype"],
        headers={
            "content-disposition": f"{kind}; filename*=UTF-8''{quote(file['name'])}",
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; sandbox",
        },
    )


async def _bytes_of(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    form = await request.post()
    for part in form.values():
        if isinstance(part, web.FileField):
            return part.file.read()
    raise Refusal("missing_file_data", status=400)
