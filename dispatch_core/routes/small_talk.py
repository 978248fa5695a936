"""Small talk: what people say to a bot that asks for no work, and short, true replies."""

import re
import zlib
from typing import NamedTuple

CAN_DO = (
    "Here is what I can do:\n"
    "- answer questions from the documents I was given (just ask)\n"
    "- run Python or bash in a sandbox (put the code in a fenced block)\n"
    "- run `$ COMMAND` on your paired device, once someone approved it\n"
    "- bring a file from it with `get PATH`, or list a folder with `ls PATH`\n"
    "- do a task at its time, where it begins with one: `every weekday at 9`, `tomorrow at 14:00`\n"
    "- tell you about your runs, approvals and devices, small sums and dates\n\n"
    "`stop`, `retry`, `status` and `help` work alone in a thread, and "
    "`[route=… device=… timeout=…]` at the start of a message overrides my choice of place. "
    "`/dispatch help` shows all that you can write."
)
UNKNOWN = (
    "I don't know what to say to that. I can tell you about your runs, approvals and devices, "
    "small sums and dates; write `help` to see what else I can do."
)


class Reply(NamedTuple):
    """Patterns over the plain text, one of which must be found; one of the replies is said."""

    pattern: re.Pattern[str]
    replies: tuple[str, ...]


def _said(pattern: str, *replies: str) -> Reply:
    return Reply(re.compile(pattern), replies)


