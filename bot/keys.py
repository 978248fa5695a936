"""The keys by which the core knows Slack's people, threads and messages: made and read here only.

A person is `T1:U1`, a group `T1:S1`, a message `T1:C1:1700000000.000100`, a thread the same with
the time of its first message; a notice to one person has the thread key `T1:U1:`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ThreadAddress:
    """Where a thread lives; thread_ts is None for a notice, whose channel is a user's id."""

    team: str
    channel: str
    thread_ts: str | None


def person_key(team: str, user: str) -> str:
    """The key of a person, or of a user group (Slack's U…, W… or S… ids)."""
    return f"{team}:{user}"


def thread_key(team: str, channel: str, thread_ts: str) -> str:
    """The key of the thread that starts with the message sent at thread_ts."""
    return f"{team}:{channel}:{thread_ts}"


def message_key(team: str, channel: str, ts: str) -> str:
    """The key of one message, the same for every event that Slack sends about it."""
    return f"{team}:{channel}:{ts}"


def notice_key(team: str, user: str) -> str:
    """The thread key of what is told to one person, outside any thread."""
    return f"{team}:{user}:"


def parse_thread(key: str) -> ThreadAddress:
    """Read a thread key, or a notice's; ValueError where it is neither."""
    team, channel, thread_ts = key.split(":")
    return ThreadAddress(team, channel, thread_ts or None)


def channel_prefix(key: str) -> str:
    """How the keys of all threads of one channel begin; ValueError where it is no thread's key."""
    where = parse_thread(key)
    return f"{where.team}:{where.channel}:"


def team_of(person: str) -> str:
    """The workspace's id in a person's or group's key."""
    return person.partition(":")[0]


def user_of(person: str) -> str:
    """Slack's own id in a person's or group's key."""
    return person.partition(":")[2]


def mention_of(person: str) -> str:
    """How a message names a person or a group so that Slack shows its name."""
    user = user_of(person)
    return f"<!subteam^{user}>" if user.startswith("S") else f"<@{user}>"
