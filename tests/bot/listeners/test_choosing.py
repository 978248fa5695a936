"""Where it is not clear which device is meant, the run's card asks its asker."""

from tests.bot.listeners.desk import ADA, BOT, GRACE, Desk


async def is_at(desk: Desk, thread_ts: str, device: str) -> bool:
    return (await desk.runs(thread_ts))[0].device_name == device


async def test_the_card_asks_and_only_its_asker_answers(desk: Desk) -> None:
    for name in ("laptop", "desktop"):
        await desk.a_device(name=name)
    ts = await desk.say(ADA, f"{BOT} ls .")
    card = await desk.card("Which device?")
    assert card["thread_ts"] == ts
    assert await desk.click(GRACE, card, "run_device_1")
    await desk.whispered(GRACE, "Only the person who asked may choose the device.")
    assert await desk.click(ADA, card, "run_device_1")
    await desk.shown(lambda one: one["ts"] == card["ts"] and "Which device?" not in str(one))
    await desk.eventually(lambda: is_at(desk, ts, "desktop"))


async def test_many_devices_are_a_menu(desk: Desk) -> None:
    for name in ("one", "two", "three", "four", "five"):
        device = await desk.a_device(name=name)
    ts = await desk.say(ADA, f"{BOT} ls .")
    card = await desk.card("Choose a device")
    run_id = (await desk.runs(ts))[0].id
    choice = {"selected_option": {"value": f"{run_id}|{device}"}}
    assert await desk.click(ADA, card, "run_device", choice=choice)
    await desk.eventually(lambda: is_at(desk, ts, "five"))
