"""Windows: a task of the Task Scheduler, which starts at logon."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from device_agent.living.service import Program, ask_manager

INSTEAD = "keep `dispatch-device run` going in a terminal"

TASK = """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure><Interval>PT1M</Interval><Count>999</Count></RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>cmd.exe</Command>
      <Arguments>{arguments}</Arguments>
    </Exec>
  </Actions>
</Task>
"""


@dataclass(frozen=True)
class ScheduledTask:
    """A Service: a task has no environment of its own, so cmd sets the home first."""

    program: Program

    @property
    def path(self) -> Path:
        """The definition that schtasks read, kept so that it can be looked at."""
        return self.program.home / "task.xml"

    def text(self) -> str:
        """The task's definition."""
        home = self.program.environment["DISPATCH_DEVICE_HOME"]
        run = subprocess.list2cmdline(self.program.words)
        return TASK.format(arguments=escape(f'/c "set "DISPATCH_DEVICE_HOME={home}" && {run}"'))

    def start(self) -> str:
        """Make the task anew and run it."""
        self.path.write_text(self.text(), encoding="utf-16")
        self._schtasks("/Create", "/F", "/XML", str(self.path))
        self._schtasks("/Run")
        return "It runs while you are logged on."

    def stop(self) -> None:
        """End the task and delete it."""
        self._schtasks("/End")
        self._schtasks("/Delete", "/F")
        self.path.unlink()

    def _schtasks(self, verb: str, *words: str) -> str:
        return ask_manager("schtasks", verb, "/TN", self.program.name, *words, instead=INSTEAD)
