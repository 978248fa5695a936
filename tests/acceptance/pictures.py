"""The documentation's pictures, of the real demo: `python -m tests.acceptance.pictures`.

They go to docs/images; what changes from time to time in them is the time of day.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser

from tests.acceptance.demo import Demo, demonstration
from tests.acceptance.person import Person, sees
from tests.browser import launched

FOLDER = Path(__file__).parents[2] / "docs" / "images"
WIDE = (1360, 860)
PHONE = (390, 844)
COLOURS = 256
GENERAL, OPS = "C0GENERAL", "C0OPS"
PLOT = """@Dispatch how do the squares grow?
```python
import matplotlib.pyplot as plt
n = range(21)
plt.figure(figsize=(6, 1.8), layout="tight")
plt.plot(n, [i * i for i in n])
plt.savefig("squares.png")
print("20 squared is", n[20] ** 2)
```"""
PATIENT = """```python
import time
time.sleep(50)  # as if there were more to do
```"""


class Studio:
    """The demo and a browser that draws the same everywhere."""

    def __init__(self, browser: Browser, demo: Demo) -> None:
        self._browser = browser
        self._demo = demo

    async def person(
        self,
        place: str,
        user: str = "U0ADA",
        size: tuple[int, int] = WIDE,
        theme: Literal["light", "dark"] = "light",
    ) -> Person:
        """Somebody sits down in a window of that size."""
        page = await self._browser.new_page(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=theme,
            reduced_motion="reduce",
            locale="en-US",
            timezone_id="UTC",
        )
        person = Person(page, self._demo.url, user)
        await person.sit_down(place)
        return person


async def take(person: Person, name: str) -> None:
    """Keep the window as it looks now, once its pictures are there."""
    page = person.page
    for picture in await page.locator("img:visible").all():
        await picture.evaluate("node => node.decode()")
    await page.mouse.move(0, 0)
    await page.evaluate("() => document.activeElement?.blur()")
    path = FOLDER / f"{name}.png"
    await page.screenshot(path=path)
    await asyncio.to_thread(slim, path)


def slim(path: Path) -> None:
    """Keep 256 colours, which is a third of the bytes; without Pillow, keep it as it is."""
    try:
        from PIL import Image
    except ImportError:
        return
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


async def talk(studio: Studio) -> None:
    """Grace was here before: she asked the documents, and she has a question to a colleague."""
    grace = await studio.person(GENERAL, "U0GRACE")
    await grace.ask("@Dispatch What happens when an approval expires?", "approval expires")
    await grace.sees_card("completed", "cloud-knowledge")
    await grace.sit_down(OPS)
    await grace.say("Ada, what does a quince cost these days? It is in a file on your laptop.")
    await sees(grace.channel.last, "quince")


async def plots(ada: Person) -> str:
    """Ada sends code; returns the thread, into which its plot came."""
    place = await ada.ask(PLOT, "squares grow")
    await ada.sees_card("completed")
    await sees(ada.thread.locator(".file-picture img"))
    return place


async def asks_her_laptop(ada: Person) -> str:
    """Ada asks for a command on her laptop; returns the thread, in which it waits."""
    await ada.page.get_by_test_id(f"channel-{OPS}").click()
    await sees(ada.channel.first)
    place = await ada.ask("@Dispatch $ cat prices.csv", "prices.csv", OPS)
    await sees(ada.buttons("Approve"))
    await ada.sees_card("waiting approval")
    return place


async def goes_home(ada: Person, plot: str) -> None:
    """Ada looks at the bot's Home while one run waits and another runs."""
    await ada.sit_down(plot)
    await ada.reply(f"plot as many as you can {PATIENT}")
    await ada.sees_card("running")
    await ada.page.get_by_test_id("channel-D0ADA").click()
    await ada.page.get_by_test_id("home-tab").click()
    await sees(ada.home.filter(has_text="plot as many"))


async def photograph(studio: Studio) -> None:
    """Play a short morning of Ada's and Grace's, and take its pictures."""
    await talk(studio)
    ada = await studio.person(GENERAL)
    plot = await plots(ada)
    await take(ada, "thread")
    approval = await asks_her_laptop(ada)
    await take(ada, "approval")
    await goes_home(ada, plot)
    await take(ada, "home")
    grace = await studio.person(approval, "U0GRACE", theme="dark")
    await grace.press("Approve")
    await grace.sees_card("completed")
    await take(grace, "dark")
    phone = await studio.person(approval, size=PHONE)
    await phone.sees_card("completed")
    await take(phone, "phone")


async def main() -> None:
    """Start the demo in a folder of its own, and a browser."""
    await asyncio.to_thread(FOLDER.mkdir, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with demonstration(Path(folder) / "home") as demo, launched() as browser:
            await photograph(Studio(browser, demo))


if __name__ == "__main__":
    asyncio.run(main())
