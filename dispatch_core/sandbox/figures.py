"""The matplotlib backend in the sandbox: Agg, where a figure that was never saved becomes a file.

This file is copied into the sandbox and imported there, never by Dispatch itself.
"""

import atexit
from pathlib import Path
from typing import Any

from matplotlib._pylab_helpers import Gcf
from matplotlib.backends.backend_agg import FigureCanvasAgg

WORK = Path.cwd()


class FigureCanvas(FigureCanvasAgg):
    """Agg's canvas, which remembers whether its figure was saved."""

    saved = False

    def print_figure(self, *args: Any, **options: Any) -> Any:
        """Save as Agg does."""
        self.saved = True
        return super().print_figure(*args, **options)


def show(*_args: Any, **_options: Any) -> None:
    """Keep each open figure that was not saved, as figure-N.png in the working folder."""
    for manager in Gcf.get_all_fig_managers():
        canvas = manager.canvas
        name = WORK / f"figure-{manager.num}.png"
        if isinstance(canvas, FigureCanvas) and not canvas.saved and not name.exists():
            canvas.print_figure(name)


atexit.register(show)
