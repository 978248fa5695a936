"""A person who sits at the local workspace's page, and does there what people do."""

import asyncio
import re
from pathlib import Path

from playwright.async_api import (
    Browser,
    Download,
    FilePayload,
    Locator,
    Page,
    expect,
)

from tests.browser import PATIENCE, faults_of, window


class Person:
    """One window, signed in as one person; `faults` is what its console complains of."""

    def __init__(self, page: Page, url: str, user: str) -> None:
        self.page = page
        self.user = user
        self.faults = faults_of(page, console=True)
        self._url = url

    async def sit_down(self, place: str = "C0GENERAL") -> None:
        """Open the page at a channel, a thread (CHANNEL/TS) or Home (CHANNEL/home)."""
        await self.page.goto(f"{self._url}/?user={self.user}#{place}")
        await self.page.get_by_test_id("person-switch").wait_for(state="attached")

    @property
    def channel(self) -> Locator:
        """The messages of the open channel."""
        return self.page.locator("#messages article.message")

    @property
    def thread(self) -> Locator:
        """The messages in the thread's pane."""
        return self.page.get_by_test_id("thread-pane").locator("article.message")

    @property
    def cards(self) -> Locator:
        """The cards of the runs in the open thread."""
        return self.thread.filter(has_text=re.compile(r"asked by")).filter(
            has_text=re.compile(r"inline|cloud-code|cloud-knowledge|desktop-local on")
        )

    @property
    def home(self) -> Locator:
        """The blocks of the bot's Home."""
        return self.page.locator("#home .block")

    async def say(self, text: str) -> None:
        """Write in the open channel."""
        await self.page.get_by_test_id("composer").fill(text)
        await self.page.get_by_test_id("send").click()

    async def reply(self, text: str) -> None:
        """Write in the open thread."""
        await self.page.get_by_test_id("thread-composer").fill(text)
        await self.page.get_by_test_id("thread-send").click()

    async def attach(self, name: str, content: bytes) -> None:
        """Put a file into the tray of the channel's message box."""
        file = FilePayload(name=name, mimeType="text/csv", buffer=content)
        await self.page.get_by_test_id("file-picker").set_input_files([file])

    async def ask(self, text: str, sign: str, channel: str = "C0GENERAL") -> str:
        """Say it, wait for the bot's first reply, and open the thread; returns its place.

        sign stands in this message of the open channel and in no other.
        """
        await self.say(text)
        asked = self.channel.filter(has_text=sign).first
        await sees(asked.locator(".thread-line"))
        await asked.locator(".thread-line").click()
        await sees(self.thread.first)
        return f"{channel}/{await asked.get_attribute('data-ts')}"

    async def asks_until(self, command: str, heading: str, word: str) -> None:
        """Type a command again until its answer has the word: it says how things stood just then.

        A companion that has just been started takes a moment to connect.
        """
        answers = self.channel.filter(has_text=heading)
        async with asyncio.timeout(PATIENCE / 500):
            while not await answers.filter(has_text=word).count():
                already = await answers.count()
                await self.say(command)
                await expect(answers).to_have_count(already + 1, timeout=PATIENCE)

    async def sees_card(self, *words: str) -> Locator:
        """Wait until the last card of the open thread has all these words."""
        card = self.cards.last
        for word in words:
            await expect(card).to_contain_text(word, timeout=PATIENCE)
        return card

    async def press(self, label: str) -> None:
        """Press the open thread's last button of that label."""
        await self.buttons(label).last.click(timeout=PATIENCE)

    def buttons(self, label: str) -> Locator:
        """The buttons of that label in the open thread."""
        return self.thread.get_by_role("button", name=label, exact=True)

    async def downloads(self, link: Locator) -> Download:
        """Follow a link that turns out to be a download."""
        async with self.page.expect_download(timeout=PATIENCE) as coming:
            await link.click()
        return await coming.value


async def sees(place: Locator, *words: str) -> None:
    """Wait until it is there, with all these words."""
    await expect(place).to_be_visible(timeout=PATIENCE)
    for word in words:
        await expect(place).to_contain_text(word, timeout=PATIENCE)


async def bytes_of(download: Download) -> bytes:
    """What was downloaded."""
    return await asyncio.to_thread(Path(await download.path()).read_bytes)


async def arrives(browser: Browser, url: str, user: str, place: str = "C0GENERAL") -> Person:
    """Somebody opens the page in a window of their own."""
    person = Person(await window(browser), url, user)
    await person.sit_down(place)
    return person
