"""What can be asked of the browser: the exact arguments of a step, one class for each action."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from device_agent.browser.errors import BadAsk

MAX_WAIT_SECONDS = 60.0
Ref = Annotated[str, Field(pattern=r"^(f\d+)?e\d+$", max_length=20)]
Words = Annotated[str, Field(min_length=1, max_length=500)]


class _Ask(BaseModel):
    """Frozen, and nothing unknown beside: what is approved is what is understood."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Open(_Ask):
    """Go to an address in this thread's tab."""

    action: Literal["open"]
    url: str
    screenshot: bool = False


class Snapshot(_Ask):
    """The page as a tree of roles and names, with refs."""

    action: Literal["snapshot"]


class _OnElement(_Ask):
    """An element by its ref of the last snapshot, or by what it says."""

    ref: Ref | None = None
    text: Words | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "_OnElement":
        if (self.ref is None) == (self.text is None):
            raise ValueError("name either a ref or a text")
        return self


class Click(_OnElement):
    """Press an element."""

    action: Literal["click"]
    screenshot: bool = False


class Type(_Ask):
    """Put text in place of what a field holds."""

    action: Literal["type"]
    ref: Ref
    value: Annotated[str, Field(max_length=20_000)]
    screenshot: bool = False


class Select(_Ask):
    """Choose an option of a list by its value or its label."""

    action: Literal["select"]
    ref: Ref
    value: Words
    screenshot: bool = False


class Press(_Ask):
    """Press a key where the page's focus is: `Enter`, `Control+A`."""

    action: Literal["press"]
    key: Annotated[str, Field(pattern=r"^[!-~]{1,40}$")]
    screenshot: bool = False


class Wait(_Ask):
    """Until the page shows a text, or for some seconds."""

    action: Literal["wait"]
    text: Words | None = None
    seconds: Annotated[float, Field(gt=0, le=MAX_WAIT_SECONDS, strict=False)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Wait":
        if (self.text is None) == (self.seconds is None):
            raise ValueError("name either a text or seconds")
        return self


class Screenshot(_Ask):
    """A picture of what the tab shows."""

    action: Literal["screenshot"]


class Pdf(_Ask):
    """The page as a document."""

    action: Literal["pdf"]


class Download(_Ask):
    """Keep the file that an address brings, or that pressing an element brings."""

    action: Literal["download"]
    url: str | None = None
    ref: Ref | None = None
    text: Words | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> "Download":
        if sum(each is not None for each in (self.url, self.ref, self.text)) != 1:
            raise ValueError("name an address, a ref or a text")
        return self


class Upload(_Ask):
    """Give a file to a field: one attached to the thread, or one of a shared folder."""

    action: Literal["upload"]
    ref: Ref
    attached: Words | None = None
    path: Annotated[str, Field(min_length=1, max_length=4_096)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Upload":
        if (self.attached is None) == (self.path is None):
            raise ValueError("name either an attached file or a path")
        return self


class Tabs(_Ask):
    """The tabs of this thread."""

    action: Literal["tabs"]


class Tab(_Ask):
    """Go on in another tab of this thread; numbers count from 1."""

    action: Literal["tab"]
    number: Annotated[int, Field(ge=1, le=1_000)]


class Back(_Ask):
    """The page before this one."""

    action: Literal["back"]


class Close(_Ask):
    """Close one tab, or all of this thread."""

    action: Literal["close"]
    number: Annotated[int, Field(ge=1, le=1_000)] | None = None


Ask = (
    Open
    | Snapshot
    | Click
    | Type
    | Select
    | Press
    | Wait
    | Screenshot
    | Pdf
    | Download
    | Upload
    | Tabs
    | Tab
    | Back
    | Close
)
_ASKS: TypeAdapter[Ask] = TypeAdapter(Annotated[Ask, Field(discriminator="action")])


def read_ask(arguments: Mapping[str, Any]) -> Ask:
    """The action that a step's arguments are; raises BadAsk."""
    try:
        return _ASKS.validate_python(dict(arguments))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        raise BadAsk(why=f"{where}: {first['msg']}" if where else first["msg"]) from None
