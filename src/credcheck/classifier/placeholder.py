"""Values that stand for no value: dummy words, templates, references, masks, file names."""

from __future__ import annotations

import re

_WORDS = frozenset(
    ["null", "none", "nil", "undefined", "changeme", "change-me", "change_me", "todo", "tbd", "fixme", "secret", "password", "passwd", "dummy", "example", "sample", "foo", "bar", "foobar", "baz", "xxx", "xxxx", "placeholder", "redacted", "hidden", "masked", "empty", "your_key", "your-key", "yourkey", "your_api_key", "your-api-key", "your_secret", "your_token", "insert", "replace", "replaceme", "replace-me", "replace_me", "n/a", "na", "-", "test-key", "testkey", "api_key", "apikey", "token", "key", "value", "geheim", "passwort", "contraseña", "cambiame", "cámbiame", "secreto", "senha", "mudar", "motdepasse", "changez", "a-remplir", "wachtwoord"]
)
_FORMS = re.compile(
    r"""
    ^\$\{.*\}$ | ^\$[A-Za-z_]\w*$ | ^%[A-Za-z_]\w*%$ | ^\$\(.*\)$ | ^`.*`$        # not expanded
    | ^\$\{\{.*\}\}$ | ^\{\{.*\}\}$ | ^<%.*%>$ | ^\#\{.*\}$ | ^__\w+__$ | ^@@?\w+@@?$
    | ^\(\(.*\)\)$ | ^<[^<>]*>$ | ^\[[^\[\]]*\]$ | ^\{[A-Za-z_ -]*\}$            # templates
    | ^(?:op|vault|ref\+\w+|awssm|aws-sm|gcpsm|bws|akv|keyring|doppler|secretref|arn:aws:secretsmanager
        |arn:aws:ssm|projects/[^/]+/secrets)(?::|/)                              # references
    | ^(?:ENC\[|vault:v\d+:|AGE-|\$ANSIBLE_VAULT|-----BEGIN\ (?:PGP|AGE)|encrypted:)   # encrypted
    | ^[*\u2022.\u2026xX#_-]{3,}$ | \*{3,} | \.\.\. | \u2026 | \u2022{2,}            # masks
    | (?i:\byour[-_ ](?:\w+[-_ ])*(?:key|token|secret|password|id)\b)
    | (?i:^(?:insert|enter|add|put|paste)[-_ ])
    | ^(?:~|\.{1,2})?/[^\s:@]*$ | ^[A-Za-z]:\\                                   # a file's name
    """,
    re.VERBOSE | re.DOTALL,
)
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_LINES = ("0123456789" * 2, "9876543210" * 2, _ALPHABET, _ALPHABET[::-1])


def is_placeholder(value: str) -> bool:
    """Tell whether a value, without outer white space and quotes, stands for none."""
    text = value.strip().strip("\"'").strip()
    if not text:
        return False
    return text.casefold() in _WORDS or _FORMS.search(text[:4096]) is not None


def is_dummy_tail(tail: str) -> bool:
    """Tell whether what follows a marker is a dummy: a word, a mask, one run."""
    if not tail:
        return False
    low = tail.casefold()
    if is_placeholder(tail) or any(word in low for word in ("your", "xxx", "changeme", "example")):
        return True
    return len(set(low)) <= 2 or any(low in line for line in _LINES)
