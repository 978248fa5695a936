"""A message becomes a run: taken once, whatever is delivered how often."""

from functools import partial

from dispatch_core.dispatcher.room import Room
from dispatch_core.errors import EmptyRequest
from dispatch_core.planning.fences import quoted
from dispatch_core.records import threads
from dispatch_core.records.intake import Intake, take_in
from dispatch_core.records.transaction import Transaction
from dispatch_core.redaction import show_payload
from dispatch_core.routing import Request, RouteChoice, parse_request, route_of
from dispatch_core.views import Receipt, Submission

TITLE_CHARS = 80


class Requests(Room):
    """The verbs by which tasks come in."""

    async def submit(self, submission: Submission) -> Receipt:
        """Take a message: its thread, its entry and its run, in one transaction.

        A message that was taken before gives the same receipt. Raises EmptyRequest, BadOverride.
        """
        request = parse_request(submission.text)
        choice = route_of(request, has_files=bool(submission.files))
        if not request.body.strip():
            return await self._take_files(submission, choice)
        intake = self._intake(submission, request, choice)
        taken = await self.store.write_together(take_in, intake, submission.thread_key)
        return Receipt(taken.run_id, submission.thread_key, choice.route, taken.created)

    async def knows_thread(self, thread_key: str) -> bool:
        """Whether this is a dispatch thread."""
        return await self.store.read(lambda tx: threads.find(tx, thread_key)) is not None

    def _intake(self, submission: Submission, request: Request, choice: RouteChoice) -> Intake:
        return Intake(
            thread_key=submission.thread_key,
            message_key=submission.message_key,
            author=submission.person,
            text=submission.text,
            title=title_of(request.body),
            request=request.body,
            route=choice.route,
            route_reason=choice.reason,
            device_wish=request.device,
            timeout_seconds=request.timeout or self.time_limit(choice.route),
            time_zone=submission.time_zone,
            asked_at=submission.asked_at,
            files=submission.files,
        )

    async def _take_files(self, submission: Submission, choice: RouteChoice) -> Receipt:
        """Keep the files of a message that asks for nothing; raises EmptyRequest without any."""
        if not submission.files:
            raise EmptyRequest
        created = await self.store.write(partial(_keep_files, submission))
        return Receipt(None, submission.thread_key, choice.route, created)


def _keep_files(submission: Submission, tx: Transaction) -> bool:
    if threads.knows_message(tx, submission.message_key):
        threads.add_late_files(tx, submission.message_key, submission.files)
        return False
    keep_and_say(tx, submission, _only_files(submission))
    return True


def keep_and_say(tx: Transaction, submission: Submission, said: str) -> str:
    """Keep a message that becomes no run, and say this to it; returns the id of what was said."""
    thread_id = threads.find_or_make(tx, submission.thread_key)
    threads.add_request(
        tx,
        thread_id=thread_id,
        author=submission.person,
        text=submission.text,
        message_key=submission.message_key,
        files=submission.files,
    )
    return threads.say(tx, thread_id, said)


def title_of(body: str) -> str:
    """The first words outside a fence's mark, safe to show, in TITLE_CHARS at most."""
    lines = [line.strip() for line in body.splitlines()]
    telling = [words for line in lines if (words := line.split("```")[0].strip())]
    title = show_payload((telling or lines)[0]).replace("\t", " ")
    return title if len(title) <= TITLE_CHARS else title[: TITLE_CHARS - 1] + "…"


def _only_files(submission: Submission) -> str:
    names = ", ".join(quoted(file.name) for file in submission.files)
    return (
        f"I have {names}. Say in this thread what to do with it: questions are answered from text "
        "files, and code that you send finds files of any kind."
    )
