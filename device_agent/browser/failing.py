"""What Playwright's errors mean, in words."""

from playwright.async_api import Error

from device_agent.browser.chrome import Chrome

_CODES = {
    "ERR_SOCKS_CONNECTION_HOST_UNREACHABLE": "there is no such host, or it does not answer.",
    "ERR_SOCKS_CONNECTION_FAILED": "this device's owner does not let the browser go there.",
    "ERR_CERT": "the site's certificate is not trusted here.",
    "ERR_ABORTED": "it was not followed.",
    "Download is starting": "it brings a file; write `download ADDRESS` to have it.",
    "Target page, context or browser has been closed": "its tab was closed, or the browser ended.",
    "Target crashed": "the page crashed.",
    "Timeout": "the page took too long.",
}


async def forget_if_gone(chrome: Chrome, error: Error) -> None:
    """A driver that was killed tells nobody that its browser is gone."""
    if "closed" in error.message.lower():
        await chrome.check()


def first_line(error: Error) -> str:
    """A sentence: Playwright's error without its call and its log, in words where it has some."""
    line = error.message.split("\n", 1)[0]
    known = next((words for code, words in _CODES.items() if code in line), None)
    return known or f"{(line.partition(': ')[2] or line).rstrip('.')}."
