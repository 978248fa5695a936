"""A message becomes a run: taken once, whatever is delivered how often."""

from functools import partial

from dispatch_core.dispatcher.room import Room
from dispatch_core.errors import EmptyRequest
from dispatch_core.planning.fences import quoted
from dispatch_core.records import runs, threads
from dispatch_core.records.transaction import Transaction
from dispatch_core.redaction import show_payload
from dispatch_core.routing import Request, RouteChoice, choose_route, parse_request
from dispatch_core.views import Receipt, Submission

TITLE_CHARS = 80


class Requests(Room):
    """The verbs by which tasks come in."""

    async def submit(self, submission: Submission) -> Receipt:
        """Take a message: its thread, its entry and its run, in one transaction.

        A message that was taken before gives the same receipt. Raises EmptyRequest, BadOverride.
        """
        request = parse_request(submission.text)
        if not request.body.strip() and not submission.files:
            raise EmptyRequest
        choice = _choose(request, has_files=bool(submission.files))
        return await self.store.write(partial(self._take, submission, request, choice))

    async def knows_thread(self, thread_key: str) -> bool:
        """Whether this is a dispatch thread."""
        return await self.store.read(lambda tx: threads.find(tx, thread_key)) is not None

    def _take(
        self, submission: Submission, request: Request, choice: RouteChoice, tx: Transaction
    ) -> Receipt:
        if threads.knows_message(tx, submission.message_key):
            threads.add_late_files(tx, submission.message_key, submission.files)
            run_id = threads.run_of_message(tx, submission.message_key)
            return Receipt(run_id, submission.thread_key, choice.route, created=False)
        thread_id = threads.find_or_make(tx, submission.thread_key)
        behind = runs.is_busy(tx, thread_id)
        threads.add_request(
            tx,
            thread_id=thread_id,
            author=submission.person,
            text=submission.text,
            message_key=submission.message_key,
            queued_behind=behind,
            files=submission.files,
        )
        if not request.body.strip():
            threads.say(tx, thread_id, _only_files(submission))
            return Receipt(None, submission.thread_key, choice.route, created=True)
        run_id = self._queue(tx, thread_id, submission, request, choice)
        threads.became_run(tx, submission.message_key, run_id)
        return Receipt(run_id, submission.thread_key, choice.route, created=True)

    def _queue(
        self,
        tx: Transaction,
        thread_id: str,
        submission: Submission,
        request: Request,
        choice: RouteChoice,
    ) -> str:
        run = runs.NewRun(
            thread_id=thread_id,
            requester=submission.person,
            title=title_of(request.body),
            request=request.body,
            route=choice.route,
            route_reason=choice.reason,
            device_wish=request.device,
            timeout_seconds=request.timeout or self.time_limit(choice.route),
            time_zone=submission.time_zone,
            asked_at=submission.asked_at,
        )
        return runs.add(tx, run)


def _choose(request: Request, *, has_files: bool) -> RouteChoice:
    if request.route is not None:
        return RouteChoice(request.route, 1.0, "you said so")
    return choose_route(request.body, has_files=has_files)


def title_of(body: str) -> str:
    """The first words outside a fence's mark, safe to show, in TITLE_CHARS at most."""
    lines = [line.strip() for line in body.splitlines()]
    telling = [words for line in lines if (words := line.split("```")[0].strip())]
    title = show_payload((telling or lines)[0]).replace("\t", " ")
    return title if len(title) <= TITLE_CHARS else title[: TITLE_CHARS - 1] + "…"


def _only_files(submission: Submission) -> str:
    names = ", ".join(quoted(file.name) for file in submission.files)
    return f"I have {names}. Say in this thread what to do with it; code that you send finds it."
