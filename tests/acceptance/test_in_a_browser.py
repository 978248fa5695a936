"""`dispatch demo` as a person uses it: a real Chromium, a real server, a real companion."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from tests.acceptance.demo import Demo, demonstration
from tests.acceptance.person import Person, arrives, bytes_of, sees
from tests.browser import PATIENCE, launched

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.timeout(240),
    pytest.mark.asyncio(loop_scope="module"),
]

PNG = b"\x89PNG\r\n\x1a\n"
GONE = "net::ERR_"
"""What the console says of a server that is not there."""
PRICES = b"fruit,price\napple,0.40\npear,0.55\nquince,1.20\n"

Arrive = Callable[..., Awaitable[Person]]


def python(*lines: str) -> str:
    """A fenced block of Python."""
    return "\n".join(("```python", *lines, "```"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    """One demo for all tests here: each keeps to threads of its own."""
    async with demonstration(tmp_path_factory.mktemp("demo") / "home") as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser; each person has a window of their own in it."""
    async with launched() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def arrive(browser: Browser, demo: Demo) -> AsyncIterator[Arrive]:
    """`await arrive("U0ADA")`: somebody opens the page; an error in the console fails the test."""
    people: list[Person] = []

    async def opened(user: str = "U0ADA", place: str = "C0GENERAL", url: str = "") -> Person:
        people.append(await arrives(browser, url or demo.url, user, place))
        return people[-1]

    yield opened
    for person in people:
        await person.page.context.close()
    faults = [fault for person in people for fault in person.faults]
    assert not faults, faults


@pytest_asyncio.fixture(loop_scope="module")
async def ada(arrive: Arrive) -> Person:
    """She asks, and she may decide; the demo's laptop is hers."""
    return await arrive("U0ADA")


@pytest.fixture
def word() -> str:
    """Stands in one test's messages alone."""
    return f"w{secrets.token_hex(4)}"


async def act_at_once(*people: Person) -> None:
    """Let what these people press next arrive together, once all have pressed.

    It goes by connections that are open already: a press that came a moment after the other would
    find its button gone.
    """
    pressed = asyncio.Barrier(len(people))

    async def hold(route: Route) -> None:
        headers = {"Content-Type": "application/json"}
        async with aiohttp.ClientSession(headers=headers) as session:
            await (await session.get(route.request.frame.url)).read()
            await pressed.wait()
            async with session.post(route.request.url, data=route.request.post_data) as answer:
                await route.fulfill(status=answer.status, json=await answer.json())

    for person in people:
        await person.page.route("**/workspace/actions", hold)


async def asked_for(person: Person, command: str, word: str) -> str:
    """Ask for a shell command and wait for its approval; returns the thread's place."""
    place = await person.ask(f"@Dispatch $ {command}", word)
    await sees(person.buttons("Approve"))
    return place


async def test_a_plot_comes_into_the_thread_and_can_be_downloaded(ada: Person, word: str) -> None:
    name = f"{word}.png"
    code = python(
        "import matplotlib.pyplot as plt",
        "plt.plot([n * n for n in range(10)])",
        f"plt.savefig({name!r})",
    )
    await ada.ask(f"@Dispatch draw the squares {code}", word)
    await ada.sees_card("completed", "cloud-code", "it has a fenced code block")
    shared = ada.thread.filter(has_text=f"📎 {name}")
    picture = shared.locator("img")
    await sees(picture)
    await picture.evaluate("node => node.decode()")
    assert await picture.evaluate("node => node.naturalWidth") > 100
    download = await ada.downloads(shared.get_by_role("link", name=f"Download {name}"))
    linked = await ada.downloads(shared.get_by_role("link", name="Download", exact=True))
    assert (download.suggested_filename, linked.suggested_filename) == (name, name)
    assert (await bytes_of(download)).startswith(PNG)
    assert await bytes_of(linked) == await bytes_of(download)


async def test_an_approved_command_runs_and_its_output_comes_back(ada: Person, word: str) -> None:
    await asked_for(ada, f"echo hi $((6 * 7)) {word}", word)
    asking = ada.thread.filter(has_text="Run a shell command on demo-laptop")
    await sees(asking, f"echo hi $((6 * 7)) {word}", "on demo-laptop", "may decide")
    await ada.press("Approve")
    await sees(asking, "Approved by @Ada Lovelace")
    await expect(asking.locator(".block-actions")).to_have_count(0, timeout=PATIENCE)
    card = await ada.sees_card("completed", "desktop-local on demo-laptop")
    await sees(card.locator("pre"), f"hi 42 {word}")


