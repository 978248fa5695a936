"""What an approval binds: one digest of exactly what a step is about to do."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from dispatch_core.protocol import Bound

# ASCII escapes keep an unpaired surrogate distinct.
_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
)


def fingerprint(
    tool: str,
    arguments: Mapping[str, Any],
    *,
    device_id: str | None,
    bound: Bound | None = None,
) -> str:
    """The SHA-256, in hex, of a step in canonical JSON; core and device must come to the same.

    Raises TypeError or ValueError for arguments that JSON can't hold exactly (a set, NaN).
    """
    # A version stands first, so that a later recipe can never be mistaken for this one.
    canonical = _CANONICAL.encode(
        {
            "version": 2,
            "tool": str(tool),
            "arguments": dict(arguments),
            "device": device_id,
            "bound": bound and bound.model_dump(by_alias=True),
        }
    )
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
