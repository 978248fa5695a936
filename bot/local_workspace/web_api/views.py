"""views.*: modals and the App Home."""

from collections.abc import Callable

from bot.local_workspace.block_kit.checking import checked_view
from bot.local_workspace.json_text import Json
from bot.local_workspace.rate_limits import Tier
from bot.local_workspace.refusal import Refusal, invalid_arguments
from bot.local_workspace.web_api.method import Call, Method


def _view(call: Call, kind: str) -> Json:
    view = checked_view(call.parsed("view"))
    if view["type"] != kind:
        raise invalid_arguments(f"must be a {kind} [json-pointer:/view/type]")
    return view


async def opened(call: Call) -> Json:
    """Open a modal for the person whose trigger_id it is."""
    return _laid(call, call.slack.views.open)


async def pushed(call: Call) -> Json:
    """Lay a modal on the one that is open; three at most."""
    return _laid(call, call.slack.views.push)


def _laid(call: Call, lay: Callable[[str, Json], Json]) -> Json:
    view = _view(call, "modal")
    user = call.slack.triggers.exchange(call.text("trigger_id"))
    shown = lay(user, view)
    call.slack.page.publish("view_opened", {"view": shown}, frozenset({user}))
    return {"view": shown}


async def updated(call: Call) -> Json:
    """Change an open modal, named by view_id or external_id."""
    view = checked_view(call.parsed("view"))
    views = call.slack.views
    external = call.optional("external_id")
    old = views.by_external_id(external) if external else views.get(call.text("view_id"))
    _same_hash(call, old)
    if old["type"] == "home":
        user = views.owner(old["id"])
        return {"view": _publish(call, user, view)}
    user, shown = views.replace(old["id"], view)
    call.slack.page.publish("view_updated", {"view": shown}, frozenset({user}))
    return {"view": shown}


async def published(call: Call) -> Json:
    """Set a person's App Home."""
    if not call.slack.manifest.home_tab:
        raise Refusal("not_enabled")
    view = _view(call, "home")
    user = call.slack.directory.person(call.text("user_id")).id
    old = call.slack.views.home(user)
    if old:
        _same_hash(call, old)
    return {"view": _publish(call, user, view)}


def _publish(call: Call, user: str, view: Json) -> Json:
    shown = call.slack.views.publish(user, view)
    call.slack.page.publish("home", {"view": shown}, frozenset({user}))
    return shown


def _same_hash(call: Call, old: Json) -> None:
    if call.optional("hash") not in {"", old["hash"]}:
        raise Refusal("hash_conflict")


METHODS = {
    "views.open": Method(opened, Tier.FOUR),
    "views.push": Method(pushed, Tier.FOUR),
    "views.update": Method(updated, Tier.FOUR),
    "views.publish": Method(published, Tier.FOUR),
}