async def test_a_rejected_command_runs_nowhere(ada: Person, demo: Demo, word: str) -> None:
    await asked_for(ada, f"touch {word}", word)
    await ada.press("Reject")
    await sees(ada.thread.filter(has_text="Rejected by @Ada Lovelace"))
    await ada.sees_card("cancelled", "nothing more was done")
    assert not await asyncio.to_thread((demo.folder / word).exists)


async def test_a_reason_for_rejecting_is_asked_for_and_shown(
    ada: Person, demo: Demo, word: str
) -> None:
    await asked_for(ada, f"touch {word}", word)
    await ada.press("Reject with a reason…")
    modal = ada.page.get_by_role("dialog")
    await sees(modal, "Reject with a reason")
    await modal.get_by_label("Reason").fill("Not on a Friday, please.")
    await modal.get_by_role("button", name="Reject", exact=True).click()
    decided = ada.thread.filter(has_text="Rejected by @Ada Lovelace")
    await sees(decided, "Reason: Not on a Friday, please.")
    await ada.sees_card("cancelled")
    assert not await asyncio.to_thread((demo.folder / word).exists)


async def test_of_two_people_who_click_at_once_one_decides_and_the_other_is_told(
    ada: Person, arrive: Arrive, word: str
) -> None:
    place = await asked_for(ada, f"echo {word}", word)
    grace = await arrive("U0GRACE", place)
    await sees(grace.buttons("Reject"))
    await act_at_once(ada, grace)
    await asyncio.gather(ada.press("Approve"), grace.press("Reject"))
    decided = ada.thread.filter(has_text=re.compile("(Approved|Rejected) by @"))
    await sees(decided)
    # Ada's name stands there anyway: it was she who asked.
    ada_won = re.search(r"(Approved|Rejected)\s+by\s+@Ada", await decided.inner_text())
    first, second = (ada, grace) if ada_won else (grace, ada)
    told = second.thread.filter(has_text="This request was already")
    await sees(told, "Only visible to you")
    await expect(ada.thread.filter(has_text=re.compile("(Approved|Rejected) by @"))).to_have_count(
        1
    )
    await expect(first.thread.filter(has_text="This request was already")).to_have_count(0)


async def test_a_guest_is_told_that_he_may_not(ada: Person, arrive: Arrive, word: str) -> None:
    place = await asked_for(ada, f"echo {word}", word)
    sam = await arrive("U0GUEST", place)
    await sam.press("Approve")
    await sees(sam.thread.filter(has_text="full members"), "Only visible to you")
    await sam.say(f"@Dispatch hello {word}")
    await sees(sam.channel.filter(has_text="full members"), "Only visible to you")
    await expect(ada.buttons("Approve")).to_be_visible()
    await ada.press("Reject")
    await ada.sees_card("cancelled")


async def test_devices_shows_the_laptop_and_pairs_another(ada: Person) -> None:
    await ada.asks_until("/devices", "Your devices", "online")
    await sees(ada.channel.filter(has_text="Your devices").last, "demo-laptop")
    await ada.say("/devices demo-laptop")
    await sees(ada.channel.filter(has_text="Key fingerprint").last, "demo-folder")
    await ada.say("/devices pair")
    offer = ada.channel.filter(has_text="Pair a computer").last
    await sees(offer, "Only visible to you", "dispatch-device pair http://127.0.0.1:")
    command = await offer.locator("pre").inner_text()
    codes = offer.locator(".context code").filter(has_text=re.compile(r"^[A-Z2-9]{8}$"))
    assert await codes.inner_text() in command


async def test_home_shows_what_runs_and_what_waits_and_its_buttons_work(
    ada: Person, arrive: Arrive, word: str
) -> None:
    await ada.ask(f"@Dispatch spin {word} {python('while True: pass')}", word)
    await ada.sees_card("running")
    waiting = await arrive("U0ADA")
    await asked_for(waiting, f"echo home-{word}", f"home-{word}")
    # Home tells of a device that comes within a minute; a companion may have just been started.
    await waiting.asks_until("/devices", "Your devices", "online")
    home = await arrive("U0ADA")
    await home.page.get_by_test_id("channel-D0ADA").click()
    await home.page.get_by_test_id("home-tab").click()
    await sees(home.home.filter(has_text="Active runs"))
    await sees(home.home.filter(has_text="demo-laptop").filter(has_text="online"))
    await sees(home.home.filter(has_text=f"echo home-{word}").first)
    running = home.home.filter(has_text=f"spin {word}")
    await running.get_by_role("button", name="Cancel").click()
    await home.page.get_by_role("button", name="Cancel the run").click()
    await ada.sees_card("cancelled", "Stopped by @Ada Lovelace")
    await expect(running.get_by_role("button")).to_have_count(0, timeout=PATIENCE)
    mine = home.page.locator(f"#home .block:has-text('home-{word}') ~ .block-actions").first
    await mine.get_by_role("button", name="Approve", exact=True).click()
    await waiting.sees_card("completed", f"home-{word}")


