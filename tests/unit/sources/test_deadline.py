from __future__ import annotations

import threading
from threading import Event

from credcheck.sources.deadline import Crash, Deadline, in_time


def test_jobs_run_side_by_side_and_give_their_results() -> None:
    both = threading.Barrier(2)

    def meet(number: int) -> int:
        both.wait(timeout=10)  # neither returns before the other has begun
        return number

    assert in_time({"a": lambda: meet(1), "b": lambda: meet(2)}, Deadline(20)) == {"a": 1, "b": 2}


def test_no_more_jobs_than_threads_run_at_once() -> None:
    running, most, lock = [0], [0], threading.Lock()

    def job() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        with lock:
            running[0] -= 1

    in_time({str(n): job for n in range(20)}, Deadline(20), threads=1)
    assert most == [1]


def test_what_is_not_done_by_the_deadline_is_left_out() -> None:
    never = Event()
    try:
        done = in_time({"quick": lambda: 1, "slow": never.wait}, Deadline(0.2))
    finally:
        never.set()
    assert done == {"quick": 1}


def test_jobs_that_were_not_begun_by_then_never_run() -> None:
    first_may_end, begun = Event(), []

    def first() -> None:
        first_may_end.wait(20)

    done = in_time({"1": first, "2": lambda: begun.append(2)}, Deadline(0.1), threads=1)
    first_may_end.set()
    assert (done, begun) == ({}, [])


def test_a_job_that_raises_is_named_by_its_type_alone() -> None:
    def broken() -> None:
        raise ValueError("words-that-may-hold-a-value")

    got = in_time({"a": broken}, Deadline(20))["a"]
    assert isinstance(got, Crash)
    assert (got.kind, str(got)) == ("ValueError", "ValueError")


def test_waiting_threads_do_not_keep_the_process_from_ending() -> None:
    never = Event()
    in_time({"a": never.wait}, Deadline(0.05))
    (thread,) = [t for t in threading.enumerate() if t.name == "credcheck-fetch"]
    assert thread.daemon
    never.set()
    thread.join(timeout=20)


def test_no_jobs_no_threads() -> None:
    before = threading.active_count()
    assert in_time({}, Deadline(20)) == {}
    assert threading.active_count() == before


def test_time_runs_out() -> None:
    deadline = Deadline(0)
    assert (deadline.seconds, deadline.left()) == (0, 0.0)
    assert 0 < Deadline(60).left() <= 60
