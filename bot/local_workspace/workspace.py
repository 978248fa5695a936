"""The local workspace: a Slack on this machine, to try Dispatch with and to test it against."""

from collections.abc import Callable, Sequence
from pathlib import Path

from aiohttp import web

from bot.local_workspace import commands, modals, people
from bot.local_workspace.faults import Faults
from bot.local_workspace.guard import loopback_only
from bot.local_workspace.interactions import Click, act
from bot.local_workspace.journal import Journal
from bot.local_workspace.json_text import Json
from bot.local_workspace.pace import Pace
from bot.local_workspace.page_api import PageApi, refusals_as_json
from bot.local_workspace.page_deeds import PageDeeds
from bot.local_workspace.signed_http import SignedHttp
from bot.local_workspace.slack import Slack
from bot.local_workspace.transfers import Transfers
from bot.local_workspace.web_api.door import Door, Tokens

BOT_TOKEN = "xoxb-local-dispatch"  # noqa: S105 - opens nothing but this loopback server
APP_TOKEN = "xapp-local-dispatch"  # noqa: S105
SIGNING_SECRET = "local-signing-secret"  # noqa: S105
PAGE = Path(__file__).parent / "page"
MOST_BYTES = 64 * 1024 * 1024
"""The largest file that a person or the app may upload."""


class LocalWorkspace:
    """A strict Slack on 127.0.0.1, with one page for people and this class for tests.

    `home` keeps messages, files and App Homes over a restart. With `events_url` the app is
    served over signed HTTP; otherwise it connects by Socket Mode.
    """

    def __init__(
        self,
        manifest: Path,
        home: Path | None = None,
        *,
        events_url: str = "",
        pace: Pace | None = None,
    ) -> None:
        self.pace = pace or Pace()
        self.slack = Slack(manifest, home, self.pace)
        self.bot_token = BOT_TOKEN
        self.app_token = APP_TOKEN
        self.signing_secret = SIGNING_SECRET
        self._host = "127.0.0.1"
        self._port = 0
        self._http: SignedHttp | None = None
        self._runner: web.AppRunner | None = None
        if events_url:
            self.serve_over_http(events_url)

    def serve_over_http(self, events_url: str) -> None:
        """From now on POST events, interactions and commands to this URL, signed."""
        self._http = SignedHttp(events_url, self.signing_secret, self.pace)
        self.slack.outbound.carrier = self._http

    async def start(self, host: str = "127.0.0.1", port: int = 8770) -> None:
        """Open the door; port 0 takes a free one."""
        self._host = host
        self._runner = web.AppRunner(self._application(), shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.slack.served_at(self.url)
        self.slack.outbound.resume()

    async def stop(self) -> None:
        """Close the door. What a home keeps is kept already."""
        self.slack.page.end()
        await self.slack.outbound.close()
        await self.slack.sockets.close()
        if self._http:
            await self._http.close()
        if self._runner:
            await self._runner.cleanup()
        self.slack.state.close()

    def _application(self) -> web.Application:
        application = web.Application(
            middlewares=[loopback_only(self._host), refusals_as_json], client_max_size=MOST_BYTES
        )
        door = Door(self.slack, Tokens(self.bot_token, self.app_token))
        application.add_routes(
            [
                web.route("*", "/api/{method}", door.serve),
                web.get("/link/", self.slack.sockets.serve),
                *Transfers(self.slack, self.bot_token).routes(),
                *PageApi(self.slack).routes(),
                *PageDeeds(self.slack).routes(),
                web.get("/", _page),
            ]
        )
        if PAGE.is_dir():
            application.router.add_static("/page/", PAGE)
        application.on_response_prepare.append(_harden)
        return application

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}"

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL must be."""
        return f"{self.url}/api/"

    @property
    def calls(self) -> Journal:
        """Every Web API call so far."""
        return self.slack.journal

    @property
    def faults(self) -> Faults:
        return self.slack.faults

    async def say(
        self,
        user: str,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        files: Sequence[tuple[str, bytes]] = (),
    ) -> str:
        """A person writes, with files as (name, bytes); returns the message's ts."""
        ids = [self.slack.files.add(user, name, content) for name, content in files]
        return people.say(self.slack, user, channel, text, thread_ts, ids)

    async def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        """A person changes an own message."""
        people.edit(self.slack, user, channel, ts, text)

    async def click(
        self, user: str, channel: str, message_ts: str, action_id: str, **choice: object
    ) -> bool:
        """A person clicks, or chooses (`selected_option={…}`); whether the app acknowledged."""
        return await act(
            self.slack,
            Click(user, action_id, channel=channel, message_ts=message_ts, choice=choice),
        )

    async def click_in_view(self, user: str, action_id: str, **choice: object) -> bool:
        """A person clicks in the open modal, or in App Home if none is open."""
        view = self.view(user) or self.home(user) or {"id": ""}
        return await act(self.slack, Click(user, action_id, view_id=view["id"], choice=choice))

    async def command(self, user: str, channel: str, command: str, text: str = "") -> None:
        """A person types a slash command; Refusal if it is unknown or unanswered."""
        await commands.run(self.slack, user, channel, command, text)

    async def submit(self, user: str, values: Json) -> dict[str, str] | None:
        """A person submits the open modal (`values`: by block and action); see modals.submit."""
        view = self.view(user) or {"id": ""}
        return await modals.submit(self.slack, user, view["id"], values)

    async def open_home(self, user: str) -> Json | None:
        """A person opens App Home; returns what it shows so far."""
        return modals.open_home(self.slack, user)

    def view(self, user: str) -> Json | None:
        """The modal that a person has before their eyes."""
        return self.slack.views.top(user)

    def home(self, user: str) -> Json | None:
        """A person's App Home."""
        return self.slack.views.home(user)

    def file(self, file_id: str) -> bytes:
        """A file's bytes."""
        return self.slack.files.content(file_id)

    def messages(self, channel: str, user: str = "") -> list[Json]:
        """The messages of a channel, oldest first; with a user also what only that one sees."""
        return self.slack.messages.seen_by(channel, user)

    def thread(self, channel: str, thread_ts: str) -> list[Json]:
        """A thread with its parent, oldest first."""
        every = self.messages(channel)
        return [one for one in every if thread_ts in {one["ts"], one.get("thread_ts")}]

    async def wait_until(
        self,
        predicate: Callable[[], object],
        timeout: float = 60.0,  # noqa: ASYNC109
    ) -> None:
        """Return as soon as the predicate holds, judged at every change; else TimeoutError."""
        await self.slack.page.change.wait_until(predicate, timeout)


async def _page(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html")


PAGE_POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data: blob: http: https:",
        "style-src 'self' 'unsafe-inline'",
        "media-src 'self' http: https:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


async def _harden(_request: web.Request, response: web.StreamResponse) -> None:
    """The page runs its own scripts only, and no other page may frame it."""
    response.headers.setdefault("content-security-policy", PAGE_POLICY)
    response.headers.setdefault("x-content-type-options", "nosniff")
    response.headers.setdefault("referrer-policy", "no-referrer")