async def test_a_thread_goes_on_without_mention_and_stop_ends_what_runs(
    ada: Person, word: str
) -> None:
    await ada.ask(f"@Dispatch hello {word}", word)
    await ada.sees_card("completed", "inline")
    await ada.reply("what is 6 * 7?")
    await expect(ada.cards).to_have_count(2, timeout=PATIENCE)
    await ada.sees_card("completed", "42")
    await ada.reply(python("while True: pass"))
    await expect(ada.cards).to_have_count(3, timeout=PATIENCE)
    await ada.sees_card("running", "cloud-code")
    await ada.reply("stop")
    await ada.sees_card("cancelled", "Stopped by @Ada Lovelace")


async def test_an_ended_run_can_be_retried_and_run_elsewhere(ada: Person, word: str) -> None:
    await ada.ask(f"@Dispatch hello {word}", word)
    await ada.sees_card("completed", "inline")
    await ada.press("Retry")
    await expect(ada.cards).to_have_count(2, timeout=PATIENCE)
    await ada.sees_card("completed", "inline", "This is a retry.")
    menu = ada.thread.locator("select[data-action-id=run_elsewhere]").last
    await menu.select_option(label="📚 cloud-knowledge")
    await expect(ada.cards).to_have_count(3, timeout=PATIENCE)
    await ada.sees_card("completed", "cloud-knowledge")


async def test_code_reads_a_file_that_was_attached(ada: Person, word: str) -> None:
    name = f"{word}.csv"
    await ada.attach(name, PRICES)
    total = python("import pandas", f"print('sum', pandas.read_csv({name!r}).price.sum().round(2))")
    await ada.ask(f"@Dispatch add {word} {total}", f"add {word}")
    await ada.sees_card("completed", "sum 2.15")
    await ada.reply(python(f"print('lines', len(open({name!r}).readlines()))"))
    await expect(ada.cards).to_have_count(2, timeout=PATIENCE)
    await ada.sees_card("completed", "lines 4")


async def test_a_question_is_answered_from_a_text_that_was_attached(ada: Person, word: str) -> None:
    name = f"{word}.md"
    text = f"# Shop\n\n## Refunds\n\nRefunds of {word} take 14 days.\n"
    await ada.attach(name, text.encode())
    await ada.ask(f"@Dispatch what does this say about refunds of {word}?", f"refunds of {word}")
    await ada.sees_card("completed", f"Refunds of {word} take 14 days.", "attached in this thread")
    await ada.reply(f"summarise {name}")
    await expect(ada.cards).to_have_count(2, timeout=PATIENCE)
    await ada.sees_card("completed", "cloud-knowledge", "I quote and don't summarise")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("@Dispatch [route=moon] hi", "I can't read [route=moon]"),
        ("@Dispatch", "There is no task in this message"),
        ("@Dispatch stop", "Write stop in the thread of the run that you mean."),
        ("/dispatch [route=moon] hi", "I can't read [route=moon]"),
        ("/devices remove nothing-of-mine", "There is no device"),
        ("/nonsense", "/nonsense"),
    ],
)
async def test_what_can_not_be_done_is_told_in_one_sentence(
    ada: Person, said: str, told: str
) -> None:
    answers = ada.page.locator(".message.ephemeral, .toast").filter(has_text=told)
    before = await answers.count()
    await ada.say(said)
    await sees(answers.nth(before))
    sentence = (await answers.nth(before).inner_text()).strip().splitlines()[-1]
    assert sentence.endswith(".")
    assert "Traceback" not in sentence


async def test_the_command_alone_says_how_to_use_it(ada: Person) -> None:
    await ada.say("/dispatch")
    await sees(ada.channel.filter(has_text="How to use Dispatch").last, "Only visible to you")


async def test_after_a_kill_the_page_comes_back_and_old_buttons_work(
    arrive: Arrive, tmp_path: Path, word: str
) -> None:
    async with demonstration(tmp_path / "home") as demo:
        ada = await arrive(url=demo.url)
        await asked_for(ada, f"echo back $((6 * 7)) {word}", word)
        await demo.kill()
        banner = ada.page.locator("#banner")
        await sees(banner, "is lost")
        await demo.open()
        await expect(banner).to_be_hidden(timeout=PATIENCE)
        await sees(ada.channel.filter(has_text=word))
        await ada.press("Approve")
        await sees(ada.thread.filter(has_text="Approved by @Ada Lovelace"))
        await ada.sees_card("completed", f"back 42 {word}")
        await expect(ada.cards).to_have_count(1)
    ada.faults[:] = [fault for fault in ada.faults if GONE not in fault]
