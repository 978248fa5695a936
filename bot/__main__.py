"""`dispatch`: serve, demo, worker, doctor, runs, audit, db upgrade, explain."""

import sys
import traceback
from typing import Any

import click

from bot.commands.audit import audit
from bot.commands.explain import explain
from bot.commands.runs import runs
from bot.errors import SignInRefused
from dispatch_core.errors import DispatchError, SettingError
from dispatch_core.settings import CoreSettings, read_settings

PORT = click.IntRange(0, 65_535)


class Sentences(click.Group):
    """Ends every error in one sentence on standard error: 2 for a setting, 1 for the rest."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; never a traceback."""
        try:
            return super().invoke(ctx)
        except DispatchError as error:
            click.echo(str(error), err=True)
            sys.exit(2 if isinstance(error, (SettingError, SignInRefused)) else 1)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:  # noqa: BLE001
            # The outermost door: what nobody foresaw still has to be told in a sentence.
            _log_unforeseen(error)
            sys.exit(1)


def _log_unforeseen(error: Exception) -> None:
    from dispatch_core.redaction import redact  # noqa: PLC0415

    last = traceback.extract_tb(error.__traceback__)[-1]
    words = redact(f"{type(error).__name__}: {error}").splitlines()[0]
    click.echo(f"Dispatch stopped on {words} (at {last.filename}:{last.lineno}).", err=True)


@click.group(cls=Sentences, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dispatch-control-room")
def main() -> None:
    """Turns Slack threads into a control room for real work."""


@main.command()
def serve() -> None:
    """Connect to Slack: Socket Mode with SLACK_APP_TOKEN, else HTTP at POST /slack/events."""
    from bot.settings import SlackSettings  # noqa: PLC0415 (a help page need not wait for Slack)

    core, slack = read_settings(CoreSettings), read_settings(SlackSettings)
    from bot.commands import logs, running, serving  # noqa: PLC0415

    logs.log_to_stderr(read_settings(logs.LogSettings))
    running.run(serving.serve(core, slack))


@main.command()
def worker() -> None:
    """Work without Slack; SLACK_BOT_TOKEN, if set, serves to fetch attached files."""
    from bot.settings import SlackReach  # noqa: PLC0415

    core, slack = read_settings(CoreSettings), read_settings(SlackReach)
    from bot.commands import logs, running, serving  # noqa: PLC0415

    logs.log_to_stderr(read_settings(logs.LogSettings))
    running.run(serving.work(core, slack))


@main.command()
@click.option("--port", type=PORT, default=8770, show_default=True, help="Where the page opens.")
@click.option("--no-device", is_flag=True, help="Pair no companion on this machine.")
def demo(port: int, no_device: bool) -> None:
    """Try Dispatch with a Slack on this machine: no account, nothing to configure."""
    from bot.commands import logs, running  # noqa: PLC0415
    from bot.commands.demo import demo as trial  # noqa: PLC0415

    logs.log_to_stderr(read_settings(logs.LogSettings), usual="warning")
    running.run(trial(port, with_device=not no_device))


@main.command()
@click.option("--worker", is_flag=True, help="Look at what `dispatch worker` needs.")
def doctor(worker: bool) -> None:
    """Say what is missing and how to mend it; fails where something needed is missing."""
    from bot.commands.doctor import examine  # noqa: PLC0415

    sys.exit(0 if examine(of_worker=worker) else 1)


@main.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database's schema up to this version."""
    from dispatch_core.upgrade import upgrade_database  # noqa: PLC0415

    revision = upgrade_database(read_settings(CoreSettings))
    click.echo(f"The database is at revision {revision}.")


main.add_command(audit)
main.add_command(explain)
main.add_command(runs)

if __name__ == "__main__":
    main(prog_name="dispatch")
