"""What the bot needs to know of its Slack workspace, read once and validated at the start."""

import re
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from dispatch_core.settings import is_web_address

_SLACK_ID = re.compile(r"[UWS][A-Z0-9]{2,}")


class SlackReach(BaseSettings):
    """What it takes to call Slack; an empty variable counts as unset."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    slack_bot_token: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"

    @field_validator("*", mode="before")
    @classmethod
    def _trimmed(cls, value: Any) -> Any:
        # What is copied from a page often ends in a space or a line break; no value has one.
        return value.strip() if isinstance(value, str) else value

    @field_validator("slack_bot_token")
    @classmethod
    def _of_a_bot(cls, token: SecretStr | None) -> SecretStr | None:
        return token and _starts_with(token, "xoxb-", "a bot token")

    @field_validator("slack_api_url")
    @classmethod
    def _web_api(cls, url: str) -> str:
        if not is_web_address(url) or not url.endswith("/api/"):
            raise ValueError("must start with https:// and end in /api/")
        return url

    @property
    def bot_token(self) -> str:
        """The xoxb- token itself, or "" where there is none."""
        return self.slack_bot_token.get_secret_value() if self.slack_bot_token else ""


class SlackSettings(SlackReach):
    """What it takes to serve: each field is the variable of the same name in capitals.

    dispatch_approvers are ids of users (U…, W…) and user groups (S…); nobody is added by name.
    """

    slack_bot_token: SecretStr
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = Field(default=None, validate_default=True)
    dispatch_approvers: Annotated[tuple[str, ...], NoDecode] = ()
    dispatch_approvals_needed: int = Field(default=1, ge=1, le=10)
    dispatch_approve_own: bool = True
    dispatch_allow_guests: bool = False

    @field_validator("slack_app_token")
    @classmethod
    def _of_an_app(cls, token: SecretStr | None) -> SecretStr | None:
        return token and _starts_with(token, "xapp-", "an app-level token")

    @field_validator("slack_signing_secret")
    @classmethod
    def _needed_for_http(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        # A wrong app token is already reported by itself, and leaves no value here.
        socket_mode = info.data.get("slack_app_token", True)
        if not (secret and secret.get_secret_value()) and not socket_mode:
            raise ValueError("set it (Slack over HTTP), or set SLACK_APP_TOKEN (Socket Mode)")
        return secret

    @field_validator("dispatch_approvers", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("dispatch_approvers")
    @classmethod
    def _ids_only(cls, approvers: tuple[str, ...]) -> tuple[str, ...]:
        for approver in approvers:
            if not _SLACK_ID.fullmatch(approver):
                raise ValueError(f"{approver} is no id of a user (U…) or a user group (S…)")
        return approvers

    @field_validator("dispatch_approvals_needed")
    @classmethod
    def _enough_approvers(cls, needed: int, info: ValidationInfo) -> int:
        # Wrong approvers are already reported by themselves, and leave no value here. How many
        # are in a group only Slack knows, and only at the click.
        approvers = info.data.get("dispatch_approvers")
        if approvers is None or any(approver.startswith("S") for approver in approvers):
            return needed
        if needed > max(1, len(set(approvers))):
            raise ValueError(
                f"DISPATCH_APPROVERS names {len(set(approvers))} people, so {needed} can't approve"
            )
        return needed

    @field_validator("dispatch_approve_own")
    @classmethod
    def _somebody_else(cls, own: bool, info: ValidationInfo) -> bool:
        # Without approvers each device's owner decides, who is the only one to ask for its work.
        if not own and info.data.get("dispatch_approvers") == ():
            raise ValueError("with false, nobody could approve: set DISPATCH_APPROVERS as well")
        return own

    @property
    def app_token(self) -> str:
        """The xapp- token itself, or "" where Slack comes over HTTP."""
        return self.slack_app_token.get_secret_value() if self.slack_app_token else ""

    @property
    def signing_secret(self) -> str:
        """The signing secret itself, or "" where there is none."""
        return self.slack_signing_secret.get_secret_value() if self.slack_signing_secret else ""


def _starts_with(token: SecretStr, prefix: str, what: str) -> SecretStr:
    if not token.get_secret_value().startswith(prefix):
        raise ValueError(f"{what} starts with {prefix}")
    return token
