"""What can be asked of a desktop, checked once; all but these words and values is refused."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from device_agent.errors import NotUnderstood

# Ten minutes of a fast typist; longer texts are files.
MAX_TYPED = 10_000
# X11 counts pixels in signed 16 bits.
Pixel = Annotated[int, Field(ge=0, le=32_767)]
# Tab and Enter are keys; other control characters are not typed.
Typed = Annotated[
    str, StringConstraints(pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$", max_length=MAX_TYPED)
]
Named = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Ref = Annotated[str, StringConstraints(pattern=r"^n[1-9][0-9]{0,8}$")]


class _Action(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Screenshot(_Action):
    """A picture of all monitors, of one (counted from 1), or of where a window lies."""

    action: Literal["screenshot"]
    window: Named | None = None
    monitor: Annotated[int, Field(ge=1, le=64)] | None = None


class ListWindows(_Action):
    """Which windows are open, and which has the keyboard."""

    action: Literal["windows"]


class Tree(_Action):
    """What a window shows, as its program tells it; without a name the one with the keyboard."""

    action: Literal["tree"]
    window: Named | None = None


class Read(_Action):
    """The whole text of an element of the last tree."""

    action: Literal["read"]
    ref: Ref


class Focus(_Action):
    """Bring a window to the front and give it the keyboard."""

    action: Literal["focus"]
    window: Named


class Type(_Action):
    """Type a text into the window that has the keyboard; Enter at each line's end."""

    action: Literal["type"]
    text: Typed


class Press(_Action):
    """Press keys together: `ctrl+s`, `Enter`."""

    action: Literal["press"]
    keys: Named


class Click(_Action):
    """Click at a point of the screen (pixels from its top left), or do what an element offers."""

    action: Literal["click"]
    x: Pixel | None = None
    y: Pixel | None = None
    ref: Ref | None = None


class SetText(_Action):
    """Replace an element's text."""

    action: Literal["set_text"]
    ref: Ref
    text: Annotated[str, StringConstraints(max_length=MAX_TYPED)]


Reading = Screenshot | ListWindows | Tree | Read
Acting = Focus | Type | Press | Click | SetText
Action = Reading | Acting
_ACTIONS: TypeAdapter[Action] = TypeAdapter(Annotated[Action, Field(discriminator="action")])


def understood(arguments: dict[str, Any]) -> Action:
    """The action that arguments ask for; raises NotUnderstood."""
    try:
        action = _ACTIONS.validate_python(arguments)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "action"
        raise NotUnderstood(where=where, why=first["msg"]) from None
    if isinstance(action, Click) and (action.ref is None) == (action.x is None or action.y is None):
        raise NotUnderstood(where="click", why="it takes x and y, or a ref")
    return action
