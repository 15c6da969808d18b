"""The filter for logging, and the functions for cassettes."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Any

import pytest

from credcheck import Scrubber
from support.keys import tail

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "sk_" + "test_" + tail(36)


def scrubber() -> Scrubber:
    made = Scrubber()
    made.add("A", KEY)
    return made


@pytest.fixture
def logged() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        logging.Formatter("%(levelname)s %(message)s %(where)s", defaults={"where": "-"})
    )
    handler.addFilter(scrubber().logging_filter())
    logger = logging.getLogger("credcheck.test.shop")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    yield logger, out
    logger.removeHandler(handler)


def watch(logger: logging.Logger) -> list[logging.LogRecord]:
    """The records as the handler's other filters see them."""
    seen: list[logging.LogRecord] = []

    class Watch(logging.Filter):
        def filter(self, record: logging.LogRecord) -> bool:
            seen.append(record)
            return True

    logger.handlers[0].addFilter(Watch())
    return seen


def test_message_arguments_traceback_and_extra_fields_are_scrubbed(logged: Any) -> None:
    logger, out = logged
    logger.info("key %s of %s", KEY, "shop")
    try:
        int(KEY)
    except ValueError:
        logger.exception("failed", extra={"where": KEY})
    logger.info("%s", KEY, stack_info=True)
    text = out.getvalue()
    assert KEY not in text
    assert "INFO key [REDACTED:A] of shop -" in text
    assert "ERROR failed [REDACTED:A]\nTraceback" in text
    assert "int() with base 10: '[REDACTED:A]'" in text
    assert "Stack (most recent call last)" in text


def test_a_record_without_a_value_keeps_its_arguments(logged: Any) -> None:
    logger, _ = logged
    seen = watch(logger)
    logger.info("%s and %s", "a", 2)
    assert (seen[0].msg, seen[0].args) == ("%s and %s", ("a", 2))


def test_a_message_that_does_not_fit_its_arguments_is_scrubbed_too(logged: Any) -> None:
    logger, out = logged
    logger.info("only %d", KEY)
    assert KEY not in out.getvalue()
    assert "[REDACTED:A]" in out.getvalue()


def test_an_argument_that_the_message_does_not_print_is_scrubbed(logged: Any) -> None:
    logger, _ = logged
    seen = watch(logger)
    logger.info("%.3s", KEY)
    assert seen[0].args is None
    assert seen[0].msg == KEY[:3]


class Request:
    def __init__(self) -> None:
        self.uri = f"https://api.example.com/?key={KEY}"
        self.headers = {"Authorization": f"Bearer {KEY}", "X-List": [KEY]}
        self.body = f"key={KEY}".encode()


def test_a_request_is_stored_without_values_and_is_itself_unchanged() -> None:
    request = Request()
    clean = scrubber().before_record_request(request)
    assert clean.uri == "https://api.example.com/?key=[REDACTED:A]"
    assert clean.headers == {"Authorization": "Bearer [REDACTED:A]", "X-List": ["[REDACTED:A]"]}
    assert clean.body == b"key=[REDACTED:A]"
    assert KEY in request.uri
    request.body = iter([b"x"])  # type: ignore[assignment]
    assert scrubber().before_record_request(request).body is request.body


def test_a_response_is_stored_without_values() -> None:
    response = {
        "status": {"code": 200, "message": "OK"},
        "headers": {"Set-Cookie": [f"a={KEY}"]},
        "body": {"string": f'{{"key": "{KEY}"}}'.encode()},
    }
    assert scrubber().before_record_response(response) == {
        "status": {"code": 200, "message": "OK"},
        "headers": {"Set-Cookie": ["a=[REDACTED:A]"]},
        "body": {"string": b'{"key": "[REDACTED:A]"}'},
    }
