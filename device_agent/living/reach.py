"""What this device can reach now and why not: the core, and each thing that it may use."""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

import requests

from device_agent.browser.probe import SETTING, find_browser
from device_agent.browser.probe import can_browse as can_browse_here
from device_agent.client import Client
from device_agent.core_address import check_address, is_here
from device_agent.desktop.probe import limits, why_no_desktop
from device_agent.errors import CoreAway, PairingGone, RefusedByCore
from device_agent.identity import Identity
from device_agent.permissions import IN_WORDS, report_of
from device_agent.policy.owner import Area, OwnerPolicy
from device_agent.settings import Pairing
from device_agent.shells import find_shell
from dispatch_core.abilities import Permission
from dispatch_core.signing import CLOCK_SKEW_SECONDS

PROBE_SECONDS = 10
AREAS = {
    Permission.FILES: (Area.READ_FILES, Area.WRITE_FILES),
    Permission.SHELL: (Area.SHELL,),
    Permission.BROWSER: (Area.BROWSER,),
    Permission.DESKTOP: (Area.DESKTOP,),
}


@dataclass(frozen=True)
class Finding:
    """One line of status: what was looked at, how it is, and whether that is well."""

    what: str
    how: str
    well: bool = True


def core_findings(pairing: Pairing, identity: Identity) -> Iterator[Finding]:
    """Whether the core answers, whether the clocks agree, and whether it knows this device.

    Raises PlainHttp, BadAddress.
    """
    url = check_address(pairing.url, insecure=pairing.insecure)
    try:
        ahead, took = _ask_alive(url)
    except requests.RequestException as error:
        yield Finding("core", f"not reached: {_why(error)}", well=False)
        return
    yield Finding("core", f"reached in {took * 1000:.0f} ms")
    if ahead is not None:
        yield _clock(ahead)
    yield from _signed_findings(url, pairing, identity)


def permission_findings(pairing: Pairing, policy: OwnerPolicy) -> Iterator[Finding]:
    """Each permission with the policy's mode; a permission that can't be used says why."""
    for permission in Permission:
        if not pairing.permissions.allows(permission):
            yield Finding(permission.value, f"no; dispatch-device permit {permission.value}")
            continue
        modes = ", ".join(f"{area.value}: {policy.mode(area).value}" for area in AREAS[permission])
        why = why_not(permission, pairing)
        how = f"can't {IN_WORDS[permission]} now: {why}" if why else f"yes ({modes})"
        yield Finding(permission.value, how, well=not why)
    for action, why in limits().items() if not why_no_desktop() else ():
        yield Finding(f"desktop {action}", f"no: {why}")


def folder_findings(pairing: Pairing) -> Iterator[Finding]:
    """Each shared folder, and why it can't be reached."""
    for folder in pairing.folders:
        why = _why_no_folder(Path(folder))
        yield Finding("folder", f"{folder}: {why}" if why else folder, well=not why)


def why_not(permission: Permission, pairing: Pairing) -> str:
    """Why this computer can't do what is permitted; empty where it can."""
    if permission is Permission.SHELL:
        return "" if find_shell() else "there is neither bash nor sh"
    if permission is Permission.DESKTOP:
        return why_no_desktop()
    if permission is Permission.BROWSER:
        return _why_no_browser()
    shared = [folder for folder in pairing.folders if not _why_no_folder(Path(folder))]
    return "" if shared else "no shared folder is there; dispatch-device folder add PATH"


def _why_no_browser() -> str:
    if can_browse_here():
        return ""
    if find_browser() is None:
        chosen = os.environ.get(SETTING)
        return f"{SETTING} names no program: {chosen}" if chosen else "no Chromium or Chrome here"
    return "playwright is not installed (pip install '.[browser]' in Dispatch's folder)"


def _why_no_folder(folder: Path) -> str:
    if not folder.is_dir():
        return "it is not there"
    return "" if os.access(folder, os.R_OK | os.X_OK) else "it can't be read"


def _ask_alive(url: str) -> tuple[float | None, float]:
    """Seconds that this clock is ahead of the core's, where it tells its own; seconds it took."""
    with requests.Session() as session:
        session.trust_env = not is_here(url)
        sent = time.monotonic()
        answer = session.get(f"{url}/healthz", timeout=PROBE_SECONDS, allow_redirects=False)
    took = time.monotonic() - sent
    with contextlib.suppress(KeyError, ValueError, TypeError):
        there = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        return time.time() - took / 2 - there, took
    return None, took


def _clock(ahead: float) -> Finding:
    # A Date has whole seconds, so what is below two says nothing.
    if abs(ahead) < 2:
        return Finding("clock", "agrees with the core's")
    words = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the core's"
    well = abs(ahead) <= CLOCK_SKEW_SECONDS
    limit = "" if well else f"; more than {CLOCK_SKEW_SECONDS} s are refused, so set it right"
    return Finding("clock", words + limit, well)


def _signed_findings(url: str, pairing: Pairing, identity: Identity) -> Iterator[Finding]:
    """Report in, as the companion does when it connects."""
    with contextlib.closing(Client(url, identity, pairing.device_id, pairing.name)) as client:
        try:
            reply = client.report(report_of(pairing))
        except (CoreAway, PairingGone, RefusedByCore) as refusal:
            yield Finding("requests", f"refused: {refusal}", well=False)
            return
    known = f", as {reply.name}" if reply.name and reply.name != pairing.name else ""
    yield Finding("requests", f"accepted{known}")
    for wider in reply.awaits_confirmation:
        yield Finding("waits", f"for your Confirm in Slack: {wider}")


def _why(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted here"
    return "it took too long" if isinstance(error, requests.Timeout) else "no connection"
