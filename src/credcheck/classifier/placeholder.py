"""Values that stand for no value: dummy words, templates, references, masks, file names."""

from __future__ import annotations

# What tools print for nothing, English dummies, and the same in other languages; `-` and `_` are
# left out of a value before it is compared.
_WORD_TABLE = """
null none nil undefined empty na - changeme todo tbd fixme secret password passwd pass dummy
example sample foo bar foobar baz placeholder redacted hidden masked removed yourkey yourapikey
yoursecret yourtoken yoursecretkey insert replace replaceme testkey apikey token key value string
fake default unset missing notset xxx
geheim passwort contraseña contrasena cambiame cámbiame secreto clave senha mudar trocar motdepasse
changez àremplir aremplir remplacer wachtwoord parola hasło haslo пароль секрет 密码 パスワード
"""
_WORDS = frozenset(_WORD_TABLE.split())
# Words of seven letters and more: in a random tail of a key none comes about by chance.
_LONG_WORDS = (
    "example", "changeme", "change_me", "change-me", "replaceme", "replace_me", "replace-me",
    "replacethis", "replacewith", "placeholder", "yoursecret", "yourapikey", "yourkeyhere",
    "your_key", "your-key", "secretkey", "secret_key", "dummykey", "fakekey", "notareal",
    "insertyour", "redacted", "invalidkey",
)  # fmt: skip
_SHORT_WORDS = ("your", "xxx", "dummy", "fake", "todo", "here", "key")
_ENCLOSED = (
    ("${", "}"), ("$(", ")"), ("`", "`"), ("{{", "}}"), ("<%", "%>"), ("#{", "}"), ("__", "__"),
    ("@@", "@@"), ("@", "@"), ("((", "))"), ("<", ">"), ("[", "]"), ("{", "}"), ("%", "%"),
)  # fmt: skip
_INSIDE = (("${", "}"), ("{{", "}}"), ("<%", "%>"), ("$(", ")"))
_REFERENCES = (
    "op:", "vault:", "vault/", "awssm:", "aws-sm:", "gcpsm:", "gcp-sm:", "sm:", "bws:", "akv:",
    "keyring:", "doppler:", "secretref:", "ref+", "ssm:", "bao:", "keychain:", "pass:",
    "infisical:", "arn:aws:secretsmanager:", "arn:aws:ssm:", "@microsoft.keyvault(",
)  # fmt: skip
_ENCRYPTED = (
    "enc[", "enc(", "age-secret-key-", "age-encryption.org", "$ansible_vault", "encrypted:",
    "{cipher}", "!vault", "-----begin pgp message", "-----begin age encrypted",
)  # fmt: skip
_COMMANDS = ("insert", "enter", "add", "put", "paste", "your", "replace", "fill")
_MASK = "*\u2022.\u2026xX#_-\u25cf\u00d7"
_SUFFIXES = (".pem", ".key", ".json", ".txt", ".p12", ".p8", ".pfx", ".crt", ".env", ".yaml")
_LONGEST = 4096  # a longer value is no template
_DIGITS, _LETTERS = "0123456789", "abcdefghijklmnopqrstuvwxyz"
_SEQUENCES = (_DIGITS, _DIGITS[::-1], _LETTERS, _LETTERS[::-1])
_SUSPICIOUS_RUN = 8
_LONGEST_PERIOD = 8


def is_placeholder(value: str) -> bool:
    """Tell whether a value, without outer white space and quotes, stands for none."""
    text = value.strip().strip("\"'").strip()
    if not text or len(text) > _LONGEST:
        return False
    low = text.casefold()
    if low.replace("-", "").replace("_", "").replace("/", "") in _WORDS or low == "-":
        return True
    return (
        _is_template(text)
        or low.startswith((*_REFERENCES, *_ENCRYPTED))
        or (low.startswith("projects/") and "/secrets/" in low)
        or _is_masked(text)
        or low.replace("-", " ").replace("_", " ").startswith(tuple(f"{w} " for w in _COMMANDS))
        or any(start in low for start in (" your_", " your-", " your ", "_your_", "-your-"))
    )


def _is_template(text: str) -> bool:
    if text[0] == "$" and text[1:].isidentifier():
        return True
    if any(_holds(text, start, end) for start, end in _INSIDE):
        return True
    for start, end in _ENCLOSED:
        inner = text[len(start) : -len(end)]
        if text.startswith(start) and text.endswith(end) and len(text) > len(start + end):
            if start in {"{", "%", "@", "@@", "__"}:
                return inner.replace("-", "_").replace(" ", "_").isidentifier()
            if not (start in "[<" and (start in inner or end in inner)):
                return True
    return False


def _holds(text: str, start: str, end: str) -> bool:
    """Tell whether a template stands inside a longer value, such as the password of a URL."""
    at = text.find(start)
    return at >= 0 and text.find(end, at + len(start)) >= 0


def _is_masked(text: str) -> bool:
    if len(text) >= 3 and not text.strip(_MASK):
        return True
    return any(mask in text for mask in ("***", "...", "\u2026", "\u2022\u2022", "[REDACTED]"))


def is_file_name(text: str) -> bool:
    """Tell whether a value is the name of a file, not its content."""
    if len(text) > _LONGEST or any(c.isspace() for c in text):
        return False
    if text.startswith(("/", "./", "../", "~/")):
        return ":" not in text and "@" not in text
    if len(text) > 3 and text[0].isalpha() and text[1:3] == ":\\":
        return True
    return text.lower().endswith(_SUFFIXES) and "@" not in text and "://" not in text


def is_run(tail: str) -> bool:
    """Tell whether a text is one repeated or sequential run, such as `xxxx` or `12345`."""
    low = tail[:_LONGEST].casefold()
    if len(low) <= 2:
        return False
    return len(set(low)) <= 2 or any(low in line * 2 for line in _SEQUENCES) or _is_periodic(low)


def _is_periodic(low: str) -> bool:
    period = (low + low).find(low, 1)
    return period <= _LONGEST_PERIOD and period * 3 <= len(low)


def is_dummy_tail(tail: str) -> bool:
    """Tell whether a tail of the right form was made up: a word, or a run of eight, is in it."""
    low = tail[:_LONGEST].casefold()
    if is_run(tail) or any(word in low for word in _LONG_WORDS):
        return True
    # a run of eight holds a pair at a multiple of seven
    return any(
        _run_at(low, at) >= _SUSPICIOUS_RUN
        for at in range(0, len(low) - 1, _SUSPICIOUS_RUN - 1)
        if -1 <= ord(low[at + 1]) - ord(low[at]) <= 1
    )


def _run_at(low: str, at: int) -> int:
    """Give the length of the equal, rising or falling run that holds a pair."""
    step = ord(low[at + 1]) - ord(low[at])
    start, end = at, at + 1
    while start and ord(low[start]) - ord(low[start - 1]) == step:
        start -= 1
    while end + 1 < len(low) and ord(low[end + 1]) - ord(low[end]) == step:
        end += 1
    return end - start + 1


def is_dummy_word(tail: str) -> bool:
    """Tell whether what follows a marker, and fits no key, is a dummy: `your_key`, `xxx1`."""
    low = tail.casefold()
    return is_placeholder(tail) or any(word in low for word in (*_SHORT_WORDS, *_LONG_WORDS))
