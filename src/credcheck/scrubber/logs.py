"""A filter for :mod:`logging` that takes values out of each record."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from credcheck.scrubber import Scrubber

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class ScrubbingFilter(logging.Filter):
    """Scrubs message, traceback, stack and extra fields of each record; drops none.

    Add it to handlers: a logger's filter does not see the records of the loggers below it. The
    record itself is changed, so that every handler after this one sees the clean one.
    """

    def __init__(self, scrubber: Scrubber) -> None:
        super().__init__()
        self._scrubber = scrubber

    def filter(self, record: logging.LogRecord) -> bool:
        """Scrub one record."""
        text = self._scrubber.text
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001  # logging itself would print the arguments
            message = f"{record.msg!r} % {record.args!r}"
        clean = text(message)
        if clean is not message or (record.args and text(repr(record.args)) != repr(record.args)):
            record.msg, record.args = clean, None
        if record.exc_info and not record.exc_text:
            formatted = logging.Formatter().formatException(record.exc_info)
            if text(formatted) is not formatted:
                record.exc_text = text(formatted)
        elif record.exc_text:
            record.exc_text = text(record.exc_text)
        if record.stack_info:
            record.stack_info = text(record.stack_info)
        for name, value in vars(record).items():
            if name not in _STANDARD and isinstance(value, str):
                setattr(record, name, text(value))
        return True
