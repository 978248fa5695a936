"""What the workspace keeps over a restart: JSON lines, of which the last one of a key wins."""

import json
import os
from pathlib import Path
from typing import Any, TextIO

from bot.local_workspace.json_text import compact


class StateFile:
    """Keeps values by kind and key. Without a folder it keeps nothing, and reads as empty.

    A value is on its way to the disk before `keep` returns, so a killed process loses at most
    the line that it was writing; such a torn line is skipped when the file is read.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._path = folder / "workspace.jsonl" if folder else None
        self._file: TextIO | None = None
        self._kept: dict[str, dict[str, Any]] = {}
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._read(self._path)
            self._rewrite(self._path)

    def kept(self, kind: str) -> dict[str, Any]:
        """Everything of a kind, by key, in the order in which the keys were first kept."""
        return dict(self._kept.get(kind, {}))

    def keep(self, kind: str, key: str, value: Any) -> None:
        """Remember a value; None forgets the key."""
        if self._file:
            self._file.write(compact([kind, key, value]) + "\n")
            self._file.flush()

    def forget_all(self) -> None:
        """Start anew, as after the first start."""
        self._kept = {}
        if self._path:
            self.close()
            self._rewrite(self._path)

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def _read(self, path: Path) -> None:
        if not path.exists():
            return
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                kind, key, value = json.loads(line)
            except ValueError:
                continue
            self._take(kind, key, value)

    def _take(self, kind: str, key: str, value: Any) -> None:
        values = self._kept.setdefault(kind, {})
        if value is None:
            values.pop(key, None)
        else:
            values[key] = value

    def _rewrite(self, path: Path) -> None:
        """Drop superseded lines: the new file replaces the old one in one step."""
        fresh = path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            for kind, values in self._kept.items():
                file.writelines(compact([kind, key, one]) + "\n" for key, one in values.items())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        self._file = path.open("a", encoding="utf-8")
