"""dispatch-device policy: shows what this device says to work, and changes it."""

import shlex
from collections.abc import Callable, Iterator

import click

from device_agent.commands.sentences import in_sentences
from device_agent.policy import editing
from device_agent.policy.owner import FILE_NAME, Area, Mode, OwnerPolicy
from device_agent.settings import device_home

IN_WORDS = {
    Area.READ_FILES: "read files",
    Area.WRITE_FILES: "write files",
    Area.SHELL: "shell",
    Area.BROWSER: "browser",
    Area.DESKTOP: "desktop",
}
MEANS = {
    Mode.DENY: "refused",
    Mode.ASK: "a person is asked each time",
    Mode.GRANTS: "a person is asked, and may grant it for longer",
    Mode.ALLOW: "done unasked",
}
SHELL_ALLOWS = "what only reads inside the shared folders is done unasked; a person is asked else"
NEEDS_ALLOW = "It counts once you say: dispatch-device policy set shell allow"
_WORDS = click.argument("words", nargs=-1, required=True)
# The options of a command that is named are its own: `git push --force`.
_AS_WRITTEN = {"ignore_unknown_options": True, "allow_interspersed_args": False}


@click.group(invoke_without_command=True)
@click.pass_context
def policy(context: click.Context) -> None:
    """Show, or change, what this device says to the work that Dispatch wants to do."""
    if context.invoked_subcommand is None:
        with in_sentences():
            click.echo("\n".join(_shown(OwnerPolicy.load(device_home()))))


@policy.command("set")
@click.argument("area", type=click.Choice([area.value for area in Area]))
@click.argument("mode", type=click.Choice([mode.value for mode in Mode]))
def set_mode(area: str, mode: str) -> None:
    """Say how work of an AREA is met: deny, ask, grants or allow."""
    _change(lambda now: editing.with_mode(now, Area(area), Mode(mode)))


@policy.command(context_settings=_AS_WRITTEN)
@_WORDS
def allow(words: tuple[str, ...]) -> None:
    """Let a command through unasked, exactly as written, or a known one that you had asked for."""
    _change(lambda now: editing.with_allowed(now, _joined(words)), needs_allow=True)


@policy.command(context_settings=_AS_WRITTEN)
@_WORDS
def ask(words: tuple[str, ...]) -> None:
    """Be asked for a command that is allowed."""
    _change(lambda now: editing.with_asked(now, _joined(words)))


@policy.command(context_settings=_AS_WRITTEN)
@_WORDS
def deny(words: tuple[str, ...]) -> None:
    """Refuse commands by their name and words: `rm`, `git push`; * stands for any characters."""
    _change(lambda now: editing.with_denied(now, " ".join(words)))


@policy.command(context_settings=_AS_WRITTEN)
@_WORDS
def undeny(words: tuple[str, ...]) -> None:
    """Take back a denial."""
    _change(lambda now: editing.without_denied(now, " ".join(words)))


@policy.command("site")
@click.argument("what", type=click.Choice(["deny", "private", "forget"]))
@click.argument("site")
def site_rule(what: str, site: str) -> None:
    """Deny the browser a SITE, let it reach a private HOST:PORT, or forget what was said."""
    moves = {
        "deny": editing.with_site_denied,
        "private": editing.with_private_site,
        "forget": editing.without_site,
    }
    _change(lambda now: moves[what](now, site))


@policy.command()
def reset() -> None:
    """Go back to the safe defaults, whatever the file says."""
    with in_sentences():
        (device_home() / FILE_NAME).unlink(missing_ok=True)
        click.echo("\n".join(_shown(OwnerPolicy())))


def _change(move: Callable[[OwnerPolicy], OwnerPolicy], *, needs_allow: bool = False) -> None:
    """Load, change, keep and show; the companion reads it anew at its next step."""
    with in_sentences():
        home = device_home()
        changed = move(OwnerPolicy.load(home))
        changed.save(home)
        click.echo("\n".join(_shown(changed)))
        if needs_allow and changed.mode(Area.SHELL) is not Mode.ALLOW:
            click.echo(NEEDS_ALLOW)


def _joined(words: tuple[str, ...]) -> str:
    """One argument is a whole command; several are its words."""
    return words[0] if len(words) == 1 else shlex.join(words)


def _shown(now: OwnerPolicy) -> Iterator[str]:
    for area in Area:
        mode = now.mode(area)
        allows = area is Area.SHELL and mode is Mode.ALLOW
        yield f"{IN_WORDS[area]:<13}{mode.value:<8}{SHELL_ALLOWS if allows else MEANS[mode]}"
    listed = {
        "allowed": now.shell.allow,
        "asked": now.shell.ask,
        "denied": now.shell.deny,
        "sites denied": now.sites.deny,
        "private sites": now.sites.private,
    }
    for name, entries in listed.items():
        yield from [f"{name:<13}{', '.join(entries)}"] if entries else []
