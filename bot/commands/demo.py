"""`dispatch demo`: a Slack, a core and a paired companion on this machine, no account needed."""

import logging
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import click

from bot.commands.demo_device import DemoDevice
from bot.commands.running import until_one_ends
from bot.commands.serving import serving
from bot.connection.manifest import manifest_path
from bot.errors import PortInUse
from bot.local_workspace.workspace import LocalWorkspace
from bot.settings import SlackSettings
from dispatch_core.interpreter import settle
from dispatch_core.settings import CoreSettings, open_home, read_settings

log = logging.getLogger(__name__)

APPROVERS = ("U0ADA", "U0GRACE")
READY = """\
Dispatch is ready: open {url} in a browser. Stop it with Ctrl-C.

Three things to try there:
  1. Write to Dispatch in #general:  @Dispatch what can you do?
  2. Send it code, and get the plot:
       @Dispatch ```import matplotlib.pyplot as plt
       plt.plot([n * n for n in range(10)])
       plt.savefig("squares.png")```
  3. {third}
"""
WITH_DEVICE = "Ask for something on this machine, and approve it:  @Dispatch $ ls -l"
WITHOUT_DEVICE = "Pair this machine:  /devices pair"


async def demo(port: int, *, with_device: bool) -> None:
    """Run until cancelled; everything lives in the folder `demo` of DISPATCH_HOME."""
    home = read_settings(CoreSettings).home / "demo"
    open_home(home)
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(_workspace(home, port))
        core = core_settings(home)
        service, front = await stack.enter_async_context(serving(core, _slack(workspace)))
        if with_device:
            device = DemoDevice(home, core.base_url)
            stack.push_async_callback(device.stop)
            await device.start(service.dispatcher)
        settle()
        click.echo(words(workspace.url, with_device=with_device))
        await until_one_ends(front.ended(), service.ended())


def words(url: str, *, with_device: bool) -> str:
    """What a newcomer reads: where to look, and three things to try."""
    return READY.format(url=url, third=WITH_DEVICE if with_device else WITHOUT_DEVICE)


@asynccontextmanager
async def _workspace(home: Path, port: int) -> AsyncIterator[LocalWorkspace]:
    workspace = LocalWorkspace(manifest_path(), home / "workspace")
    try:
        await workspace.start(port=port)
    except OSError:
        raise PortInUse(port=port) from None
    try:
        yield workspace
    finally:
        await workspace.stop()


def core_settings(home: Path) -> CoreSettings:
    """The core's settings, in the demo's own folder and never in a real database."""
    return read_settings(
        CoreSettings,
        home=home,
        database_url="",
        public_url="",
        http_host="127.0.0.1",
        http_port=_http_port(home),
    )


def _slack(workspace: LocalWorkspace) -> SlackSettings:
    return read_settings(
        SlackSettings,
        slack_bot_token=workspace.bot_token,
        slack_app_token=workspace.app_token,
        slack_signing_secret=workspace.signing_secret,
        slack_api_url=workspace.api_url,
        dispatch_approvers=APPROVERS,
        dispatch_allow_guests=False,
    )


def _http_port(home: Path) -> int:
    """DISPATCH_HTTP_PORT, else the port of the last time, which the companion knows, else any."""
    if os.environ.get("DISPATCH_HTTP_PORT"):
        return read_settings(CoreSettings).http_port
    remembered = home / "http-port"
    try:
        port = _free(int(remembered.read_text()))
    except (OSError, ValueError, OverflowError):
        port = _free(0)
    remembered.write_text(f"{port}\n")
    return port


def _free(port: int) -> int:
    """A port that can be bound now: this one, or any for 0; OSError where it is taken."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(("127.0.0.1", port))
        return int(trial.getsockname()[1])
