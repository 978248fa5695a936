"""The parts of the local Slack, put together. What they do is in the modules that take it."""

from pathlib import Path

from bot.local_workspace.directory import Directory
from bot.local_workspace.faults import Faults
from bot.local_workspace.file_cabinet import FileCabinet
from bot.local_workspace.journal import Journal
from bot.local_workspace.manifest import read_manifest
from bot.local_workspace.messages import Messages
from bot.local_workspace.outbound import Outbound
from bot.local_workspace.pace import Pace
from bot.local_workspace.rate_limits import RateLimits
from bot.local_workspace.signals import PageEvents
from bot.local_workspace.sockets import Sockets
from bot.local_workspace.state_file import StateFile
from bot.local_workspace.triggers import ResponseUrls, Triggers
from bot.local_workspace.views import Views


class Slack:
    """One workspace with one app in it. `url` is where it is served, without a slash."""

    def __init__(self, manifest: Path, home: Path | None, pace: Pace) -> None:
        self.url = ""
        self.pace = pace
        self.manifest = read_manifest(manifest)
        self.state = StateFile(home)
        self.directory = Directory(self.manifest.name)
        self.messages = Messages(self.state, pace.now)
        self.files = FileCabinet(self.state, pace.now)
        self.views = Views(self.state)
        self.journal = Journal()
        self.page = PageEvents()
        self.faults = Faults(self._fault_changed)
        self.limits = RateLimits(pace)
        self.triggers = Triggers(pace)
        self.response_urls = ResponseUrls(pace)
        self.sockets = Sockets(pace, self._connection_changed)
        self.outbound = Outbound(self.sockets, self.manifest, self.faults, self.state, pace)

    def served_at(self, url: str) -> None:
        """The door is open there; files that were shared at another address move along."""
        self.url = self.files.url = url
        for channel in self.directory.channels:
            for message in self.messages.in_channel(channel):
                if "files" in message:
                    message["files"] = [self.files.refreshed(one) for one in message["files"]]

    @property
    def connected(self) -> bool:
        """Whether the app can be reached."""
        return self.outbound.carrier.connected

    def viewers(self, channel_id: str) -> frozenset[str]:
        """Whose pages show a channel."""
        return self.directory.members(self.directory.channel(channel_id))

    def reset(self) -> None:
        """Forget messages, files, views and faults, as after the first start."""
        self.state.forget_all()
        self.messages.forget_all()
        self.files.forget_all()
        self.views.forget_all()
        self.journal.clear()
        self.faults.clear()
        self.page.publish("resync", {})

    def _fault_changed(self, fault_id: str) -> None:
        if fault_id == "disconnect":
            self.outbound.background(self.sockets.drop())
        self.page.publish("faults", {"faults": self.faults.listed()})

    def _connection_changed(self) -> None:
        self.page.publish("bot", {"connected": self.connected})