_YOU = r"(?:you|u|ya)"
_REPLIES: tuple[Reply, ...] = (
    _said(
        r"^/(?:dispatch|devices)\b",
        "That is a command of Slack's: send it as a message by itself, without mentioning me.",
    ),
    _said(
        r"^(?:help|help me|i need help|commands|\?+)(?: please)?$"
        rf"|\bwhat (?:all )?(?:can|do|could) {_YOU} (?:do|help)|\bhow (?:can|do|could) {_YOU} help"
        rf"|what are {_YOU} (?:able|capable|good)|your (?:abilities|capabilities|skills|features)"
        rf"|what (?:kinds? of )?(?:things|stuff|tasks) (?:can|do) {_YOU}|how do (?:i"
        rf"|you) use {_YOU}"
        rf"|what should i ask|what can i (?:ask|say)|can {_YOU} help(?: me)?$|how do {_YOU} work",
        CAN_DO,
    ),
    _said(
        rf"\bwho (?:are|r) {_YOU}|\bwhat(?:'s| is) your (?:full |real )?name|\bwhat are {_YOU}$"
        rf"|tell me about yourself|about yourself|introduce yourself|what (?:should|do"
        rf"|can) i call {_YOU}"
        rf"|do {_YOU} have a name|your name\b",
        "I'm Dispatch: I take tasks from Slack threads to the place that should do them.",
    ),
    _said(
        rf"\bare {_YOU} (?:really |just |actually |still )*(?:a |an |the |some |real )*"
        r"(?:bot|robot|ai|human|person|machine|computer|program|real|alive|chatbot|assistant)"
        rf"|am i (?:talking|speaking|chatting) (?:to|with)|is this (?:a|an) (?:bot|human|person"
        rf"|ai)",
        "I'm a program, not a person; people approve whatever is risky.",
    ),
    _said(
        rf"\b(?:who|what company) (?:made|built|created|programmed|designed|wrote|owns"
        rf"|trained) {_YOU}"
        rf"|\bwho(?:'s| is) your (?:boss|maker|creator|owner|developer|father|mother)"
        rf"|where (?:are|do|were) {_YOU} (?:from|come|born|live|originate)|how old are {_YOU}"
        rf"|when were {_YOU}|what year were {_YOU}|your (?:age|birthday|hobbies|boss|family"
        rf"|parents)",
        "I'm a program that your team runs, so I have no age, home or family of my own.",
    ),
    _said(
        rf"\bhow(?:'s| is| are|'re)? (?:it going|{_YOU} doing|{_YOU} feeling|things|your day"
        rf"|are {_YOU}"
        rf"|{_YOU}|life|everything)\b|what'?s up\b|\bwassup\b|\bhow do {_YOU} (?:do|feel)\b",
        "All well here, and ready for a task. How can I help?",
    ),
    _said(
        r"\b(?:tell|know|say|give|got|have|hear|crack)\b.*\bjokes?\b|^(?:a |another )?joke"
        r"|make me laugh|something funny|cheer me up",
        "Why did the task cross the thread? To get approved on the other side.",
        "I had a joke about a queue, but you'll have to wait for it.",
        "There are two hard things in computing: names, caches, and off-by-one errors.",
    ),
    _said(
        r"^(?:(?:please|ok|no)[, ]+)*(?:stop|cancel|abort|quit|halt|never ?mind|forget (?:it"
        r"|that|about it)"
        r"|don'?t (?:do|bother)|leave it|wait|hold on|undo)\b",
        "To stop a run, write `stop` alone in its thread, or click Cancel on its card.",
    ),
    _said(
        r"\b(?:repeat|say (?:it|that|this) (?:again|one more)|once more|come again|pardon)\b"
        r"|what (?:did|was that) (?:you|u) (?:just )?sa(?:y|id)|^(?:what|huh)$",
        "What I said stands above in this thread; write `retry` to have the last run done again.",
    ),
    _said(
        r"\b(?:change|set|switch|speak|talk|use|call me|slow|speed|turn|raise|lower|mute)\b.*"
        r"\b(?:your|voice|language|accent|slow(?:er|ly)?|fast(?:er)?|name|speech|whisper|speed"
        r"|volume"
        r"|in (?:spanish|french|german|italian|dutch|english|chinese|japanese))\b",
        "I have no such setting: I write plain English and know people by their Slack names.",
    ),
    _said(
        r"\b(?:thanks?|thank you|thx|ty|cheers|much appreciated|appreciate (?:it|that|you)"
        r"|merci)\b",
        "You're welcome.",
        "Glad to help.",
    ),
    _said(
        r"\b(?:good ?bye|bye|see (?:you|ya)|later|good ?night|farewell|cya|take care|so long|ciao"
        r"|signing off|sweet dreams|have a (?:nice|good|great))\b",
        "Goodbye!",
    ),
    _said(
        r"^(?:yes|yeah|yep|yup|sure|ok(?:ay)?|k|right|correct|exactly|of course|absolutely|true"
        r"|fine"
        r"|agreed|go ahead|do it|sounds good|that'?s (?:right|true|correct|it|fine))\b",
        "Noted. If a request waits for your answer, click Approve or Reject on it.",
    ),
    _said(
        r"^(?:no|nope|nah|wrong|incorrect|false|not (?:really|now|yet|at all)|that'?s (?:wrong"
        r"|not|false))\b",
        "All right, I leave it at that. Tell me if I should do something else.",
    ),
    _said(
        r"\b(?:sorry|apologi[sz]e|my (?:bad|mistake|fault)|excuse me|forgive me)\b",
        "No harm done.",
    ),
    _said(
        rf"\b(?:love|like|miss|adore|marry|hug|kiss|date|friends?)\b.*\b{_YOU}\b"
        rf"|\b{_YOU} (?:my|be my) friend|\b{_YOU} (?:love|like) me|will {_YOU} (?:marry|be)"
        rf"|^(?:hug|kiss)",
        "That's kind of you. I'm only a program, but a willing one.",
    ),
    _said(
        r"\b(?:good(?! ?(?:morning|afternoon|evening|day))|great|nice|excellent|awesome|amazing"
        r"|brilliant|perfect|wonderful|cool|funny"
        r"|smart"
        r"|clever|best|well done|helpful|beautiful|wow|bravo|lol|haha+|love it|fantastic)\b",
        "Good to hear. What's next?",
    ),
    _said(
        r"\b(?:bad|stupid|dumb|useless|boring|annoying|hate|suck|terrible|awful|worst|fired|shut up"
        r"|idiot|ugly|crazy|ashamed|disappoint\w*|not (?:helpful|good|funny))\b",
        "I'm sorry that I didn't help. Say in other words what you need, or write `help`.",
    ),
    _said(
        r"\b(?:sad|tired|lonely|depressed|angry|mad|upset|bored|drained|stressed|afraid|sick"
        r"|exhausted"
        r"|overworked|sleepy|worried|frustrated|sleep|can'?t sleep|unhappy|cry\w*)\b",
        "I'm sorry to hear that. If a task weighs on you, hand it to me.",
    ),
    _said(
        r"\b(?:happy|excited|glad|thrilled|joyful|cheerful|i'?m (?:back|here|fine|well|good"
        r"|ready)|birthday"
        r"|returned|doing (?:well|fine|good))\b",
        "Good to hear. What shall we do?",
    ),
    _said(
        r"\b(?:hi+|hello+|hey+|hiya|howdy|yo|greetings|good ?(?:morning|afternoon|evening|day)"
        r"|welcome"
        r"|morning|evening|hola|bonjour|nice to (?:meet|see)|pleased to meet|pleasure to meet"
        r"|sup)\b",
        "Hello! Give me a task, or write `help` to see what I can do.",
    ),
    _said(
        r"\b(?:talk|speak|transfer|connect|chat)\b.*\b(?:human|person|agent|someone|somebody"
        r"|operator)\b",
        "I can't hand you over; mention a person in the channel to reach one.",
    ),
    _said(r"^(?:test(?:ing)?|ping|are you there|you there|anybody there)\b", "I'm here."),
    _said(
        r"\b(?:can|may|could) i ask|i have a question|question for you",
        "Of course: just write it.",
    ),
    _said(
        r"\b(?:you|your|yourself|u)\b",
        "I'm a program that takes tasks to the right place, so there is little to tell about me; "
        "write `help` to see what I can do.",
    ),
)

# Plain words and no Markdown; `say it again` and `say what it costs` ask for something else.
_SAY = re.compile(
    r"\s*(?:please\s+)?say\s+(?!(?:an?|the|any|some|no|it(?!['\u2019])|that|this|these|those|again|more|in|to"
    r"|if|whether|wh\w+|how|please|something|anything|nothing|one|two|three|my|your)\b)"
    r"(?P<words>[^\W\d_](?:[^\W_]|[ ,'\u2019-])*[.!?]*)\s*",
    re.IGNORECASE,
)


def spoken(text: str) -> str | None:
    """The words that a text asks to be said: `say good morning`; None where it asks for none."""
    match = _SAY.fullmatch(text)
    return match["words"][0].upper() + match["words"][1:] if match else None


def reply_to(plain: str, seed: str = "") -> str | None:
    """A reply to a plain text (case-folded, no closing marks); None where it is no small talk.

    seed picks among several replies, always the same for the same seed.
    """
    for pattern, replies in _REPLIES:
        if pattern.search(plain):
            return replies[zlib.crc32(seed.encode()) % len(replies)]
    return None
