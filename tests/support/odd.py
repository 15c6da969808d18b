"""Values that shells, parsers and terminals like to damage."""

from __future__ import annotations

import io

from dotenv import dotenv_values

ODD_VALUES = {
    "PLAIN": "plain-value_1",
    "DOLLAR": "pa$$word-$HOME-${HOME}-$(id)-`id`-${",
    "HASH": "before#after # not a comment",
    "QUOTES": 'it\'s "quoted" \'\' ""',
    "ONE_QUOTE": "'",
    "QUOTED": "'whole'",
    "BACKSLASH": "a\\b\\n\\\\c\\'d\\\"e",
    "LAST_BACKSLASH": "ends with\\",
    "ALL_OF_IT": "'\"\\$`#!%&*()[]{}|;<>?~= \\",
    "EQUALS": "=a=b==",
    "SPACES": "  leading and trailing  ",
    "TAB": "\ta\tb\t",
    "DASH": "-n",
    "TILDE": "~root",
    "PERCENT": "%PATH% %s 100%",
    "BANG": "a!b!!c!$",
    "UNICODE": "pässwörd-密码-🔑-ﬁ",
    "TYPOGRAPHIC": "\u2018single\u2019 \u201alow\u201b \u201cdouble\u201d",
    "INVISIBLE": "a\u200bb\u00a0c\u2028d\x85e\x1cf",
    "CONTROL": "a\x01b\x1b[31mc\x7fd\x0be",
    "URL": "postgresql://user:p%40ss@localhost:5432/db?a=b&c=d",
}
LINES = {
    "TWO_LINES": "first\nsecond",
    "PEM": "-----BEGIN X-----\nabc/+=\n'q' \"r\" \\\n-----END X-----\n",
    "EDGES": "\n\nbetween\n\n",
    "CRLF": "a\r\nb\r\n",
    "CR": "a\rb",
    "LINE_AND_BACKSLASH": "a'\nb\"\\",
    "DELIMITER": "EOF\nghadelimiter_0\nA<<EOF\nPATH=/evil",
}
NOT_UTF8 = "caf\udce9"  # the byte E9, as Python reads it from the environment


def _reads_last_backslashes() -> bool:
    read = dotenv_values(stream=io.StringIO("A='x\\\\'\nB='y'\n"), interpolate=False)
    return read == {"A": "x\\", "B": "y"}


# Old versions of python-dotenv take the backslash before a closing quote for that quote's own: what
# ends with one and cannot stand without quotes has no line that they would read exactly.
OLD_DOTENV = not _reads_last_backslashes()
UNHELD = {"ALL_OF_IT", "LINE_AND_BACKSLASH"} if OLD_DOTENV else set()
DOTENV_VALUES = {n: v for n, v in {**ODD_VALUES, **LINES}.items() if n not in UNHELD}
