"""What a program wrote: all of it is read, the beginning and the end of it are kept."""

import codecs


class Output:
    """Bytes in, text out; NUL and what is not UTF-8 become replacement characters."""

    def __init__(self, limit: int) -> None:
        self.received = 0  # bytes
        self._decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
        self._limit = limit
        self._head_room = limit * 3 // 4
        self._tail_room = limit - self._head_room
        self._head: list[str] = []
        self._tail = ""
        self._chars = 0

    def feed(self, piece: bytes, final: bool = False) -> str:
        """Take bytes as they come; returns what to show live, nothing once the limit is reached."""
        self.received += len(piece)
        # PostgreSQL stores no NUL in a text.
        text = self._decode(piece, final).replace("\0", "\ufffd")
        shown = text[: max(0, self._limit - self._chars)]
        room = max(0, self._head_room - self._chars)
        self._chars += len(text)
        if text[:room]:
            self._head.append(text[:room])
        # A traceback stands at the end, so the end is worth keeping too.
        self._tail = (self._tail + text[room:])[-self._tail_room :]
        return shown

    @property
    def truncated(self) -> bool:
        """Whether the middle was left out."""
        return self._chars > self._limit

    @property
    def text(self) -> str:
        """The output; where the middle is missing it says how much."""
        gap = f"\n… {self._chars - self._limit:,} characters left out …\n" if self.truncated else ""
        return "".join(self._head) + gap + self._tail
