"""The people, channels and user groups of the local workspace."""

from dataclasses import dataclass

from bot.local_workspace.json_text import Json
from bot.local_workspace.refusal import Refusal

TEAM = "T0DISPATCH"
TEAM_NAME = "Dispatch Local"
TEAM_DOMAIN = "dispatch-local"
APP = "A0DISPATCH"
BOT = "B0DISPATCH"
BOT_USER = "U0DISPATCH"
CREATED = 1_760_000_000


@dataclass(frozen=True)
class Person:
    """Somebody who can be looked at the workspace as."""

    id: str
    name: str
    real_name: str
    title: str
    color: str
    direct_message: str
    restricted: bool = False
    bot: bool = False


@dataclass(frozen=True)
class Channel:
    """A public channel, or the direct message of one person with the bot (`user` is set)."""

    id: str
    name: str
    topic: str = ""
    user: str = ""
    bot_is_member: bool = True

    @property
    def is_im(self) -> bool:
        return bool(self.user)

    @property
    def kind(self) -> str:
        """What events call `channel_type`."""
        return "im" if self.user else "channel"


PEOPLE = (
    Person("U0ADA", "ada", "Ada Lovelace", "Analyst", "9f69e7", "D0ADA"),
    Person("U0GRACE", "grace", "Grace Hopper", "Approver", "4bbe2e", "D0GRACE"),
    Person("U0GUEST", "sam", "Sam Guest", "Guest", "e7392d", "D0GUEST", restricted=True),
)
CHANNELS = (
    Channel("C0GENERAL", "general", "Ask Dispatch: mention it with a task"),
    Channel("C0OPS", "ops", "Operations"),
)
GROUPS = {"S0APPROVERS": ("approvers", ("U0GRACE",))}


class Directory:
    """Looks people, channels and groups up; a miss is Slack's own refusal."""

    def __init__(self, bot_name: str) -> None:
        bot = Person(BOT_USER, bot_name.lower(), bot_name, "App", "611f69", "", bot=True)
        self.people = {person.id: person for person in (*PEOPLE, bot)}
        direct = (Channel(one.direct_message, one.name, user=one.id) for one in PEOPLE)
        self.channels = {channel.id: channel for channel in (*CHANNELS, *direct)}

    def person(self, user: str) -> Person:
        if user not in self.people:
            raise Refusal("user_not_found")
        return self.people[user]

    def channel(self, channel: str) -> Channel:
        """The channel; a user's id stands for the direct message with that person."""
        person = self.people.get(channel)
        found = self.channels.get(person.direct_message if person else channel.lstrip("#"))
        if found is None:
            raise Refusal("channel_not_found")
        return found

    def named(self, name: str) -> Person | None:
        """The person who is mentioned as @name."""
        return next((one for one in self.people.values() if one.name == name.lower()), None)

    def members(self, channel: Channel) -> frozenset[str]:
        """Who sees the channel: everybody, or one person and the bot."""
        if channel.is_im:
            return frozenset({channel.user, BOT_USER})
        return frozenset(self.people)

    def group_members(self, group: str) -> tuple[str, ...]:
        if group not in GROUPS:
            raise Refusal("no_such_subteam")
        return GROUPS[group][1]


def user_json(person: Person) -> Json:
    """A user as users.info gives it (without the e-mail address: no scope asks for it)."""
    return {
        "id": person.id,
        "team_id": TEAM,
        "name": person.name,
        "deleted": False,
        "color": person.color,
        "real_name": person.real_name,
        "tz": "Europe/London",
        "tz_label": "Greenwich Mean Time",
        "tz_offset": 0,
        "profile": _profile(person),
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.restricted,
        "is_ultra_restricted": False,
        "is_bot": person.bot,
        "is_app_user": False,
        "updated": CREATED,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
    }


def _profile(person: Person) -> Json:
    first, _, last = person.real_name.partition(" ")
    profile: Json = {
        "title": person.title,
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "first_name": first,
        "last_name": last,
        "status_text": "",
        "status_emoji": "",
        "team": TEAM,
    }
    return profile | ({"api_app_id": APP, "bot_id": BOT} if person.bot else {})


def channel_json(channel: Channel) -> Json:
    """A conversation as conversations.info gives it."""
    common: Json = {
        "id": channel.id,
        "created": CREATED,
        "is_archived": False,
        "is_im": channel.is_im,
    }
    if channel.is_im:
        return common | {"user": channel.user, "is_org_shared": False, "is_open": True}
    return common | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_mpim": False,
        "is_private": False,
        "is_general": channel.name == "general",
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "is_member": channel.bot_is_member,
        "context_team_id": TEAM,
        "creator": PEOPLE[0].id,
        "topic": {"value": channel.topic, "creator": PEOPLE[0].id, "last_set": CREATED},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(PEOPLE) + 1,
    }
