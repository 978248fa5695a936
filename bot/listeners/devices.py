"""`/devices` and the buttons on a device."""

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.device import device_card, devices_list, pairing_offer
from bot.blocks.drawn import Drawn
from bot.blocks.refusal import refusal
from bot.incoming.origin import Body, origin_of
from bot.keys import notice_key, team_of
from bot.people.people import Person
from bot.slack_side import SlackSide
from dispatch_core.dispatcher.door import Dispatcher
from dispatch_core.errors import NotFound


def register(app: AsyncApp, dispatcher: Dispatcher, slack: SlackSide) -> None:
    """Take the command and the two buttons."""
    devices = Devices(dispatcher, slack)
    app.command("/devices")(devices.on_command)
    app.action("device_remove")(devices.on_remove)
    app.action("device_confirm")(devices.on_confirm)


class Devices:
    """The answer to a command is seen by its asker alone: a pairing code is a secret."""

    def __init__(self, dispatcher: Dispatcher, slack: SlackSide) -> None:
        self._dispatcher = dispatcher
        self._slack = slack

    async def on_command(self, ack: AsyncAck, command: Body) -> None:
        """`/devices`, `/devices pair`, `/devices NAME` or `/devices remove NAME`."""
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
        if word.casefold() == "remove" and rest.strip():
            device = await self._dispatcher.remove_device(rest.strip(), person.key)
            return refusal(f"{device.name} is removed; its key is refused from now on.")
        return await self._card(person, text)

    async def _card(self, person: Person, name: str) -> Drawn:
        for device in await self._dispatcher.devices(person.key):
            if device.name.casefold() == name.casefold():
                return device_card(device)
        raise NotFound(what="device of yours named", name=name)

    async def on_remove(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """End a pairing; the button asked whether its presser is sure."""
        person = await self._slack.people.admit(body["user"]["id"])
        device = await self._dispatcher.remove_device(str(action["value"]), person.key)
        self._tell(body, f"{device.name} is removed; its key is refused from now on.")
        self._slack.homes.poke(person.user)
        await ack()

    async def on_confirm(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Accept a device, or what it newly reports."""
        person = await self._slack.people.admit(body["user"]["id"])
        device = await self._dispatcher.confirm_device(str(action["value"]), person.key)
        self._tell(body, f"{device.name} is confirmed with all that it reports.")
        self._slack.homes.poke(person.user)
        await ack()

    def _tell(self, body: Body, words: str) -> None:
        origin = origin_of(body)
        if origin is not None and origin.ephemeral:
            self._slack.whispers.replace(origin, refusal(words))
        elif origin is not None:
            self._slack.whispers.tell(origin, words)
