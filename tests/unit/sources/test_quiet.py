from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from credcheck.sources.quiet import LIBRARIES, hush, silent_thread

if TYPE_CHECKING:
    import pytest


def test_what_libraries_log_in_our_threads_is_dropped_and_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logger = logging.getLogger("botocore.some.module")
    with caplog.at_level(logging.DEBUG), silent_thread():
        logger.error("dropped")
        logging.getLogger("the_users_own").error("kept")
        other = threading.Thread(target=logger.error, args=("heard from another thread",))
        other.start()
        other.join()
    with caplog.at_level(logging.DEBUG):
        logger.error("heard afterwards")
    assert [record.message for record in caplog.records] == [
        "kept",
        "heard from another thread",
        "heard afterwards",
    ]


def test_loggers_that_come_later_are_hushed_when_asked(caplog: pytest.LogCaptureFixture) -> None:
    with silent_thread():
        late = logging.getLogger("urllib3.made.in.the.middle")
        hush()
        late.error("dropped")
    assert caplog.records == []


def test_the_libraries_that_carry_values_are_all_named() -> None:
    assert {"botocore", "boto3", "urllib3", "hvac", "requests", "http", "keyring"} <= LIBRARIES
