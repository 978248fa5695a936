"""Cues for desktop-local: sites and apps where the person is signed in."""

from functools import partial

from dispatch_core.lifecycle import Route
from dispatch_core.route_cues.cue import Cue, make

cue = partial(make, Route.DESKTOP_LOCAL)

A_SITE = "it needs a site or an app where you are signed in"
YOURS = "it speaks of your own things"

CUES: tuple[Cue, ...] = (
    cue(
        A_SITE,
        1.8,
        words=(
            r"inbox|mailbox|linkedin|facebook|instagram|twitter|gmail|google (?:docs|drive)|"
            r"dropbox|jira|trello|notion|amazon|airbnb|my (?:\w+ )?(?:list|cv|resume)|"
            r"[a-z]+'s e?-?mail|taxi|uber|airport|pull requests?|merge requests?|"
            r"my (?:store|shop|saved|team|boss|landlord|manager|friend)|assigned to me|book it|"
            r"order it|buy it|delivery|lunch|dinner|reply to|reviews? (?:from|by|of)"
        ),
    ),
    cue(
        YOURS,
        2.4,
        words=(
            r"my (?:\w+ )?(?:calendar|inbox|e?-?mails?|mailbox|contacts|account|cart|orders?|"
            r"wish ?list|playlist|profile|subscription|reservations?|bookings?|meetings?|"
            r"appointments?|address|reviews?|timeline|feed|drafts?|messages|bookmarks?|tabs?|"
            r"history|invoices?|trips?|rides?|flights?|timer|alarms?|newsletters?|notifications?|"
            r"reminders|schedule|posts?|followers|listings?)"
        ),
    ),
    cue(
        A_SITE,
        2.6,
        lead=True,
        words=(
            r"(?:book|order|reserve|buy|purchase|rent|hail|rebook|reorder|checkout|"
            r"request) (?:me |us |my )?(?:a|an|the|some|two|three|\d+|one|my|another|tickets?|"
            r"again)"
        ),
    ),
    cue(
        A_SITE,
        2.6,
        lead=True,
        words=(
            r"(?:send|reply|forward|compose|draft and send|e-?mail|text|message|dm|archive|"
            r"unsubscribe|invite|follow|unfollow|like|upvote|downvote|subscribe|rsvp|retweet|star|"
            r"unstar|fork|snooze) (?!a function|a program)(?:a |an |the |my |to |all |back |out |"
            r"from |me |us )*\w+"
        ),
    ),
    cue(
        A_SITE,
        2.0,
        lead=True,
        words=(
            r"(?:schedule|reschedule|cancel|postpone|accept|decline|confirm|add|remove|move|"
            r"delete|edit|update|change|mark|pay|submit|post|track|return|check|clear|"
            r"set up) (?:\w+ ){0,6}?(?:meeting|appointment|event|calendar|e?-?mails?|invitations?|"
            r"invite|reservation|booking|ride|order|orders|cart|wish ?list|delivery|bill|payment|"
            r"invoice|rent|flight|hotel|table|subscription|issue|merge request|pull request|"
            r"milestone|repo(?:sitory)?|forum|subreddit|review|shipping|listing|post|comment|"
            r"inbox|address|contacts?|reminder|playlist|product|price|customer|account|profile|"
            r"tickets?|trip|dinner|coupon|draft|newsletter|bookmark)"
        ),
    ),
    cue(
        A_SITE,
        1.2,
        words=(
            r"(?:a|the) (?:ride|cab|taxi|uber|flight|hotel|table|meeting|e-?mail|calendar|cart|"
            r"inbox|reservation|order|dinner|pizza|airbnb|merge request|subreddit|forum)"
        ),
    ),
    cue(
        YOURS,
        5.0,
        lead=True,
        words=(
            r"(?:what(?:'s| is| are| did| do)?|do i|did i|have i|how (?:much|many)|when(?:'s| is|"
            r" does| did)?|who|which|is there|are there|where(?:'s| is)?|am i|show me|tell me|"
            r"give me)\b.*\b(?:my (?:\w+ )?(?:calendar|inbox|e?-?mails?|orders?|cart|account|"
            r"meetings?|appointments?|bookings?|reservations?|trips?|rides?|invoices?|deliver(?:y|"
            r"ies)|purchases?|subscriptions?|balance|to-?do|repos?|issues|merge requests)|unread|"
            r"i spent|i spend|did i (?:buy|order|spend|pay|book|purchase)|do i have (?:today|"
            r"tomorrow|this|next|on)|using port|listening on|assigned to me)"
        ),
    ),
    cue(
        A_SITE,
        2.2,
        words=(
            r"cancel (?:my|the|our) (?!(?:last )?(?:run|request|command|task|job)\b)\w+|take (?:a|"
            r"me)|unread (?:mail|e-?mails?|messages?)|check (?:out|in)|add .* to (?:my|"
            r"the) (?:cart|calendar|playlist|wish ?list|basket|list)"
        ),
    ),
)
