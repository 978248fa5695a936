"""Clicks, by pynput."""

from pynput.mouse import Button, Controller

from device_agent.desktop.keyboard import close_quietly


def click(x: int, y: int) -> None:
    """One left click at a point of the screen, in pixels from its top left."""
    controller = Controller()
    try:
        controller.position = (x, y)
        controller.click(Button.left)
    finally:
        close_quietly(controller)
