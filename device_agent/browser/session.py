"""Everything that needs Playwright, behind one door: imported when a browser is first needed."""

from device_agent.browser.chrome import Chrome
from device_agent.browser.doing import do
from device_agent.browser.looking import look

__all__ = ["Chrome", "do", "look"]
