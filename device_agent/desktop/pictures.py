"""Pictures of the screen, by mss."""

from dataclasses import dataclass
from pathlib import Path

import mss
import mss.exception
import mss.tools

from device_agent.desktop.errors import NoDesktop


@dataclass(frozen=True)
class Area:
    """A part of the screen, in pixels from its top left."""

    x: int
    y: int
    width: int
    height: int


def take_picture(target: Path, monitor: int | None = None, area: Area | None = None) -> Area:
    """Write a PNG of all monitors, of one (from 1) or of an area, as far as the screen reaches.

    Returns what it shows; raises NoDesktop.
    """
    try:
        with mss.MSS() as camera:
            screens = [Area(m["left"], m["top"], m["width"], m["height"]) for m in camera.monitors]
            if monitor is not None and monitor >= len(screens):
                raise NoDesktop(why=f"it has {len(screens) - 1} monitors, and no {monitor}")
            seen = screens[monitor or 0] if area is None else _common(area, screens[0])
            picture = camera.grab((seen.x, seen.y, seen.x + seen.width, seen.y + seen.height))
    except (mss.exception.ScreenShotError, OSError) as error:
        raise NoDesktop(why=f"no picture can be taken: {error}") from None
    mss.tools.to_png(picture.rgb, picture.size, output=target)
    return seen


def _common(area: Area, screen: Area) -> Area:
    left, top = max(area.x, screen.x), max(area.y, screen.y)
    right = min(area.x + area.width, screen.x + screen.width)
    bottom = min(area.y + area.height, screen.y + screen.height)
    if right <= left or bottom <= top:
        raise NoDesktop(why="the window lies outside the screen")
    return Area(left, top, right - left, bottom - top)
