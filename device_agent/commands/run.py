"""dispatch-device run: serves Dispatch until it is stopped."""

import contextlib
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from device_agent.agent import Agent
from device_agent.client import Client
from device_agent.commands.facts import tell
from device_agent.commands.sentences import in_sentences
from device_agent.core_address import check_address
from device_agent.errors import NotPairedYet, PairingGone
from device_agent.identity import Identity
from device_agent.instance import only_instance
from device_agent.journal import Journal
from device_agent.living.logs import start_logging
from device_agent.serving import close_tools, folders_of, make_tools
from device_agent.settings import KeptPairing, device_home
from device_agent.steps import Bench
from device_agent.tools.shell.family import adopt_orphans

log = logging.getLogger(__name__)


@click.command()
@click.option("--service", is_flag=True, hidden=True, help="As install starts it.")
def run(service: bool) -> None:
    """Connect to Dispatch and do what it asks, until Ctrl-C."""
    with in_sentences(), _at_rest_once_unpaired(service):
        home = device_home()
        kept = KeptPairing(home)
        identity = Identity.load(home)
        with only_instance(home):
            start_logging(home)
            tell(kept.now(), identity)
            _serve(home, kept, identity)


def _serve(home: Path, kept: KeptPairing, identity: Identity) -> None:
    adopt_orphans()
    journal = Journal(home / "journal.jsonl")
    pairing = kept.now()
    tools = make_tools(home, folders_of(home, kept))
    url = check_address(pairing.url, insecure=pairing.insecure)
    client = Client(url, identity, pairing.device_id, pairing.name)
    agent = Agent(client, Bench(kept.now, journal, tools, confirm=kept.confirm))
    _close_on_signals(agent.close)
    try:
        agent.run()
    finally:
        close_tools(tools)


@contextlib.contextmanager
def _at_rest_once_unpaired(service: bool) -> Iterator[None]:
    """A manager starts what fails again; an unpaired companion would fail for ever."""
    try:
        yield
    except (PairingGone, NotPairedYet) as gone:
        if not service:
            raise
        log.warning("%s", gone)
        click.echo(str(gone), err=True)


def _close_on_signals(close: Callable[[], None]) -> None:
    # In a thread: a handler that took a lock which its own thread holds would wait for ever.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: threading.Thread(target=close).start())
