"""Whether this computer has what the browser tool needs."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

SETTING = "DISPATCH_BROWSER"
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
_MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "~/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_WINDOWS_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
_WINDOWS = ("Chromium/Application/chrome.exe", "Google/Chrome/Application/chrome.exe")


def can_browse() -> bool:
    """Whether the extra `browser` is installed and a Chromium or Chrome is there; starts neither.

    Costs some look-ups of files, so it may be asked at each report.
    """
    return importlib.util.find_spec("playwright") is not None and find_browser() is not None


def find_browser() -> str | None:
    """The program that DISPATCH_BROWSER names, else the Chromium or Chrome that is installed.

    A setting that names nothing that can be run finds nothing: another browser is not what its
    owner chose.
    """
    if chosen := os.environ.get(SETTING):
        return shutil.which(str(Path(chosen).expanduser()))
    if found := next((path for name in NAMES if (path := shutil.which(name))), None):
        return found
    return next((path for path in _usual_places() if os.access(path, os.X_OK)), None)


def _usual_places() -> list[str]:
    if sys.platform == "darwin":
        return [str(Path(place).expanduser()) for place in _MAC]
    if sys.platform == "win32":
        folders = [os.environ[name] for name in _WINDOWS_FOLDERS if name in os.environ]
        return [str(Path(folder) / tail) for folder in folders for tail in _WINDOWS]
    return []
