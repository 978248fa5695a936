"""All cues, and what is taken off the start of a message before its first word is looked at."""

import re

from dispatch_core.route_cues import code, inline, knowledge, local, signed_in
from dispatch_core.route_cues.cue import Cue

# Courtesies: "hey, could you please help me to …".
COURTESY = re.compile(
    r"^(?:(?:hey|hi|hello|ok|okay|so|well|also|now|then|and|but|please|pls|kindly|"
    r"dispatch)\b[ ,:!]*|(?:can|could|would|will) (?:you|u|someone|we)\b(?! (?:be|have|die|"
    r"eat|go)\b)[ ,]*|(?:i|we)(?:'d| would)? (?:want|need|like|love)(?: you)?(?: to\b|"
    r"(?= (?:a|an|the|some)\b))[ ,]*|(?:you|u) (?:need|have) to |help(?: me| us)(?: to| with|"
    r" out)?\b[ ,]*|let's |try to |go ahead and |i'm (?:trying|looking) to |your (?:task|job|"
    r"goal) is to |would you mind |directly |just )+"
)

CUES: tuple[Cue, ...] = (
    *local.CUES,
    *signed_in.CUES,
    *code.CUES,
    *knowledge.CUES,
    *inline.CUES,
)
