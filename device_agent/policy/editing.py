"""The moves by which an owner changes the policy; each gives a new policy, and says why not."""

import re

from device_agent.errors import AsksByName, CantBeAllowed, NoCommandNamed, NoSite
from device_agent.policy.owner import Area, Mode, OwnerPolicy
from device_agent.policy.readonly import KNOWN
from dispatch_core.policy.commands.analysis import analyse

_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*\.?")
_WITH_PORT = re.compile(r"(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]{1,253}):\d{1,5}")


def with_mode(policy: OwnerPolicy, area: Area, mode: Mode) -> OwnerPolicy:
    """The policy with another mode for an area."""
    modes = policy.modes.model_copy(update={area.value: mode})
    return policy.model_copy(update={"modes": modes})


def with_allowed(policy: OwnerPolicy, command: str) -> OwnerPolicy:
    """A known command back on the list, or a whole command let through as it is written.

    Raises NoCommandNamed, CantBeAllowed.
    """
    command = _command(command, "allow")
    if command in KNOWN:
        return _with_shell(policy, ask=_without(policy.shell.ask, command))
    reading = analyse(command)
    grave = [concern.sentence for concern in reading.concerns if not concern.lasting]
    more = "It is more than one command." if len(reading.stages) != 1 else None
    if why := reading.denial or next(iter(grave), more):
        raise CantBeAllowed(command=command, why=why)
    return _with_shell(policy, allow=_with(policy.shell.allow, command))


def with_asked(policy: OwnerPolicy, command: str) -> OwnerPolicy:
    """A command that asks, although it was allowed or is known only to read.

    Raises NoCommandNamed; AsksByName for one that would be done unasked all the same.
    """
    command = _command(command, "ask")
    names = (name for name in KNOWN if command.startswith(f"{name} "))
    name = max(names, key=len, default="")
    if name and command not in {*KNOWN, *policy.shell.allow}:
        raise AsksByName(name=name)
    asked = _with(policy.shell.ask, command) if command in KNOWN else policy.shell.ask
    return _with_shell(policy, ask=asked, allow=_without(policy.shell.allow, command))


def with_denied(policy: OwnerPolicy, pattern: str) -> OwnerPolicy:
    """Commands that are refused, by a name and words in their order; raises NoCommandNamed."""
    return _with_shell(policy, deny=_with(policy.shell.deny, _command(pattern, "deny")))


def without_denied(policy: OwnerPolicy, pattern: str) -> OwnerPolicy:
    """The policy without one of its denials; raises NoCommandNamed."""
    return _with_shell(policy, deny=_without(policy.shell.deny, _command(pattern, "undeny")))


def with_site_denied(policy: OwnerPolicy, site: str) -> OwnerPolicy:
    """A host that the browser must not open; raises NoSite."""
    if not _HOST.fullmatch(site):
        raise NoSite(site=site, more="")
    sites = policy.sites.model_copy(update={"deny": _with(policy.sites.deny, site)})
    return policy.model_copy(update={"sites": sites})


def with_private_site(policy: OwnerPolicy, site: str) -> OwnerPolicy:
    """A host with its port, on this computer or its network, that the browser may reach.

    Raises NoSite.
    """
    if not _WITH_PORT.fullmatch(site):
        raise NoSite(site=site, more=" with its port, such as 127.0.0.1:8000")
    sites = policy.sites.model_copy(update={"private": _with(policy.sites.private, site)})
    return policy.model_copy(update={"sites": sites})


def without_site(policy: OwnerPolicy, site: str) -> OwnerPolicy:
    """The policy without what it says of a site."""
    sites = policy.sites.model_copy(
        update={
            "deny": _without(policy.sites.deny, site),
            "private": _without(policy.sites.private, site),
        }
    )
    return policy.model_copy(update={"sites": sites})


def _command(words: str, verb: str) -> str:
    words = words.strip()
    if not words:
        raise NoCommandNamed(verb=verb)
    return words


def _with(listed: tuple[str, ...], one: str) -> tuple[str, ...]:
    return (*_without(listed, one), one)


def _without(listed: tuple[str, ...], one: str) -> tuple[str, ...]:
    return tuple(each for each in listed if each != one)


def _with_shell(policy: OwnerPolicy, **changed: tuple[str, ...]) -> OwnerPolicy:
    return policy.model_copy(update={"shell": policy.shell.model_copy(update=changed)})
