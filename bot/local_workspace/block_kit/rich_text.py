"""The rules of rich_text."""

from bot.local_workspace.block_kit.rules import (
    Rule,
    anything,
    by_type,
    flag,
    items,
    number,
    one_of,
    shape,
    string,
    url,
)

STYLE = shape(
    dict.fromkeys(
        ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight"), flag
    )
    | {"unlink": flag}
)
LONG = 40_000
_PARTS: dict[str, Rule] = {
    "text": shape({"text": string(LONG), "style": STYLE}, ["text"]),
    "link": shape({"url": url, "text": string(LONG), "style": STYLE, "unsafe": flag}, ["url"]),
    "user": shape({"user_id": string(255), "style": STYLE}, ["user_id"]),
    "usergroup": shape({"usergroup_id": string(255), "style": STYLE}, ["usergroup_id"]),
    "channel": shape({"channel_id": string(255), "style": STYLE}, ["channel_id"]),
    "team": shape({"team_id": string(255), "style": STYLE}, ["team_id"]),
    "emoji": shape(
        {"name": string(255), "unicode": string(255), "skin_tone": number(1, 6), "style": STYLE}
        | {"url": url},
        ["name"],
    ),
    "broadcast": shape({"range": one_of("here", "channel", "everyone"), "style": STYLE}, ["range"]),
    "date": shape(
        {"timestamp": number(0, 10**11), "format": string(255), "url": url, "fallback": string(255)}
        | {"style": STYLE},
        ["timestamp", "format"],
    ),
    "color": shape({"value": string(9), "style": STYLE}, ["value"]),
}
PARTS = items(by_type(_PARTS, "type"), 1000, least=0)
SECTION = shape({"elements": PARTS}, ["elements"])
CODE = items(by_type({kind: _PARTS[kind] for kind in ("text", "link")}, "type"), 1000)
BORDER: dict[str, Rule] = {"border": number(0, 1)}
RICH_ELEMENTS = items(
    by_type(
        {
            "rich_text_section": SECTION,
            "rich_text_preformatted": shape(
                {"elements": CODE, "language": anything} | BORDER, ["elements"]
            ),
            "rich_text_quote": shape({"elements": PARTS} | BORDER, ["elements"]),
            "rich_text_list": shape(
                {
                    "elements": items(by_type({"rich_text_section": SECTION}, "type"), 1000),
                    "style": one_of("bullet", "ordered"),
                    "indent": number(0, 8),
                    "offset": number(0, 100_000),
                }
                | BORDER,
                ["elements", "style"],
            ),
        },
        "type",
    ),
    1000,
)
RICH_TEXT = by_type(
    {"rich_text": shape({"elements": RICH_ELEMENTS, "block_id": string(255)}, ["elements"])}, "type"
)
