"""users.* and usergroups.*: who is who."""

from bot.local_workspace.directory import (
    APP,
    BOT,
    BOT_USER,
    CREATED,
    GROUPS,
    TEAM,
    TEAM_DOMAIN,
    TEAM_NAME,
    user_json,
)
from bot.local_workspace.json_text import Json
from bot.local_workspace.rate_limits import Tier
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.web_api.method import Call, Method


async def users_info(call: Call) -> Json:
    return {"user": user_json(call.slack.directory.person(call.text("user")))}


async def users_list(call: Call) -> Json:
    people = call.slack.directory.people.values()
    return {
        "members": [user_json(person) for person in people],
        "cache_ts": int(call.slack.pace.now()),
        "response_metadata": {"next_cursor": ""},
    }


async def bots_info(call: Call) -> Json:
    if call.optional("bot") not in {"", BOT}:
        raise Refusal("bot_not_found")
    bot = call.slack.directory.person(BOT_USER)
    return {
        "bot": {
            "id": BOT,
            "deleted": False,
            "name": bot.name,
            "updated": CREATED,
            "app_id": APP,
            "user_id": BOT_USER,
            "icons": {},
        }
    }


async def team_info(call: Call) -> Json:
    return {"team": {"id": TEAM, "name": TEAM_NAME, "domain": TEAM_DOMAIN, "email_domain": ""}}


async def group_members(call: Call) -> Json:
    return {"users": list(call.slack.directory.group_members(call.text("usergroup")))}


async def groups_list(call: Call) -> Json:
    return {"usergroups": [_group(group, call.flag("include_users")) for group in GROUPS]}


def _group(group: str, with_users: bool) -> Json:
    handle, members = GROUPS[group]
    shown: Json = {
        "id": group,
        "team_id": TEAM,
        "is_usergroup": True,
        "name": handle.capitalize(),
        "handle": handle,
        "description": "",
        "is_external": False,
        "date_create": CREATED,
        "user_count": len(members),
    }
    return shown | ({"users": list(members)} if with_users else {})


METHODS = {
    "users.info": Method(users_info, Tier.FOUR, ("users:read",)),
    "users.list": Method(users_list, Tier.TWO, ("users:read",)),
    "bots.info": Method(bots_info, Tier.THREE, ("users:read",)),
    "team.info": Method(team_info, Tier.THREE, ("team:read",)),
    "usergroups.users.list": Method(group_members, Tier.TWO, ("usergroups:read",)),
    "usergroups.list": Method(groups_list, Tier.TWO, ("usergroups:read",)),
}
