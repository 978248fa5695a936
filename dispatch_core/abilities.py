"""What a device can do, what its owner lets it do, and the tools that need it."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


class Capability(StrEnum):
    """What a device can do, in the words of its report."""

    SHELL = "shell"
    BROWSER = "browserAutomation"
    DESKTOP = "desktopAutomation"
    FILES = "local_files"


class Permission(StrEnum):
    """What a device's owner lets it do, in the words of its declaration."""

    FILES = "local_files"
    SHELL = "shell"
    BROWSER = "browser_automation"
    DESKTOP = "desktop_automation"


PERMISSION_FOR: dict[Capability, Permission] = {
    Capability.SHELL: Permission.SHELL,
    Capability.BROWSER: Permission.BROWSER,
    Capability.DESKTOP: Permission.DESKTOP,
    Capability.FILES: Permission.FILES,
}


class ToolName(StrEnum):
    """Every tool that a step can call."""

    ANSWER = "answer"
    SEARCH_KNOWLEDGE = "search_knowledge"
    RUN_CODE = "run_code"
    SHELL = "shell"
    READ_FILE = "read_file"
    LIST_FOLDER = "list_folder"
    SEARCH_FILES = "search_files"
    WRITE_FILE = "write_file"
    FETCH = "fetch"
    RECEIVE_FILE = "receive_file"
    BROWSER = "browser"
    DESKTOP = "desktop"


CAPABILITY_FOR: dict[ToolName, Capability] = {
    ToolName.SHELL: Capability.SHELL,
    ToolName.READ_FILE: Capability.FILES,
    ToolName.LIST_FOLDER: Capability.FILES,
    ToolName.SEARCH_FILES: Capability.FILES,
    ToolName.WRITE_FILE: Capability.FILES,
    ToolName.FETCH: Capability.FILES,
    ToolName.RECEIVE_FILE: Capability.FILES,
    ToolName.BROWSER: Capability.BROWSER,
    ToolName.DESKTOP: Capability.DESKTOP,
}


class VerdictKind(StrEnum):
    """What policy says to a step, from the widest to the strictest."""

    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"


class Permissions(BaseModel):
    """The declaration as the seed writes it; what is not declared is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    local_files: bool = False
    shell: bool = False
    browser_automation: bool = False
    desktop_automation: bool = False

    def allows(self, permission: Permission) -> bool:
        """Whether the owner declared this permission."""
        return bool(getattr(self, permission.value))


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("it has a NUL, which no database keeps")
    return text


WITHOUT_NUL = AfterValidator(_without_nul)
# Linux's PATH_MAX; nobody reads through more folders than these before confirming them.
FolderPath = Annotated[str, StringConstraints(max_length=4_096), WITHOUT_NUL]
MOST_FOLDERS = 100


class Capabilities(BaseModel):
    """The report as the seed writes it: mixed spellings are part of the contract."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shell: bool = False
    browserAutomation: bool = False  # noqa: N815 (the seed's spelling)
    desktopAutomation: bool = False  # noqa: N815
    local_files: bool = False
    reachableFolders: tuple[FolderPath, ...] = Field(default=(), max_length=MOST_FOLDERS)  # noqa: N815

    def has(self, capability: Capability) -> bool:
        """Whether the device reported this capability."""
        return bool(getattr(self, capability.value))
