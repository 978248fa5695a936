"""Cues for desktop-local: places, programs and settings of the person's computer."""

from functools import partial

from dispatch_core.lifecycle import Route
from dispatch_core.route_cues.cue import Cue, make
from dispatch_core.route_cues.places import APPS, FOLDERS, MINE

cue = partial(make, Route.DESKTOP_LOCAL)

AGAINST = ""
APP = "it names an application"
FILES = "it works on files and folders"
MACHINE = "it names a place on your computer"
YOURS = "it speaks of your own things"
YOUR_COMPUTER = "it asks about your computer"

CUES: tuple[Cue, ...] = (
    cue(
        MACHINE,
        1.8,
        words=(
            r"ip address|virtual desktop|font|alarm|screen|cursor|"
            r"open (?:document|file|spreadsheet|presentation)|"
            r"in (?:pictures|documents|downloads|music|videos)|"
            r"(?<!-)[\w-]+\.(?:png|jpe?g|docx?|pdf|pptx?|xlsx?|mp[34]|wav|mov|zip|txt)"
        ),
    ),
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
            r"write (?:me )?(?:a|an|some) \w*(?: \w+){0,3}?(?:function|program|script|code|class|"
            r"query)|given (?:a|an|two|the)|dataset|columns?|implement"
        ),
    ),
)
