"""What an approval binds: one digest of exactly what a step is about to do."""

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

NO_ENVIRONMENT: Mapping[str, str] = MappingProxyType({})


def fingerprint(
    tool: str,
    arguments: Mapping[str, Any],
    *,
    device_id: str | None,
    environment: Mapping[str, str] = NO_ENVIRONMENT,
    working_directory: str | None = None,
    script_sha256: str | None = None,
) -> str:
    """The SHA-256, in hex, of a step in canonical JSON; core and device must come to the same.

    environment holds only what differs from the device's own. Raises TypeError or ValueError for
    arguments that JSON can't hold exactly (a set, NaN).
    """
    # ASCII escapes keep an unpaired surrogate distinct; a version stands first so that a later
    # recipe can never be mistaken for this one.
    canonical = json.dumps(
        {
            "version": 1,
            "tool": str(tool),
            "arguments": dict(arguments),
            "device": device_id,
            "environment": dict(environment),
            "workingDirectory": working_directory,
            "scriptSha256": script_sha256,
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
        allow_nan=False,
    )
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
