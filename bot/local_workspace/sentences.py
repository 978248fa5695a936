"""What the page tells a person when something is refused."""

from bot.local_workspace.json_text import Json
from bot.local_workspace.refusal import Refusal

SENTENCES = {
    "no_text": "Write something, or attach a file.",
    "user_not_found": "There is no such person here.",
    "channel_not_found": "There is no such channel here, or it is not yours to see.",
    "message_not_found": "That message is gone.",
    "thread_not_found": "That thread is gone.",
    "file_not_found": "That file is gone.",
    "view_not_found": "That window is not open any more.",
    "not_found": "That window is not open any more.",
    "action_not_found": "That button is not there any more.",
    "option_not_found": "That choice is not offered any more.",
    "interactivity_not_enabled": "The app's manifest does not enable interactivity.",
    "unknown_command": "That is not a command; /dispatch help lists what there is.",
    "operation_timeout": "The app did not answer the command in time; try again.",
    "dispatch_failed": "The app is not connected, so the command did not reach it.",
    "cant_update_message": "Only its author may change a message.",
    "cant_delete_message": "Only its author may delete a message.",
    "already_reacted": "You have already put that emoji there.",
    "no_reaction": "You have not put that emoji there.",
    "unknown_fault": "There is no such fault to switch.",
    "missing_field": "The request lacks a field.",
    "invalid_json": "The request is not a JSON object.",
}


def told(refusal: Refusal) -> Json:
    """`{ok: false, error: sentence, code: Slack's name}` and what else the refusal says."""
    sentence = SENTENCES.get(refusal.error, f"The workspace refused this ({refusal.error}).")
    return {**refusal.answer(), "error": sentence, "code": refusal.error}
