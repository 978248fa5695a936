"""What the device says to a step of the desktop before it is done: the owner's mode, in words."""

from collections.abc import Sequence

from device_agent.desktop.programs import Owner, why_never_granted
from device_agent.policy.owner import Area, Mode, OwnerPolicy
from device_agent.tools.step import denied
from dispatch_core.abilities import VerdictKind
from dispatch_core.protocol import Bound, Grantable, Preparation, Program

_DENIED = "This device's owner does not let Dispatch use the desktop, so nothing was done."
_READING = Grantable(
    key="desktop:read", words="look at this desktop: its screen, windows and what they show"
)
_FOCUSING = Grantable(key="desktop:focus", words="bring windows of this desktop to the front")


def reading(policy: OwnerPolicy, reason: str, bound: dict[str, str]) -> Preparation:
    """For a look at the desktop, which changes nothing."""
    mode = policy.mode(Area.DESKTOP)
    if mode is Mode.DENY:
        return denied(_DENIED)
    return Preparation(
        verdict=VerdictKind.ALLOW if mode is Mode.ALLOW else VerdictKind.ASK,
        reasons=(reason,),
        bound=Bound(environment=bound),
        grant=_READING if mode is Mode.GRANTS else None,
    )


def focusing(policy: OwnerPolicy, reason: str, bound: dict[str, str]) -> Preparation:
    """For a window that comes to the front."""
    mode = policy.mode(Area.DESKTOP)
    if mode is Mode.DENY:
        return denied(_DENIED)
    return Preparation(
        verdict=VerdictKind.ASK,
        reasons=(reason, "What is typed after it goes there."),
        bound=Bound(environment=bound),
        grant=None if mode is Mode.ASK else _FOCUSING,
    )


def acting(
    policy: OwnerPolicy,
    reasons: Sequence[str],
    bound: dict[str, str],
    owner: Owner | None,
    *,
    lasting: bool = True,
) -> Preparation:
    """For what changes something in a program: typing, pressing, clicking, setting a text.

    A grant covers one program; lasting is False where the step may reach beyond it.
    """
    mode = policy.mode(Area.DESKTOP)
    if mode is Mode.DENY:
        return denied(_DENIED)
    never = why_never_granted(owner) if owner else "Which program gets it can't be told here."
    grantable = owner is not None and lasting and not never and mode is not Mode.ASK
    return Preparation(
        verdict=VerdictKind.ASK,
        reasons=tuple(filter(None, (*reasons, never))),
        programs=(Program(name=owner.name, path=owner.path),) if owner else (),
        bound=Bound(environment=bound),
        grant=_using(owner) if grantable and owner else None,
    )


def _using(owner: Owner) -> Grantable:
    key = f"desktop:use:{owner.path}"
    return Grantable(key=key, words=f"type and click in {owner.words()}"[:1_000])
