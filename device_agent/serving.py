"""The tools that this device serves with: each room that has one wires its own line here."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from device_agent.browser.tool import Browser
from device_agent.desktop.tool import Desktop
from device_agent.folders import Folders
from device_agent.policy.commands import judge_command
from device_agent.policy.owner import OwnerPolicy
from device_agent.settings import KeptPairing
from device_agent.tools.files.fetch import Fetch
from device_agent.tools.files.list_folder import ListFolder
from device_agent.tools.files.read_file import ReadFile
from device_agent.tools.files.receive_file import ReceiveFile
from device_agent.tools.files.search_files import SearchFiles
from device_agent.tools.files.write_file import WriteFile
from device_agent.tools.shell.directories import WorkingDirectories
from device_agent.tools.shell.tool import Shell
from device_agent.tools.step import DeviceTool
from dispatch_core.abilities import ToolName
from dispatch_core.protocol import Preparation


def folders_of(home: Path, kept: KeptPairing) -> Folders:
    """The folders that are shared now, and confirmed; the home stays closed inside them."""
    return Folders(kept.folders, private=home)


def make_tools(home: Path, folders: Folders) -> dict[ToolName, DeviceTool]:
    """Each tool by its name, as the owner declared it."""
    spool = home / "spool"
    shutil.rmtree(spool, ignore_errors=True)  # what a killed companion left there
    spool.mkdir(mode=0o700, exist_ok=True)

    def policy() -> OwnerPolicy:
        return OwnerPolicy.load(home)

    def judge(
        command: str, /, *, working_directory: Path, environment: Mapping[str, str]
    ) -> Preparation:
        return judge_command(
            command,
            working_directory=working_directory,
            folders=folders,
            policy=policy(),
            environment=environment,
        )

    places = WorkingDirectories(home / "working-directories.json", folders)
    return {
        ToolName.SHELL: Shell(places, judge, spool, owns_process=True),
        ToolName.READ_FILE: ReadFile(folders, policy, spool),
        ToolName.LIST_FOLDER: ListFolder(folders, policy),
        ToolName.SEARCH_FILES: SearchFiles(folders, policy),
        ToolName.WRITE_FILE: WriteFile(folders, policy),
        ToolName.FETCH: Fetch(folders, policy, spool),
        ToolName.RECEIVE_FILE: ReceiveFile(folders, policy, spool),
        ToolName.BROWSER: Browser(home, folders, policy),
        ToolName.DESKTOP: Desktop(policy, spool),
    }


def close_tools(tools: Mapping[ToolName, DeviceTool]) -> None:
    """End what a tool keeps running between steps."""
    for tool in tools.values():
        if isinstance(tool, Browser):
            tool.close()
