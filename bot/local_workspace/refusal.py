"""How Slack says no: `ok: false`, an error's name and sometimes more."""

from bot.local_workspace.json_text import Json


class Refusal(Exception):
    """A Web API call that Slack refuses.

    `error` is Slack's own name for it; `facts` are further keys of the answer
    (`needed`, `provided`, `response_metadata`, …); `status` is the HTTP status.
    """

    def __init__(self, error: str, status: int = 200, **facts: object) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.facts = facts

    def answer(self) -> Json:
        """The body of the answer."""
        return {"ok": False, "error": self.error, **self.facts}


def invalid_arguments(*messages: str) -> Refusal:
    """`invalid_arguments` with Slack's explanation in response_metadata."""
    texts = [f"[ERROR] {message}" for message in messages]
    return Refusal("invalid_arguments", response_metadata={"messages": texts})
