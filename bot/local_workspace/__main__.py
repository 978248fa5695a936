"""Runs the local workspace alone: `python -m bot.local_workspace --manifest manifest.yml`."""

import asyncio
import signal
from pathlib import Path

import click

from bot.local_workspace.workspace import LocalWorkspace


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8770, show_default=True)
@click.option("--manifest", type=click.Path(path_type=Path, exists=True), default="manifest.yml")
@click.option("--home", type=click.Path(path_type=Path), help="Keep everything in this folder.")
@click.option("--events-url", default="", help="Deliver over signed HTTP to this URL.")
def main(host: str, port: int, manifest: Path, home: Path | None, events_url: str) -> None:
    """A Slack on this machine. Stop it with Ctrl-C."""
    asyncio.run(_serve(LocalWorkspace(manifest, home, events_url=events_url), host, port))


async def _serve(workspace: LocalWorkspace, host: str, port: int) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    await workspace.start(host, port)
    click.echo(environment(workspace))
    await stopped.wait()
    await workspace.stop()


def environment(workspace: LocalWorkspace) -> str:
    """What to set so that an app connects to this workspace, and where to look."""
    return "\n".join(
        [
            f"export SLACK_API_URL={workspace.api_url}",
            f"export SLACK_BOT_TOKEN={workspace.bot_token}",
            f"export SLACK_APP_TOKEN={workspace.app_token}",
            f"export SLACK_SIGNING_SECRET={workspace.signing_secret}",
            f"# Open {workspace.url} in a browser.",
        ]
    )


if __name__ == "__main__":
    main()
