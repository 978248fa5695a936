"""The app's manifest.yml: where it is, and what it grants."""

from pathlib import Path

import yaml

from dispatch_core.errors import NotFound

_PLACES = (Path(__file__).parents[2] / "manifest.yml", Path("manifest.yml"))


def manifest_path() -> Path:
    """The manifest beside the package, else in the working directory; NotFound."""
    for place in _PLACES:
        if place.is_file():
            return place.absolute()
    raise NotFound(what="manifest", name="manifest.yml here; start from Dispatch's own folder")


def granted_scopes() -> frozenset[str]:
    """The bot scopes that the manifest asks for; NotFound."""
    whole = yaml.safe_load(manifest_path().read_text(encoding="utf-8"))
    return frozenset(whole["oauth_config"]["scopes"]["bot"])
