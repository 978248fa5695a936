"""The door's one handler of errors: each becomes a Refusal with a sentence."""

import logging
import secrets
import traceback
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from dispatch_core.device_errors import TooManyAttempts
from dispatch_core.errors import DispatchError, ErrorKind
from dispatch_core.protocol import Refusal

log = logging.getLogger(__name__)

CUT_OFF = "The request was cut off, or its body is not what its headers say."
# A sentence can quote what came, which may be of any length and no text at all.
MOST_CHARS = 1_000
STATUS = {
    ErrorKind.INVALID: HTTPStatus.BAD_REQUEST,
    ErrorKind.FORBIDDEN: HTTPStatus.FORBIDDEN,
    ErrorKind.MISSING: HTTPStatus.NOT_FOUND,
    ErrorKind.CONFLICT: HTTPStatus.CONFLICT,
    ErrorKind.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}


@web.middleware
async def explain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a DispatchError by its kind, and anything unexpected with an id to look it up by."""
    try:
        return await handler(request)
    except DispatchError as error:
        return _refusal(error)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        return _answer(error.status, type(error).__name__, f"{error.reason}.")
    except (ConnectionError, web.RequestPayloadError):
        # Nobody may be left to read this; it is no fault of the server's.
        return _answer(HTTPStatus.BAD_REQUEST, "CutOff", CUT_OFF)
    except Exception as error:  # noqa: BLE001 (the last handler: nothing may reach the socket raw)
        return _unexpected(request, error)


def _refusal(error: DispatchError) -> web.Response:
    status = STATUS[error.kind]
    if isinstance(error, TooManyAttempts):
        status = HTTPStatus.TOO_MANY_REQUESTS
    answer = _answer(status, type(error).__name__, str(error))
    if error.kind is ErrorKind.UNAVAILABLE:
        answer.headers["Retry-After"] = "60" if isinstance(error, TooManyAttempts) else "1"
    return answer


def _unexpected(request: web.Request, error: Exception) -> web.Response:
    incident = secrets.token_hex(4)
    # An error's own words can quote a secret, and so can a query; where it happened does not.
    where = "".join(traceback.format_tb(error.__traceback__))
    kind = type(error).__name__
    log.error("incident %s: %s in %s %s\n%s", incident, kind, request.method, request.path, where)
    message = f"Something went wrong here; the server's log tells it under {incident}."
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "Unexpected", message)


def _answer(status: int, name: str, message: str) -> web.Response:
    body = Refusal(error=name, message=_told(message)).model_dump_json(by_alias=True)
    return web.Response(status=status, text=body, content_type="application/json")


def _told(message: str) -> str:
    cut = message if len(message) <= MOST_CHARS else f"{message[:MOST_CHARS]}…"
    return cut.encode("utf-8", "replace").decode()
