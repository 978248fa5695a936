"""What people write to a running step, on its way to the device."""

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from dispatch_core.records.columns import table


class StepInput(SQLModel, table=True):
    """One line for a step, in order; its text is forgotten once the device has it.

    line is its place in the message, of which each line is taken once.
    """

    __tablename__ = "step_input"
    __table_args__ = (Index("uq_step_input_once", "message_key", "line", unique=True),)

    step_id: str = Field(foreign_key="step.id", primary_key=True)
    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    message_key: str
    line: int
    text: str | None = Field(default=None, sa_type=Text)


STEP_INPUTS = table("step_input")
