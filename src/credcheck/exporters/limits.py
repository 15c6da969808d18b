"""What several formats cannot carry, in words."""

from __future__ import annotations


def no_nul(value: str) -> str:
    """Say that a value holds a NUL, which ends a variable's value everywhere."""
    return "it holds a NUL character, which no environment variable can" if "\0" in value else ""


def not_text(value: str) -> str:
    """Say that a value is not text, where a format is read as UTF-8."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return "it is not text in UTF-8"
    return ""
