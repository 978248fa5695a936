"""What the device says to a step of its browser: allow, ask or deny, why, and what is bound."""

import hashlib

from device_agent.browser import asks
from device_agent.browser.asks import Ask
from device_agent.browser.meant import Meant
from device_agent.browser.urls import Site
from device_agent.policy.owner import Mode
from dispatch_core.abilities import VerdictKind
from dispatch_core.protocol import MAX_PREVIEW_CHARS, Bound, Grantable, Preparation
from dispatch_core.redaction import redact

# They only look at what somebody was asked about before it was opened.
LOOKING = (asks.Snapshot, asks.Screenshot, asks.Wait, asks.Back)
# They are about this thread's own tabs and touch no page.
HOUSEKEEPING = (asks.Tabs, asks.Tab, asks.Close)
MAX_SHOWN_CHARS = 300
_WORDS: dict[type, str] = {
    asks.Open: "It opens a page of {site} in the browser's own profile.",
    asks.Click: "It clicks {element}.",
    asks.Type: "It types {text} into {element}.",
    asks.Select: "It chooses {choice} in {element}.",
    asks.Press: "It presses {key}{at}.",
    asks.Upload: "It gives {file} to {element} of {site}.",
    asks.Download: "It takes a file from {site}{by} into the thread.",
    asks.Pdf: "It brings the whole page into the thread as a PDF.",
}


def judge(
    ask: Ask, meant: Meant | None, site: Site | None, mode: Mode, bound: Bound
) -> Preparation:
    """The verdict under a mode other than deny; site is what the step acts on, if anything."""
    reasons = _reasons(ask, meant, site)
    if isinstance(ask, HOUSEKEEPING) or (isinstance(ask, LOOKING) and mode is not Mode.ASK):
        return Preparation(verdict=VerdictKind.ALLOW, reasons=reasons, bound=bound)
    moved = meant is not None and meant.moved
    grant = _grant(ask, site) if mode is not Mode.ASK and not moved else None
    return Preparation(
        verdict=VerdictKind.ASK,
        reasons=reasons,
        bound=bound,
        preview=_preview(ask, meant),
        grant=grant,
    )


def bound_of(meant: Meant | None, files: dict[str, str]) -> Bound:
    """What an approval binds beside the arguments: where the page is from, the element, the file.

    environment's `page` is the page's site, `element` the role and the name of what is acted upon
    and `place` where its ref led, each as its SHA-256: a page that went elsewhere, put another
    button in its place, or was loaded or drawn anew, is refused as a drift.
    """
    environment = {}
    if meant is not None:
        environment["page"] = _sha256(str(meant.site))
        if meant.element:
            environment["element"] = _sha256(meant.element)
        if meant.place:
            environment["place"] = _sha256(meant.place)
    return Bound(environment=environment, files=files)


def _grant(ask: Ask, site: Site | None) -> Grantable | None:
    """What a lasting grant would cover: acting on a site, or one sort of files from it.

    Whoever lets a file leave the device is asked each time.
    """
    if site is None or isinstance(ask, asks.Upload):
        return None
    if isinstance(ask, asks.Download):
        return Grantable(key=f"browser:download:{site}", words=f"Download files from {site}")
    if isinstance(ask, asks.Pdf):
        return Grantable(key=f"browser:pdf:{site}", words=f"Save pages of {site} as PDF")
    return Grantable(key=f"browser:site:{site}", words=f"Use {site} in the browser")


def _reasons(ask: Ask, meant: Meant | None, site: Site | None) -> tuple[str, ...]:
    said = [_what(ask, meant, site)]
    if meant is not None:
        said.append(f"The page is “{meant.title or 'without a title'}” on {meant.site}.")
    if meant is not None and meant.moved:
        said.append("The page changed since its snapshot; only this on it says the same now.")
    if site is not None and "xn--" in site.host:
        said.append("The host has letters that are not Latin; its name is shown in its plain form.")
    if isinstance(ask, LOOKING):
        said.append("It only looks at a page that was opened here.")
    return tuple(said)


def _what(ask: Ask, meant: Meant | None, site: Site | None) -> str:
    element = _cut(meant.element) if meant else ""
    template = _WORDS.get(type(ask), "It does `{action}` in this thread's tabs.")
    return template.format(
        action=ask.action,
        site=site,
        element=element,
        by=f" by {element}" if element else "",
        at=f" at {element}" if element else "",
        key=getattr(ask, "key", ""),
        choice=f"“{_cut(getattr(ask, 'value', ''))}”",
        text=_shown(getattr(ask, "value", ""), secret=bool(meant and meant.secret)),
        file=_file(ask) if isinstance(ask, asks.Upload) else "",
    )


def _file(ask: asks.Upload) -> str:
    if ask.attached:
        return f"the thread's file {_cut(ask.attached)}"
    return f"this device's file {_cut(ask.path or '')}"


def _shown(value: str, *, secret: bool) -> str:
    if secret:
        return f"a secret of {len(value)} characters"
    return f"“{_cut(redact(value))}”"


def _preview(ask: Ask, meant: Meant | None) -> str:
    """The whole of a long text; one that is longer than a preview can be says so at its end."""
    value = ask.value if isinstance(ask, asks.Type) and not (meant and meant.secret) else ""
    if len(value) <= MAX_SHOWN_CHARS:
        return ""
    text = redact(value)
    end = "\n… cut here …"
    return text if len(text) <= MAX_PREVIEW_CHARS else text[: MAX_PREVIEW_CHARS - len(end)] + end


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SHOWN_CHARS else f"{text[:MAX_SHOWN_CHARS]}…"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
