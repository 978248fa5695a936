"""People in modals and App Homes: submit, close, open the home."""

from bot.local_workspace.block_kit.checking import checked_view
from bot.local_workspace.directory import Person
from bot.local_workspace.interactions import ask, common
from bot.local_workspace.json_text import Json
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.slack import Slack

REQUIRED = "Please complete this required field."
LONGEST_ERROR = 2000


async def submit(slack: Slack, user: str, view_id: str, values: Json) -> dict[str, str] | None:
    """Submit a modal; None once it is taken, else a sentence for each block in error.

    No sentence at all, `{}`, means that the app did not answer: the person was told, and the
    modal stays open.
    """
    view = _own(slack, user, view_id)
    missing = _incomplete(view, values)
    if missing:
        return missing
    view["state"] = {"values": values}
    payload = common(slack, "view_submission", user) | {"view": dict(view), "response_urls": []}
    answer = await ask(slack, user, payload)
    return {} if answer is None else _follow(slack, user, view_id, answer)


async def close(slack: Slack, user: str, view_id: str) -> None:
    """Close a modal with its x or Cancel; the app is told if it asked to be."""
    view = _own(slack, user, view_id)
    for closed in slack.views.close(view_id):
        slack.page.publish("view_closed", {"view_id": closed["id"]}, frozenset({user}))
    if view["notify_on_close"]:
        payload = common(slack, "view_closed", user) | {"view": view, "is_cleared": False}
        del payload["trigger_id"]
        await ask(slack, user, payload)


def open_home(slack: Slack, user: str) -> Json | None:
    """A person looks at the app's home: tell the app, and give what is there so far."""
    person = slack.directory.person(user)
    if slack.manifest.home_tab and not person.bot:
        _tell_opened(slack, person, slack.views.home(user))
    return slack.views.home(user)


def _tell_opened(slack: Slack, person: Person, view: Json | None) -> None:
    event: Json = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": person.direct_message,
        "tab": "home",
        "event_ts": slack.messages.new_ts(),
    }
    event |= {"view": view} if view else {}
    slack.outbound.event("app_home_opened", event, person.direct_message)


def _own(slack: Slack, user: str, view_id: str) -> Json:
    view = slack.views.get(view_id)
    if slack.views.owner(view_id) != user or view["type"] != "modal":
        raise Refusal("view_not_found")
    return view


def _incomplete(view: Json, values: Json) -> dict[str, str]:
    """What Slack itself checks before it asks the app."""
    found: dict[str, str] = {}
    for block in view["blocks"]:
        if block["type"] == "input" and not block.get("optional"):
            element = values.get(block["block_id"], {}).get(block["element"]["action_id"], {})
            given = [value for key, value in element.items() if key != "type"]
            if not any(given):
                found[block["block_id"]] = REQUIRED
    return found


def _follow(slack: Slack, user: str, view_id: str, answer: Json) -> dict[str, str] | None:
    """Do what the app answered to a submission; nothing special closes the modal."""
    action = answer.get("response_action")
    if action == "errors":
        errors = answer.get("errors") or {}
        return {str(block): str(text)[:LONGEST_ERROR] for block, text in errors.items()}
    if action == "update":
        _, view = slack.views.replace(view_id, checked_view(answer.get("view")))
        slack.page.publish("view_updated", {"view": view}, frozenset({user}))
    elif action == "push":
        view = slack.views.push(user, checked_view(answer.get("view")))
        slack.page.publish("view_opened", {"view": view}, frozenset({user}))
    else:
        whole = action == "clear"
        for closed in slack.views.clear(user) if whole else slack.views.close(view_id):
            slack.page.publish("view_closed", {"view_id": closed["id"]}, frozenset({user}))
    return None
