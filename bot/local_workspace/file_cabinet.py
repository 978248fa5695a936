"""Files: their bytes, what Slack says about them, and where they were shared."""

import mimetypes
import re
import secrets
from pathlib import Path
from urllib.parse import quote

from bot.local_workspace.directory import TEAM, Channel
from bot.local_workspace.json_text import Json
from bot.local_workspace.pace import Clock
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.state_file import StateFile

PLAIN = "application/octet-stream"


class FileCabinet:
    """Files by id. With a home the bytes lie in its folder `files`, else in memory."""

    def __init__(self, state: StateFile, now: Clock) -> None:
        self._state = state
        self._now = now
        self._folder = state.folder / "files" if state.folder else None
        self._bytes: dict[str, bytes] = {}
        self._files: dict[str, Json] = state.kept("file")
        self.url = ""

    def reserve(self, user: str, name: str, size: int, title: str = "") -> str:
        """A new file whose bytes are still to come; returns its id."""
        file_id = f"F{secrets.token_hex(5).upper()}"
        self._keep(_file_json(file_id, user, name, size, title, int(self._now())))
        return file_id

    def fill(self, file_id: str, content: bytes) -> None:
        """The bytes of a reserved file have come."""
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / file_id).write_bytes(content)
        else:
            self._bytes[file_id] = content
        self._keep(self.raw(file_id) | {"size": len(content), "_filled": True})

    def filled(self, file_id: str) -> bool:
        return bool(self.raw(file_id).get("_filled"))

    def complete(self, file_id: str) -> None:
        """An upload can be completed once."""
        file = self.raw(file_id)
        if file.get("_completed"):
            raise Refusal("file_update_failed")
        self._keep(file | {"_completed": True})

    def add(self, user: str, name: str, content: bytes) -> str:
        """A file that a person uploaded at once; returns its id."""
        file_id = self.reserve(user, name, len(content))
        self.fill(file_id, content)
        return file_id

    def content(self, file_id: str) -> bytes:
        if not self.filled(file_id):
            raise Refusal("file_not_found")
        if self._folder:
            return (self._folder / file_id).read_bytes()
        return self._bytes[file_id]

    def rename(self, file_id: str, title: str) -> None:
        self._keep(self.raw(file_id) | {"title": title})

    def share(self, file_id: str, channel: Channel, message: Json) -> Json:
        """Note that a message shares the file; returns the file as the message carries it."""
        file = self.raw(file_id)
        kind = "private" if channel.is_im else "public"
        shares = file.get("shares", {})
        places = shares.get(kind, {})
        places = places | {channel.id: [*places.get(channel.id, []), _share(channel, message)]}
        list_name = "ims" if channel.is_im else "channels"
        self._keep(
            file
            | {
                "shares": shares | {kind: places},
                list_name: sorted({*file[list_name], channel.id}),
            }
        )
        return self.shown(file_id)

    def raw(self, file_id: str) -> Json:
        if file_id not in self._files:
            raise Refusal("file_not_found")
        return self._files[file_id]

    def shown(self, file_id: str, with_shares: bool = False) -> Json:
        """The file as Slack shows it; only files.info tells where it is shared."""
        file = {key: value for key, value in self.raw(file_id).items() if key[0] != "_"}
        if not with_shares:
            file = {key: value for key, value in file.items() if key != "shares"}
        return file | self._addresses(file)

    def refreshed(self, file: Json) -> Json:
        """A file as a message carries it, with the addresses that are good now."""
        return file | self._addresses(file)

    def _addresses(self, file: Json) -> Json:
        base = f"{self.url}/files-pri/{TEAM}-{file['id']}"
        name = quote(file["name"])
        return {
            "url_private": f"{base}/{name}",
            "url_private_download": f"{base}/download/{name}",
            "permalink": f"{self.url}/files/{file['user']}/{file['id']}/{name}",
        }

    def remove(self, file_id: str) -> None:
        """Delete a file and its bytes."""
        self.raw(file_id)
        del self._files[file_id]
        self._bytes.pop(file_id, None)
        if self._folder:
            (self._folder / file_id).unlink(missing_ok=True)
        self._state.keep("file", file_id, None)

    def forget_all(self) -> None:
        for file_id in list(self._files):
            self.remove(file_id)

    def _keep(self, file: Json) -> None:
        self._files[file["id"]] = file
        self._state.keep("file", file["id"], file)


def plain_name(name: str) -> str:
    """A file's name without folders and control characters."""
    return re.sub(r"[\x00-\x1f\x7f]", "", Path(name.replace("\\", "/")).name) or "file"


def _file_json(file_id: str, user: str, name: str, size: int, title: str, now: int) -> Json:
    name = plain_name(name)
    kind = Path(name).suffix.lstrip(".").lower() or "text"
    return {
        "id": file_id,
        "created": now,
        "timestamp": now,
        "name": name,
        "title": title or name,
        "mimetype": mimetypes.guess_type(name)[0] or PLAIN,
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": user,
        "user_team": TEAM,
        "editable": False,
        "size": size,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": True,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "media_display_type": "unknown",
        "is_starred": False,
        "has_rich_preview": False,
        "file_access": "visible",
        "channels": [],
        "groups": [],
        "ims": [],
        "comments_count": 0,
    }


def _share(channel: Channel, message: Json) -> Json:
    share = {
        "reply_users": [],
        "reply_users_count": 0,
        "reply_count": 0,
        "ts": message["ts"],
        "channel_name": channel.name,
        "team_id": TEAM,
        "share_user_id": message["user"],
    }
    thread_ts = message.get("thread_ts")
    return share | ({"thread_ts": thread_ts} if thread_ts else {})
