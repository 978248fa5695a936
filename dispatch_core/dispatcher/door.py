"""The one door for front ends: the rooms of the dispatcher under one name."""

from dispatch_core.dispatcher.announcements import Announcements
from dispatch_core.dispatcher.answers import Answers
from dispatch_core.dispatcher.artifacts import Artifacts
from dispatch_core.dispatcher.device_desk import DeviceDesk
from dispatch_core.dispatcher.device_files import DeviceFiles
from dispatch_core.dispatcher.device_reports import DeviceReports
from dispatch_core.dispatcher.editing import Editing
from dispatch_core.dispatcher.granting import Granting
from dispatch_core.dispatcher.operator import Operator
from dispatch_core.dispatcher.own_devices import OwnDevices
from dispatch_core.dispatcher.pairing import Pairing
from dispatch_core.dispatcher.preparing import Preparing
from dispatch_core.dispatcher.requests import Requests
from dispatch_core.dispatcher.runs import Runs
from dispatch_core.dispatcher.schedules import Schedules
from dispatch_core.dispatcher.step_input import StepInput


class Dispatcher(
    Requests,
    Runs,
    Editing,
    Granting,
    Pairing,
    OwnDevices,
    DeviceReports,
    DeviceDesk,
    DeviceFiles,
    Preparing,
    Artifacts,
    Announcements,
    Answers,
    Operator,
    Schedules,
    StepInput,
):
    """Each verb is one transaction, and its errors are sentences (dispatch_core.errors)."""
