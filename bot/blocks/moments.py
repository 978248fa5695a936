"""Times and durations in words; a time is shown in the reader's own time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def moment(when: datetime, shape: str = "{date_short_pretty} at {time}") -> str:
    """A mrkdwn date that Slack shows in the reader's time zone, with UTC for those that don't."""
    return f"<!date^{int(when.timestamp())}^{shape}|{plain_moment(when)}>"


def moment_there(when: datetime, zone: str) -> str:
    """A mrkdwn date with its weekday; readers whose Slack shows no dates see the clocks of zone."""
    here = when.astimezone(ZoneInfo(zone))
    plain = f"{here:%a}, {here.day} {here:%b %Y} at {here:%H:%M} ({zone})"
    return f"<!date^{int(when.timestamp())}^{{date_long_pretty}} at {{time}}|{plain}>"


def plain_moment(when: datetime) -> str:
    """A time in UTC, for places that take plain text only."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def duration(seconds: float) -> str:
    """A duration as people say it: 0.4 s, 12 s, 3 min 5 s, 2 h 10 min."""
    if seconds < 0.1:
        return "under 0.1 s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3_600} h {whole % 3_600 // 60} min"
