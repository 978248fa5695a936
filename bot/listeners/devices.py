"""`/devices` and the buttons on a device."""

from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.device import (
    NAME,
    RENAME_MODAL,
    device_card,
    devices_list,
    pairing_offer,
    rename_modal,
)
from bot.blocks.drawn import Drawn
from bot.blocks.refusal import refusal, refusal_modal
from bot.connection.identity import FAULTS, reason_of
from bot.errors import SlackUnavailable
from bot.incoming.choices import given, value_of
from bot.incoming.origin import Body, origin_of
from bot.keys import notice_key, team_of
from bot.people.people import Person
from bot.slack_side import SlackSide
from dispatch_core.device_errors import ReportChanged
from dispatch_core.device_views import DeviceView
from dispatch_core.dispatcher.door import Dispatcher
from dispatch_core.errors import DispatchError, NotFound

USAGE = (
    "Write `/devices` to list yours, `/devices pair` to add one, or with a device's name "
    "`/devices NAME`, `/devices rename OLD NEW`, `/devices default NAME`, `/devices remove NAME`."
)


def register(app: AsyncApp, dispatcher: Dispatcher, slack: SlackSide) -> None:
    """Take the command, the buttons and the modal of one."""
    devices = Devices(dispatcher, slack)
    app.command("/devices")(devices.on_command)
    app.action("device_remove")(devices.on_remove)
    app.action("device_confirm")(devices.on_confirm)
    app.action("device_default")(devices.on_default)
    app.action("device_rename")(devices.on_ask_name)
    app.view(RENAME_MODAL)(devices.on_name)


class Devices:
    """The answer to a command is seen by its asker alone: a pairing code is a secret."""

    def __init__(self, dispatcher: Dispatcher, slack: SlackSide) -> None:
        self._dispatcher = dispatcher
        self._slack = slack
        self._words: dict[str, Callable[[Person, str], Awaitable[str]]] = {
            "remove": self._remove,
            "rename": self._rename,
            "default": self._prefer,
        }

    async def on_command(self, ack: AsyncAck, command: Body) -> None:
        """`/devices`, `/devices pair`, `/devices NAME`, or a word and a name."""
        person = await self._slack.people.admit(command["user_id"])
        answer = await self._answer(person, str(command.get("text") or "").strip())
        await ack(response_type="ephemeral", **answer.as_arguments())

    async def _answer(self, person: Person, text: str) -> Drawn:
        word, _, rest = text.partition(" ")
        if not text:
            return devices_list(await self._dispatcher.devices(person.key))
        if text.casefold() == "pair":
            notice = notice_key(team_of(person.key), person.user)
            return pairing_offer(await self._dispatcher.offer_pairing(person.key, notice))
        if (verb := self._words.get(word.casefold())) is not None and rest.strip():
            return refusal(await verb(person, rest.strip()))
        return await self._named(person, text)

    async def _named(self, person: Person, text: str) -> Drawn:
        """The device of that name; a word of the command by itself tells what can be written."""
        try:
            return await self._card(await self._find(person, text))
        except NotFound:
            if text.casefold() in {"help", "list", *self._words}:
                return refusal(USAGE)
            raise

    async def _remove(self, person: Person, name: str) -> str:
        device = await self._dispatcher.remove_device(name, person.key)
        return f"{device.name} is removed; its key is refused from now on."

    async def _rename(self, person: Person, names: str) -> str:
        old, _, new = names.partition(" ")
        if not new.strip():
            return USAGE
        device = await self._dispatcher.rename_device(old, person.key, new)
        return f"{old} is called {device.name} now."

    async def _prefer(self, person: Person, name: str) -> str:
        if name.casefold() != "none":
            device = await self._dispatcher.prefer_device(name, person.key)
            return f"From now on {device.name} does your tasks where you name no device."
        for device in await self._dispatcher.devices(person.key):
            if device.is_default:
                await self._dispatcher.prefer_device(device.id, person.key, prefer=False)
        return "You have no default device now; you are asked where it is not clear."

    async def _card(self, device: DeviceView) -> Drawn:
        return device_card(device, await self._dispatcher.grants_on(device.id))

    async def _find(self, person: Person, name: str) -> DeviceView:
        """By name or id; raises NotFound."""
        for device in await self._dispatcher.devices(person.key):
            if name == device.id or device.name.casefold() == name.casefold():
                return device
        raise NotFound(what="device of yours named", name=name)

    async def on_remove(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """End a pairing; the button asked whether its presser is sure."""
        person = await self._slack.people.admit(body["user"]["id"])
        device = await self._dispatcher.remove_device(value_of(action), person.key)
        self._tell(body, f"{device.name} is removed; its key is refused from now on.")
        self._slack.homes.poke(person.user)
        await ack()

    async def on_confirm(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Accept a device, or what it newly reported: what was shown, and no more."""
        person = await self._slack.people.admit(body["user"]["id"])
        device_id, _, offer = value_of(action).partition("|")
        try:
            device = await self._dispatcher.confirm_device(device_id, person.key, offer)
        except ReportChanged:
            # Asked anew: the card shows what waits by now, with a button of its own.
            self._show(body, await self._card(await self._find(person, device_id)))
        else:
            self._tell(body, f"{device.name} is confirmed, with what was shown to you.")
        self._slack.homes.poke(person.user)
        await ack()

    async def on_default(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Make a device the one that is meant where none is named, or no longer."""
        person = await self._slack.people.admit(body["user"]["id"])
        device_id, _, yes = value_of(action).partition("|")
        prefer = yes == "yes"
        device = await self._dispatcher.prefer_device(device_id, person.key, prefer=prefer)
        self._show(body, await self._card(device))
        self._slack.homes.poke(person.user)
        await ack()

    async def on_ask_name(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Open the modal for another name; Slack's trigger for it lives three seconds."""
        person = await self._slack.people.admit(body["user"]["id"])
        view = rename_modal(await self._find(person, value_of(action)))
        try:
            await self._slack.posting.views_open(trigger_id=body["trigger_id"], view=view)
        except FAULTS as fault:
            raise SlackUnavailable(what="the new name", why=reason_of(fault)) from fault
        await ack()

    async def on_name(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Take the name that was typed; what is wrong with it is said beside it."""
        person = await self._slack.people.admit(body["user"]["id"])
        name = str(given(view, NAME, "value") or "")
        try:
            await self._dispatcher.rename_device(view["private_metadata"], person.key, name)
        except NotFound as gone:
            await ack(response_action="update", view=refusal_modal(str(gone)))
            return
        except DispatchError as error:
            await ack(response_action="errors", errors={NAME: str(error)})
            return
        self._slack.homes.poke(person.user)
        await ack()

    def _tell(self, body: Body, words: str) -> None:
        self._show(body, refusal(words))

    def _show(self, body: Body, drawn: Drawn) -> None:
        """In place of what was clicked where only its presser saw that, else beside it."""
        origin = origin_of(body)
        if origin is not None and origin.ephemeral:
            self._slack.whispers.replace(origin, drawn)
        elif origin is not None:
            self._slack.whispers.tell(origin, drawn)
