"""Names of places and programs on a person's computer, as alternatives of a pattern."""

APPS = (
    r"chrome|chromium|firefox|safari|microsoft edge|edge browser|vlc|vs ?code|"
    r"visual studio code|gimp|libreoffice(?: \w+)?|openoffice|thunderbird|notepad(?:\+\+)?|"
    r"file explorer|finder|outlook|excel|ms word|microsoft word|powerpoint|spotify|photoshop|"
    r"task manager|control panel|taskbar|activity monitor|system preferences|app store|"
    r"microsoft (?:paint|store|teams)|ms paint|calculator app|clock app|terminal|iterm|"
    r"whatsapp|telegram|discord|zoom|imessage|apple notes|notes app|reminders app|quicktime|"
    r"itunes|obs|steam|docker desktop|nautilus|gnome|windows 1[01]|file manager|snipping tool|"
    r"settings app"
)

FOLDERS = (
    r"current (?:working )?(?:directory|folder|dir)|working directory|home (?:directory|"
    r"folder|dir)|directory tree|(?:this|that|the|parent|same) (?:directory|folder)|"
    r"sub-?director(?:y|ies)|subfolders?|(?:downloads?|documents|pictures|desktop|"
    r"trash) folder|my (?:downloads|documents|pictures|desktop)|on (?:the|my) desktop|"
    r"recycle bin|file ?system|root dir(?:ectory)?|\$path|\$home|symlinks?|symbolic links?|"
    r"hidden files|disk (?:usage|space)|\.bashrc|\.ssh"
)

MINE = (
    r"my (?:own )?(?:computer|laptop|machine|mac|macbook|pc|system|screen|disk|drive|phone|"
    r"browser|wifi|desktop|terminal|home|printer|server|workstation|ubuntu|linux|windows|git|"
    r"repo(?:sitory)?|project|workspace|usb|keyboard|mouse|bluetooth|vscode|wallpaper|camera|"
    r"microphone|clipboard|files?|folders?|photos?|screenshots?|network|ip address|battery|"
    r"hard drive|local)"
)
