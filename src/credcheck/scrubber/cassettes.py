"""Requests and responses as vcr.py hands them to its `before_record` functions."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from credcheck.scrubber import Scrubber


def scrub_request(scrubber: Scrubber, request: Any) -> Any:
    """Give a copy of a `vcr.request.Request` with address, headers and body scrubbed.

    vcr.py passes the requests of a replay through the same function before it compares them, so a
    cassette that was recorded with one key matches a run with another.
    """
    clean = copy(request)
    clean.uri = scrubber.text(request.uri)
    headers = dict(request.headers)
    clean.headers = {name: scrub(scrubber, value) for name, value in headers.items()}
    body = request.body
    if isinstance(body, str | bytes):
        clean.body = scrub(scrubber, body)
    return clean


def scrub_response(scrubber: Scrubber, response: dict[str, Any]) -> dict[str, Any]:
    """Give a copy of a response, as vcr.py stores it, with all its strings and bytes scrubbed."""
    scrubbed: dict[str, Any] = scrub(scrubber, response)
    return scrubbed


def scrub(scrubber: Scrubber, value: Any) -> Any:
    """Give a copy of what plain containers hold, scrubbed; anything else as it is."""
    if isinstance(value, str):
        return scrubber.text(value)
    if isinstance(value, bytes):
        return scrubber.data(value)
    if isinstance(value, dict):
        return {scrub(scrubber, key): scrub(scrubber, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(scrub(scrubber, item) for item in value)
    return value
