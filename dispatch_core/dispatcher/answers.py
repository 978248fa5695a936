"""Which process answers a person, where several were told of the same message."""

from functools import partial

from dispatch_core.dispatcher.room import Room
from dispatch_core.records import devices

# Stands in a nonce's row where a device's id does; what is kept there is forgotten as nonces are.
FRONT_END = "front end"


class Answers(Room):
    """The verb by which one of them is found."""

    async def is_first_answer(self, message_key: str) -> bool:
        """Whether nobody has answered this message within the last minutes; now somebody has."""
        use = partial(devices.use_nonce, device_id=FRONT_END, nonce=message_key)
        return await self.store.write(use)
