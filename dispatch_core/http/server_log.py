"""What the log says of a request that is no HTTP: one line, and no trace of aiohttp's reading."""

import logging

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError


def tell_shortly() -> None:
    """Have aiohttp's server tell of a client's fault in a line; harmless to do twice."""
    logging.getLogger("aiohttp.server").addFilter(_shortly)


def _shortly(record: logging.LogRecord) -> bool:
    fault = record.exc_info[1] if record.exc_info else None
    if isinstance(fault, HttpProcessingError | web.RequestPayloadError):
        record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
        # What came stays out of it: anybody may send anything.
        record.msg = "A request that can't be read as HTTP was refused (%s)"
        record.args = (type(fault).__name__,)
        record.exc_info = None
    return True
