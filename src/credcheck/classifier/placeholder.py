"""Values that stand for no value: dummy words, templates, references, masks, file names."""

from __future__ import annotations

import re

# What tools print for nothing, English dummies, and the same in other languages.
_WORD_TABLE = """
null none nil undefined empty n/a na -
changeme change-me change_me todo tbd fixme secret password passwd dummy example sample foo bar
foobar baz xxx xxxx placeholder redacted hidden masked your_key your-key yourkey your_api_key
your-api-key your_secret your_token insert replace replaceme replace-me replace_me test-key
testkey api_key apikey token key value
geheim passwort contraseña cambiame cámbiame secreto senha mudar motdepasse changez a-remplir
wachtwoord
"""
_WORDS = frozenset(_WORD_TABLE.split())
# Patterns stay texts until they are needed: `re` keeps what it has compiled.
_FORMS = r"""
    ^\$\{.*\}$ | ^\$[A-Za-z_]\w*$ | ^%[A-Za-z_]\w*%$ | ^\$\(.*\)$ | ^`.*`$        # not expanded
    | ^\$\{\{.*\}\}$ | ^\{\{.*\}\}$ | ^<%.*%>$ | ^\#\{.*\}$ | ^__\w+__$ | ^@@?\w+@@?$
    | ^\(\(.*\)\)$ | ^<[^<>]*>$ | ^\[[^\[\]]*\]$ | ^\{[A-Za-z_ -]*\}$             # templates
    | ^(?:op|vault|ref\+\w+|awssm|aws-sm|gcpsm|bws|akv|keyring|doppler|secretref)(?::|/)
    | ^(?:arn:aws:secretsmanager|arn:aws:ssm|projects/[^/]+/secrets)(?::|/)       # references
    | ^(?:ENC\[|vault:v\d+:|AGE-|\$ANSIBLE_VAULT|-----BEGIN\ (?:PGP|AGE)|encrypted:)  # encrypted
    | ^[*\u2022.\u2026xX#_-]{3,}$ | \*{3} | \.\.\. | \u2026 | \u2022{2}           # masks
    | (?i:\byour[-_ ]) | (?i:^(?:insert|enter|add|put|paste)[-_ ])
"""
_FILE = r"(?:~|\.{1,2})?/[^\s:@]*|[A-Za-z]:\\[^\r\n]*|[\w./-]+\.(?:pem|key|json|txt|p12)"
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_LINES = ("0123456789" * 2, "9876543210" * 2, _ALPHABET, _ALPHABET[::-1])
_LONGEST = 4096  # a longer value is no template


def is_placeholder(value: str) -> bool:
    """Tell whether a value, without outer white space and quotes, stands for none."""
    text = value.strip().strip("\"'").strip()
    if not text:
        return False
    return text.casefold() in _WORDS or _has_form(text[:_LONGEST])


def _has_form(text: str) -> bool:
    return re.search(_FORMS, text, re.VERBOSE | re.DOTALL) is not None


def is_file_name(text: str) -> bool:
    """Tell whether a value is the name of a file, not its content."""
    return len(text) <= _LONGEST and re.fullmatch(_FILE, text) is not None


def is_run(tail: str) -> bool:
    """Tell whether a text is one repeated or sequential run, such as `xxxx` or `12345`."""
    low = tail.casefold()
    return len(tail) > 2 and (len(set(low)) <= 2 or any(low in line for line in _LINES))


def is_dummy_word(tail: str) -> bool:
    """Tell whether what follows a marker, and fits no key, is a dummy: `your_key`, `xxx1`."""
    low = tail.casefold()
    words = ("your", "xxx", "changeme", "example", "placeholder", "dummy")
    return is_placeholder(tail) or any(word in low for word in words)
