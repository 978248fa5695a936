"""Cues for desktop-local: the person's computer, and sites and apps where they are signed in."""

from functools import partial

from dispatch_core.lifecycle import Route
from dispatch_core.route_cues.cue import Cue, make
from dispatch_core.route_cues.places import APPS, FOLDERS, MINE

cue = partial(make, Route.DESKTOP_LOCAL)

AGAINST = ""
APP = "it names an application"
A_SITE = "it needs a site or an app where you are signed in"
FILES = "it works on files and folders"
MACHINE = "it names a place on your computer"
YOURS = "it speaks of your own things"
YOUR_COMPUTER = "it asks about your computer"

CUES: tuple[Cue, ...] = (
    cue(
        MACHINE,
        3.0,
        words=(
            r"wallpaper|(?:desktop |screen )background|brightness|dark mode|night light|"
            r"screen ?saver|bluetooth|wi-?fi|volume|notifications?|time ?zone|task ?bar|"
            r"lock screen|recycle bin|trash|(?:currently )?logged[- ]in|login time|"
            r"users? logged|current (?:system|user)|on th(?:is|e) system"
        ),
    ),
    cue(MACHINE, 3.2, words=FOLDERS),
    cue(
        MACHINE,
        2.6,
        words=(
            r"(?:~|\.\.?)/[\w.*-]*|/(?:usr|etc|home|var|root|tmp|opt|bin|dev|mnt|proc|path|users|"
            r"dest|data)(?:/[\w./*-]*)?|[a-z]:\\\S*|/[\w.-]+/[\w./*-]+"
        ),
    ),
    cue(YOURS, 2.6, words=MINE),
    cue(APP, 2.2, words=APPS),
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
        APP,
        2.4,
        lead=True,
        words=(
            r"(?:open|launch|close|quit|minimi[sz]e|maximi[sz]e|restart|reboot|shut ?down|lock|"
            r"unmute|mute|click|double-?click|right-?click|scroll|type|press|switch to|go to|"
            r"navigate to|log ?in|sign ?in|play|pause|record|take a screenshot|"
            r"screenshot) (?!this\b)\w+"
        ),
    ),
    cue(
        MACHINE,
        2.2,
        lead=True,
        words=(
            r"(?:turn|switch) (?:on|off|up|down)|enable|disable|install|uninstall|reinstall|mount|"
            r"unmount|eject|unzip|untar|ping|chmod|chown|kill|reboot|ssh|rsync|pin|unpin|set (?:a|"
            r"an|my|up|the) (?:\w+ )?(?:timer|alarm|reminder|wallpaper|volume|brightness|default|"
            r"background)"
        ),
    ),
    cue(
        FILES,
        2.4,
        lead=True,
        words=(
            r"(?:find|list|delete|remove|copy|copies|move|rename|search|archive|compress|count|"
            r"display|print|show|lists|gzip|zip|change|set|get|recursively|recursive|locate|look|"
            r"backup|back up|save|download|clean|extract|synchronize|split|sort|convert|merge|"
            r"create|make|touch|go|add|replace|check|forcibly|prints|counts|calculate|organi[sz]e|"
            r"clear|upload|sync|encrypt|concatenate|read|open|empty|append|serach|finds|use|give|"
            r"remove|report|view|output|update|fetch|edit|tell|monitor|restore|dump|convert|run|"
            r"execute|summari[sz]e)\b[^?]{0,120}?\b(?:files?|director(?:y|ies)|folders?|"
            r"subdirectories|filenames?)"
        ),
    ),
    cue(
        FILES,
        1.6,
        words=(
            r"(?:regular|hidden|executable|all|empty|text|\*?\.?\w{2,4}) files|files? (?:named|"
            r"called|larger|smaller|older|newer|modified|under|below|in the|in|on|owned|"
            r"with (?:permission|extension|suffix))|director(?:y|ies) (?:named|called|under|in|"
            r"below|and|at)|files and (?:directories|folders)|recursively|file permissions?|"
            r"'\*\.\w+'|\*\.\w+|case[- ]insensitive(?:ly)? (?:match|search)"
        ),
    ),
    cue(
        MACHINE,
        2.0,
        words=(
            r"process(?:es)? (?:id|named|running|using|with|called|list|started|owned|on|in|of|"
            r"that)|running processes|all processes|pids?|kill(?:s|ed|ing)?|cron(?:tab| job)?|"
            r"sudo|systemd|(?:tcp|udp) port|port \d+|open ports|hostname|mac address|"
            r"environment variables?|bash history|command[- ]line|md5 ?sum|standard (?:input|"
            r"output|error)|stdin|stdout|tar(?:ball|\.gz)?|gzip(?:ped)?|inode|hard ?links?|"
            r"this (?:computer|machine|system|pc|laptop|mac|device)|the (?:local )?(?:machine|"
            r"computer|system)|local (?:machine|folder|file|disk|drive)|logged[- ]in users?|"
            r"users? (?:currently )?logged|user account|kernel|installed|uptime|network interface|"
            r"(?:free|used) (?:memory|space)|volume|brightness|wallpaper|dark mode|night light|"
            r"screen ?saver|clipboard|default (?:browser|printer|search engine|app)|"
            r"notification settings|system settings|incognito|browser|(?:browsing|search) history|"
            r"cookies on|bookmarks?(?: bar)?|toolbar|status bar|side ?bar|start menu|desktop icon|"
            r"menu bar|(?:new|current|open|this|that|active) (?:tab|window)s?|slides?|"
            r"the (?:document|presentation|spreadsheet|slide|video player|page)|opened|screenshot"
        ),
    ),
    cue(
        YOUR_COMPUTER,
        4.2,
        lead=True,
        words=(
            r"(?:how many|how much|what(?:'s| is| are)?|which|is|are|does|do|if|why|who|where|"
            r"tell me|i want to know|check)\b(?! (?:do|does|is the (?:difference|"
            r"purpose))\b)[^?]*?(?:/(?:usr|etc|home|var|root|tmp|opt|working)\b|~/|\$path|"
            r"\bmy (?:computer|laptop|system|machine|pc|mac|disk|home|desktop)\b|root dir|"
            r"current director|this (?:computer|machine|system|laptop)|the system\b|installed|"
            r"full path|can't i|running on|free space)"
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
    cue(
        MACHINE,
        1.4,
        words=(
            r"(?:login|logged[- ]in|users logged|screen|tabs?|windows?|folder|director(?:y|ies)|"
            r"theme|icon|plug-?in|extension|setting|settings|shell|command|webpage|web page|disk|"
            r"system|background task|mountpoint|ubuntu|current (?:python )?(?:sheet|file|document|"
            r"page|user|system|shell|branch))"
        ),
    ),
    cue(
        APP,
        1.0,
        words=(
            r"(?:please|help me|can you|could you|i want|i'd like|for me)\b.*\b(?:screen|window|"
            r"tab|folder|desktop|video|slide|image|sheet|file|page|app|settings|chrome|audio|"
            r"website|document|photo|picture|cursor|font|bold|cell)s?"
        ),
    ),
    cue(
        AGAINST,
        -2.2,
        lead=True,
        words=(
            r"how (?:do|can|does|should|would|to|did) (?:i|you|we|one|it|the|a)?|what(?:'s| is|"
            r" are) (?:the )?(?:difference|purpose|best|role|meaning)|explain|describe|why (?:is|"
            r"are|do|does|did)"
        ),
    ),
    cue(
        AGAINST,
        -1.6,
        words=(
            r"write (?:me )?(?:a|an|some) \w*(?: ?\w+){0,3}?(?:function|program|script|code|class|"
            r"query)|given (?:a|an|two|the)|dataset|columns?|implement"
        ),
    ),
)
