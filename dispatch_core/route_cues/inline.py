"""Cues for inline: small talk, Dispatch itself, and how runs, approvals and devices stand."""

from functools import partial

from dispatch_core.lifecycle import Route
from dispatch_core.route_cues.cue import Cue, make

cue = partial(make, Route.INLINE)

ABOUT_YOU = "it asks about Dispatch itself"
AN_ANSWER = "it answers, stops something or asks for help"
A_DATE = "it asks for a date or the time"
A_SUM = "it is a small sum"
LAST_ANSWER = "it is about your last answer"
SMALL_TALK = "it is small talk"
STANDING = "it asks how runs, approvals or devices stand"

CUES: tuple[Cue, ...] = (
    cue(
        STANDING,
        4.0,
        lead=True,
        words=(
            r"(?:is|are|was|did|has|have|how(?:'s| is| are)|what(?:'s| is)|show|list|where(?:'s|"
            r" is)) (?:me )?(?:my|the|that|this|any|all) (?:\w+ )?(?:runs?|tasks?|jobs?|"
            r"approvals?|devices?|requests?)\b(?:$|.{0,30}\b(?:done|finish\w*|ready|running|"
            r"status|going|queued|failed|fail|complete\w*|stuck|pending|waiting|approved|online|"
            r"offline|connected|paired|work|active|doing|now|yet))?(?=\W*$)"
        ),
    ),
    cue(
        STANDING,
        8.0,
        lead=True,
        words=(
            r"(?:which|what|how many|any|are any|are my|show my|list my|is my|are the|"
            r"my) (?:of my )?(?:paired )?(?:devices?|laptop|computer|pc|mac|machine|desktop|"
            r"approvals?|runs?|tasks?)(?: \w+){0,2}? ?(?:are |is |still )*(?:online|offline|"
            r"connected|paired|pending|waiting|running|active|queued|awake|asleep|reachable|there|"
            r"done|finished)"
        ),
    ),
    cue(
        STANDING,
        4.0,
        lead=True,
        words=(
            r"(?:approve|reject|deny|decline|allow)(?: (?:it|this|that|them|all|the request|"
            r"the run|the last one|my request|the command|the first one))?(?: please| now)?[.!]*$|"
            r"(?:status|progress)\W*$|what(?:'s| is| are you) (?:running|working on|going on|"
            r"you doing|the status)|is (?:it|that|this) (?:done|finished|ready|running|approved|"
            r"still running)(?: yet| now)?\W*$|(?:anything|something|what(?:'s| is)) (?:waiting|"
            r"pending)|(?:do i have|are there|is there|show|list) (?:me )?(?:any |the |all |"
            r"my )*(?:\w+ )?(?:pending |open )?(?:approvals?|requests? to approve|runs|devices)|"
            r"(?:did|has|was) (?:it|that|my run|the run) (?:work|finish|fail|end|complete)\w*|"
            r"who approved|what needs (?:my )?approval|what did you (?:just )?(?:do|run)"
        ),
    ),
    cue(
        A_SUM,
        4.5,
        lead=True,
        words=(
            r"(?:what(?:'s| is)|how much is|calculate|"
            r"compute)? ?\(*-?\d[\d,.]*"
            r"(?: ?(?:[-+*/^x%\u00d7\u00f7]|\*\*|plus|minus|times|divided by|% of|"
            r"percent of|to the power of) ?\(*-?\d[\d,.]*\)*)+(?= ?[?=.! ]*$)"
        ),
    ),
    cue(
        A_DATE,
        7.0,
        lead=True,
        words=(
            r"(?:what|which)(?:'s| is)?(?: the| today's)?(?: current)? (?:day|date|time|"
            r"week)(?: of the week)?(?: (?:is|will|was) (?:it|today|tomorrow|yesterday|the|be|in|"
            r"now|\d).{0,30}| today| now| tomorrow| in \d.{0,20}| \d+ .{0,20})?(?=\W*$)|"
            r"(?:how many )?(?:days|weeks) (?:until|till|since|between|to) .{3,40}$|how (?:long|"
            r"many (?:days|weeks)) (?:is it )?(?:until|till) .{3,40}$|what time is it"
        ),
    ),
    cue(
        SMALL_TALK,
        3.4,
        words=(
            r"(?:hi+|hello+|hey+|hiya|howdy|yo|sup|greetings|good ?(?:morning|afternoon|evening|"
            r"night|day|bye)|bye+|thanks?|thank you|thx|cheers|welcome|nice to|pleased to|"
            r"pleasure|see (?:you|ya)|farewell|later|ciao|what'?s up|wh?at'?s new|how are you|"
            r"how(?:'s| is) (?:it going|your|life|everything)|how do you feel|sorry|congrat\w*|"
            r"happy (?:birthday|new)|merry|lol|haha+|lmao|wow|oops|hmm+|ugh|yay|"
            r"top of the morning|sweet dreams|have a (?:nice|good|great))\b(?!.{90})"
        ),
    ),
    cue(
        AN_ANSWER,
        3.0,
        lead=True,
        words=(
            r"(?:yes|yeah|yep|yup|yea|no|nope|nah|naw|nada|ok|okay|sure|alright|right|correct|"
            r"incorrect|wrong|true|false|exactly|absolutely|definitely|of course|maybe|perhaps|"
            r"either|neither|fine|agreed|never|cancel(?! (?:my|our)\b)|stop|abort|quit|"
            r"halt|undo|pause|continue|"
            r"go on|wait|hold on|never ?mind|forget (?:it|that|about)|enough|repeat|again|"
            r"say (?:it|that|this)|once more|pardon|shut up|be quiet|help|test(?:ing)?|not (?:now|"
            r"today|really|sure)|i (?:agree|disagree|don't know|am not sure)|that(?:'s| is| was|"
            r" would| will)|it(?:'s| is| was)|do it|go ahead|don't|do not|negate|ignore|skip|"
            r"drop it|so|the answer)\b(?!.{60})"
        ),
    ),
    cue(
        ABOUT_YOU,
        2.4,
        words=(
            r"(?:are|r|were|do|did|can|could|will|would|have|what are|who are|where are|how are|"
            r"when were|how old are|why are|what do|what can|what did|how do|who do|where do|"
            r"where did|who|what|may i) (?:you|u|ya)(?! (?:use|explain|describe|define|implement|"
            r"write|create|find|make|get|open|send|add|set|change|call a|help me|please|give|show|"
            r"tell me (?:the|how|what|why|if)|check|move|do (?:if|when|with)|need|think (?:of|"
            r"about)|clone|avoid|handle|choose|select|prevent|deal|optimi[sz]e|test|know any|"
            r"convert|say when|copy|delete|install|list|name|discuss|compare|run|turn|enable|"
            r"detect|organi[sz]e|invest|legally|see|be a|have a|buy|catch|tell if))"
        ),
    ),
    cue(
        ABOUT_YOU,
        2.0,
        lead=True,
        words=(
            r"(?:who|what|where|when|how|why|do|are|can|could|tell me|have|"
            r"which)\b[^?]{0,28}?\b(?:you|your|yours|u)\b[^?]{0,24}\W*$"
        ),
    ),
    cue(
        ABOUT_YOU,
        2.4,
        words=(
            r"how (?:old|long|far|tall|smart|many \w+|are|is|can|do)[^?]{0,20}\b(?:you|your|"
            r"u)\b(?: \w+){0,3}\W*$|(?:male|female|different) voice|language setting|"
            r"speak to each other|(?:made|created) (?:the )?ai|saved for me|(?:questions|"
            r"things) (?:can )?i can ask|ask you|i ask you|you know\W*$"
        ),
    ),
    cue(
        ABOUT_YOU,
        2.2,
        words=(
            r"you(?:'re|'ve|'ll| are| were| have| seem| look| sound| made| should| must| can|"
            r" could)|your (?:name|age|job|boss|mood|favou?rite|hobb\w+|family|friends?|birthday|"
            r"body|interests?|opinion|creator|maker|office|work|speech|voice|skills?|abilit\w+|"
            r"capabilit\w+|settings?|language|accent|developer|owner|purpose|number|business)|"
            r"yourself|thank you|u r|love you|hate you|(?:made|created|built|programmed|designed|"
            r"trained|named|fabricated) you|call (?:you|me)|name you|to you|with you|about you|"
            r"from you|miss you|you (?:my|too)"
        ),
    ),
    cue(
        SMALL_TALK,
        2.0,
        lead=True,
        words=(
            r"(?:i'm|i am|i feel|i was|i've been|i hope|i love|i like|i hate|i think|i don't|"
            r"i have (?:a question|returned|to go)|i came|i will|i can't|i just|i shouldn't|"
            r"i know|my name|call me|me too|we are|it (?:is|was)|am i)\b(?!.{70})"
        ),
    ),
    cue(
        SMALL_TALK,
        2.6,
        words=(
            r"jokes?|joking|make me laugh|cheer me up|something funny|funny|sing (?:a|me)|"
            r"fun fact|whisper mode|speak (?:slower|faster|louder|slowly|up|in)|(?:slower|faster|"
            r"louder|quieter|softer)|your (?:voice|speech)|talk (?:slower|faster|to me|dirty)|"
            r"change (?:your|my) name|(?:speak|talk|respond|answer|reply) (?:to me )?in \w+|"
            r"good (?:job|work|bot|one|answer)|well done|nice (?:work|job|one)|bad (?:bot|answer|"
            r"job)|that(?:'s| was) (?:helpful|wrong|right|great|funny|bad|good|correct|nice|not|"
            r"all|it|true|enough|amazing|awesome)|real (?:person|human)|human (?:being|agent|"
            r"operator)|(?:talk|speak) (?:to|with) (?:a|an|some|me)|robots?|chat ?bots?|"
            r"artificial intelligence|(?:is|am|be) (?:sad|happy|bored|tired|angry|lonely|sick|mad|"
            r"hungry)|(?:bored|lonely|sleepy|exhausted|depressed|thrilled|drained|overloaded|"
            r"furious)|my (?:friend|day|name)|much appreciated|"
            r"get (?:lost|out)|go away|no (?:thanks|problem|worries|way)|"
            r"are (?:a )?(?:bot|ai|human)|alexa|siri|assistant"
        ),
    ),
    cue(
        LAST_ANSWER,
        1.4,
        words=(
            r"(?:shorter|longer|simpler|more (?:detail|details|formal)|in (?:other words|short)|"
            r"what you (?:said|mean|just)|you (?:said|just|already|didn't|forgot|misunderstood)|"
            r"your (?:last|previous|answer|reply|response)|(?:last|previous) (?:answer|reply|"
            r"response|message)|what did you|the last (?:thing|one)|say (?:that|it))"
        ),
    ),
)
