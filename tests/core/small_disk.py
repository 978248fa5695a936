"""A disk that refuses large files: the operating system's own limit for this process."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

REFUSAL = "File too large"


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Meanwhile no file of this process may grow beyond so many bytes; an OSError tells."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
