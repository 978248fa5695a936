"""What one sandboxed program may use."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """seconds is wall time. memory_mb holds for each process and for all of them together.

    work_mb is the working folder's room, scratch_mb that of /tmp and of /dev/shm; all three are
    memory, so that nothing is written to the host's disk while the program runs. inodes counts
    files, folders and links in any one of them. Above flood_bytes of output the program is ended.
    """

    seconds: float
    memory_mb: int = 1024
    processes: int = 64
    work_mb: int = 256
    scratch_mb: int = 64
    inodes: int = 20_000
    output_chars: int = 200_000
    flood_bytes: int = 16 * MIB
    files: int = 50
    files_mb: int = 200
