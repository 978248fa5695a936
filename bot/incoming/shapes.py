"""What Slack's bodies must look like to be read at all; what stands beside that may be anything."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.incoming.origin import Body

# Slack's ids are capitals and digits; what keys are made of must hold no colon.
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
# Seconds since 1970 with a fraction, as Slack names its messages.
Ts = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,11}(\.[0-9]{1,9})?$")]
# What a button or a modal brings back is of our own making: short, and with no NUL in it.
Value = Annotated[str, StringConstraints(pattern=r"^[^\x00]{0,3000}$")]
WithoutNul = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
Fields = dict[str, Any]


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _File(_Shape):
    id: Id
    mode: str | None = None


class _Said(_Shape):
    """A `message` or `app_mention` event, whoever it is from and whatever it tells of."""

    channel: Id
    ts: Ts | None = None
    thread_ts: Ts | None = None
    user: Id | Fields | None = None
    subtype: str | None = None
    files: list[_File] | None = None


class _Opened(_Shape):
    user: Id


class _Event(_Shape):
    type: str


class _Person(_Shape):
    id: Id


class _Option(_Shape):
    value: Value


class _Action(_Shape):
    value: Value | None = None
    selected_option: _Option | None = None
    action_ts: Ts | None = None


class _Click(_Shape):
    user: _Person
    actions: list[_Action]
    trigger_id: str | None = None


class _State(_Shape):
    values: dict[str, dict[str, Fields]]


class _View(_Shape):
    private_metadata: Value
    state: _State


class _Submission(_Shape):
    user: _Person
    view: _View


class _Command(_Shape):
    user_id: Id
    channel_id: Id
    text: WithoutNul | None = None


class _Frame(_Shape):
    """What Bolt itself looks into, whatever kind of body it is."""

    event: Fields = Field(default_factory=dict)
    view: Fields = Field(default_factory=dict)
    actions: list[Fields] = Field(default_factory=list, min_length=1)


_EVENTS: dict[str, type[_Shape]] = {
    "app_home_opened": _Opened,
    "app_mention": _Said,
    "message": _Said,
}
_REST: dict[str, type[_Shape]] = {"block_actions": _Click, "view_submission": _Submission}


def frame_problem_of(body: Body) -> str:
    """Why Bolt can do nothing with a body, with the place in it; nothing where it can."""
    return _problem(_Frame, body)


def problem_of(body: Body) -> str:
    """Why no listener can read a body, with the place in it; nothing where one can."""
    if "event" in body:
        event = body["event"]
        return _problem(_Event, event) or _problem(_EVENTS.get(event["type"], _Event), event)
    if "command" in body:
        return _problem(_Command, body)
    return _problem(_REST.get(str(body.get("type")), _Shape), body)


def _problem(shape: type[_Shape], what: Any) -> str:
    try:
        shape.model_validate(what)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "it"
        return f"{where}: {first['msg']}"[:200]
    return ""
