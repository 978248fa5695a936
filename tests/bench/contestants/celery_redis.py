"""Celery with late acknowledgement, broker and results in a Redis that syncs its log at each write
(appendfsync always): one worker process with threads, which its documentation advises for short
tasks that wait; the asker is a second process.
"""

import subprocess
import sys
import time

import redis
from celery import Celery, group

from tests.bench import relay

LOOK_SECONDS = 0.03
RESULTS = 1  # the number of the Redis database that holds the results


def make_app(socket: str) -> Celery:
    """The same settings for the asker and the worker; socket is a path."""
    app = Celery(
        "bench",
        broker=f"redis+socket://{socket}?virtual_host=0",
        backend=f"redis+socket://{socket}?virtual_host={RESULTS}",
    )
    app.conf.update(
        task_acks_late=True,
        worker_prefetch_multiplier=4,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        result_expires=3_600,
    )
    app.task(name="hello")(_hello)
    return app


def _hello(number: int) -> str:
    return f"hello {number}"


def ask() -> None:
    facts = relay.told()
    results = redis.Redis(unix_socket_path=facts["socket"], db=RESULTS)
    assert results.config_get("appendfsync") == {"appendfsync": "always"}
    app = make_app(facts["socket"])
    words = ["worker", facts["socket"], str(facts["workers"])]
    worker = subprocess.Popen([sys.executable, "-m", __spec__.name, *words])
    try:
        hello = app.tasks["hello"]
        hello.delay(-1).get(timeout=30)
        results.flushdb()
        relay.ready()
        begun = time.perf_counter()
        group(hello.s(number) for number in range(facts["runs"])).apply_async()
        # A group's own bookkeeping is a key or two more.
        while results.dbsize() < facts["runs"]:
            time.sleep(LOOK_SECONDS)
        relay.tell(begun=begun, ended=time.perf_counter())
    finally:
        worker.kill()
        worker.wait()


def work(socket: str, threads: str) -> None:
    words = ["--pool=threads", f"--concurrency={threads}", "--loglevel=ERROR"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    make_app(socket).worker_main(["worker", *words, *quiet])


if __name__ == "__main__":
    if sys.argv[1] == "worker":
        work(*sys.argv[2:])
    else:
        ask()
