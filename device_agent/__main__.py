"""dispatch-device: pairs this computer with Dispatch and does what it is asked, with approval."""

import click

from device_agent.commands.browser import browser
from device_agent.commands.explain import explain
from device_agent.commands.folder import folder
from device_agent.commands.install import install, uninstall
from device_agent.commands.log import log
from device_agent.commands.pair import pair
from device_agent.commands.permit import forbid, permit
from device_agent.commands.policy import policy
from device_agent.commands.run import run
from device_agent.commands.status import status


@click.group()
def main() -> None:
    """Lets Dispatch work on this computer, within what you allow."""


for command in (pair, run, status, install, uninstall, log):
    main.add_command(command)
for command in (permit, forbid, folder, policy, explain, browser):
    main.add_command(command)


if __name__ == "__main__":
    main()
