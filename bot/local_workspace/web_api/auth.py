"""api.test and auth.*: is anybody there, and who am I?"""

from bot.local_workspace.directory import BOT, BOT_USER, TEAM, TEAM_NAME
from bot.local_workspace.json_text import Json
from bot.local_workspace.rate_limits import Tier
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.web_api.method import Call, Method


async def api_test(call: Call) -> Json:
    """Echo the arguments; `error` is answered as an error."""
    if call.optional("error"):
        raise Refusal(call.optional("error"), args=call.params)
    return {"args": call.params}


async def auth_test(call: Call) -> Json:
    bot = call.slack.directory.person(BOT_USER)
    return {
        "url": f"{call.slack.url}/",
        "team": TEAM_NAME,
        "user": bot.name,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": False,
    }


METHODS = {
    "api.test": Method(api_test, Tier.FOUR),
    "auth.test": Method(auth_test, Tier.SPECIAL),
}
