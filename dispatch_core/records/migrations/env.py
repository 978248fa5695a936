"""Alembic's entry: runs the migrations on the connection that schema.py hands over."""

from alembic import context
from sqlmodel import SQLModel

from dispatch_core.records import decision_tables as _decisions  # noqa: F401 (fills the metadata)
from dispatch_core.records import input_tables as _input  # noqa: F401 (fills the metadata)
from dispatch_core.records import schedule_tables as _schedules  # noqa: F401 (fills the metadata)
from dispatch_core.records import shared_tables as _shared  # noqa: F401 (fills the metadata)
from dispatch_core.records import tables as _tables  # noqa: F401 (fills the metadata)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
