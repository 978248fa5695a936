"""Cues for cloud-knowledge: something to be told."""

from functools import partial

from dispatch_core.lifecycle import Route
from dispatch_core.route_cues.cue import Cue, make

cue = partial(make, Route.CLOUD_KNOWLEDGE)

AGAINST = ""
EXPLANATION = "it asks for an explanation"
HOW_TO = "it asks how to do something"
QUESTION = "it asks a question"
READING = "it asks what a text says"

CUES: tuple[Cue, ...] = (
    cue(
        QUESTION,
        2.2,
        lead=True,
        words=(
            r"who(?:'s|se|m)?|what(?:'s|s)?|when(?:'s)?|where(?:'s)?|why|which|how(?:'s)?|"
            r"in (?:what|which)|at what|on what|from what|by what|to what|of the|for what"
        ),
    ),
    cue(
        QUESTION,
        1.8,
        lead=True,
        words=(r"is|are|was|were|does|do|did|can|could|should|would|will|has|have|had|if|am"),
    ),
    cue(
        HOW_TO,
        2.6,
        lead=True,
        words=(
            r"how (?:do|can|should|would|could|does|did) (?:i|you|we|one|someone|people|it|this|"
            r"that|the|a|an)|how to|what(?:'s| is) the (?:best|easiest|right|proper|correct) way|"
            r"what (?:should|can|would|could) (?:i|we|one)|is there (?:a|any) way|best (?:way|"
            r"practice)s?"
        ),
    ),
    cue(
        EXPLANATION,
        3.0,
        lead=True,
        words=(
            r"explain|describe|discuss|compare|contrast|define|summari[sz]e the|outline|elaborate|"
            r"tell me (?:about|why|how|what|more|the difference)|teach me|give (?:me )?(?:an|some|"
            r"a few|a brief|a) (?:example|examples|overview|explanation|summary|reasons?|advice|"
            r"tips|description|information|list)|briefly|name (?:a |an |the |some |\d+ |two |"
            r"three |few )?\w+|list (?:the |some )?(?:\d+ |main |different |advantages|benefits|"
            r"types|steps|reasons)|what(?:'s| is) the difference|describe|recommend|suggest|"
            r"i (?:don't|do not) understand|i'm (?:curious|confused)|i want to know|"
            r"do you know (?:what|why|how|any)|have you (?:ever )?(?:used|worked|heard)|"
            r"talk about|provide (?:a|an|some) (?:overview|explanation|example|summary|list)|"
            r"write (?:a|an|me) (?:\w+ )?(?:essay|summary|article|story|poem|letter|e-?mail|"
            r"report|paragraph|review|blog post|abstract)|are there (?:any )?|how (?:much|many|"
            r"long|far|old|often|tall|big|deep)"
        ),
    ),
    cue(
        READING,
        7.0,
        lead=True,
        words=(
            r"(?:summari[sz]e|sum up|tl;?dr|quote|what(?:'s| is) in|what does|what do|"
            r"(?:give|show) me (?:a|the) (?:summary|gist) of|a summary of)"
            r" (?:(?:the|my|this|that|these|attached|uploaded) ){0,3}"
            r"(?:(?:files?|documents?|texts?|notes|attachments?)\b(?! (?:named|called|in|of)\b)|"
            r"[\w-]{1,60}(?:\.[\w-]{1,20}){0,3}\."
            r"(?:md|markdown|txt|text|rst|adoc|org|log|csv|tsv|json|ya?ml|toml|ini)\b)|"
            r"(?:summari[sz]e|sum up|tl;?dr)(?: (?:this|it|that|these))?(?: please)?\W*$"
        ),
    ),
    cue(QUESTION, 1.4, lead=True, words=(r"[^?]*\?\s*$")),
    cue(
        QUESTION,
        1.4,
        words=(
            r"(?:difference|differences|pros and cons|advantages?|disadvantages?|benefits?|"
            r"drawbacks?|trade-?offs?|purpose|concept|meaning|definition|history|theory|principle|"
            r"symptoms?|treatment|law|country|countries|president|movie|song|season|episode|"
            r"player|team|actor|book|author|president|population|capital of|invented|founded|born|"
            r"died|won|sings?|plays|best practices|in javascript|in python|in css|in html|"
            r"in react|in linux|in go|used for|mean by|use case|stand for|come from|located|"
            r"named after)"
        ),
    ),
    cue(
        QUESTION,
        2.4,
        lead=True,
        words=(
            r"(?:which|what kinds?|what types?|what other|any other|"
            r"what) \w+ .{4,}do you know\W*$|(?:when|why|how|what) should you|should you \w+ \w+"
        ),
    ),
    cue(
        EXPLANATION,
        2.6,
        lead=True,
        words=(
            r"what happens|why (?:is|are|does|do|did|was|would|can't it)|what (?:causes?|"
            r"does it mean)|what(?:'s| is) (?:a|an)|how does|what do (?:you|we|people) call|"
            r"is it (?:safe|legal|ok|okay|possible|true|better|worth|bad)"
        ),
    ),
    cue(
        AGAINST,
        -1.6,
        words=(
            r"my (?:last |current )?(?:runs?|approvals?|devices?|tasks?)|are you|do you|your|you"
        ),
    ),
)
