"""How a server asks the interpreter to share its time."""

import gc
import sys

# A batch of runs is some thousand objects, which live until it ends: to look for garbage among them
# more often finds none.
YOUNG_OBJECTS = 10_000
# A writer asks for the interpreter after each statement. By default it would wait 5 ms for a busy
# loop to let go of it, which is longer than the statement took.
SWITCH_SECONDS = 0.0001


def settle() -> None:
    """To be called once a server has started, for the whole process.

    What is there now stays until its end: of the modules alone there are 140,000 objects, and to
    look through them for garbage now and then took a fifth of the time of each run.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
