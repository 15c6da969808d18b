"""What is masked, in which encodings and pieces, and what is left alone."""

from __future__ import annotations

import ast
import base64
import csv
import html
import io
import json
import shlex
import sys
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, urlencode
from xml.sax.saxutils import escape, quoteattr

import pytest

from credcheck import Scrubber
from credcheck.secret import Secret
from support.keys import stripe_test, tail

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "sk_" + "test_" + tail(36)
ODD = "it's \"%d {} \\ <&é/+> pass9wörd 漢"
PEM = "\n".join(
    [
        "-----BEGIN PRIVATE KEY-----",
        *(tail(64, seed=n) for n in range(4)),
        "-----END PRIVATE KEY-----",
    ]
)
ENGINES = pytest.mark.parametrize("engine", ["words", "automaton"])


def scrubber(engine: str | None = None, **values: str) -> Scrubber:
    made = Scrubber(engine)
    for name, value in values.items():
        made.add(name, value)
    return made


def pieces_in(value: str, text: str, size: int = 8) -> list[str]:
    """Every piece of a value that stands in a text."""
    return [
        value[n : n + size] for n in range(len(value) - size + 1) if value[n : n + size] in text
    ]


# ── the mask ──────────────────────────────────────────────────────────────────────────────────


@ENGINES
def test_a_value_becomes_a_mask_that_names_the_secret(engine: str) -> None:
    scrub = scrubber(engine, STRIPE_TEST_KEY=KEY)
    assert scrub.text(f"key={KEY}, again {KEY}{KEY}.") == (
        "key=[REDACTED:STRIPE_TEST_KEY], again "
        "[REDACTED:STRIPE_TEST_KEY][REDACTED:STRIPE_TEST_KEY]."
    )
    assert (
        scrub.data(b"\xff\x00" + KEY.encode() + b"\xfe")
        == b"\xff\x00[REDACTED:STRIPE_TEST_KEY]\xfe"
    )


def test_a_text_without_a_value_is_the_same_object() -> None:
    scrub = scrubber(A=KEY)
    text = "nothing to see\ud800 here, é " * 3
    assert scrub.text(text) is text
    data = b"\xff\xfe nothing"
    assert scrub.data(data) is data
    assert Scrubber().text(text) is text
    assert Scrubber().data(data) is data


def test_a_lone_surrogate_beside_a_value_survives() -> None:
    assert scrubber(A=KEY).text(f"\ud800 {KEY} \udcff") == "\ud800 [REDACTED:A] \udcff"


def test_a_secret_object_is_taken_too_and_nothing_of_it_shows() -> None:
    scrub = Scrubber()
    scrub.add("A", Secret(KEY))
    assert scrub.text(KEY) == "[REDACTED:A]"
    assert repr(scrub) == "<Scrubber: A>"
    assert scrub.names == ("A",)
    assert repr(Scrubber()) == "<Scrubber: nothing>"


def test_a_name_is_needed_and_cannot_break_the_mask() -> None:
    with pytest.raises(ValueError, match="needs a name"):
        Scrubber().add("", KEY)
    assert scrubber(**{"a]b\n[c": KEY}).text(KEY) == "[REDACTED:a_b__c]"


def test_an_earlier_value_of_a_name_stays_masked() -> None:
    scrub = scrubber(A=KEY)
    scrub.add("A", ODD)
    assert scrub.text(KEY + ODD) == "[REDACTED:A][REDACTED:A]"


def test_an_engine_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match="no engine 'magic': words or automaton"):
        scrubber("magic", A=KEY).index()


def test_many_secrets_are_found_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ahocorasick_rs", None)
    values = {f"K{n}": tail(40, seed=n) for n in range(120)}
    scrub = scrubber(**values)
    assert scrub.text(" ".join(values.values())) == " ".join(f"[REDACTED:K{n}]" for n in range(120))
    with pytest.raises(ImportError):
        scrubber("automaton", A=KEY).index()


# ── encodings ─────────────────────────────────────────────────────────────────────────────────

ENCODED: dict[str, Callable[[str], str]] = {
    "url": lambda v: quote(v, safe=""),
    "url, slash left": quote,
    "url, small letters": lambda v: "".join(
        quote(c, safe="") if quote(c) == c else quote(c, safe="").lower() for c in v
    ),
    "url, plus": quote_plus,
    "url query": lambda v: urlencode({"q": v}),
    "url twice": lambda v: quote(quote(v, safe=""), safe=""),
    "json": json.dumps,
    "json utf-8": lambda v: json.dumps(v, ensure_ascii=False),
    "repr": repr,
    "ascii": ascii,
    "bytes": lambda v: repr(v.encode()),
    "html": html.escape,
    "html, only brackets": lambda v: html.escape(v, quote=False),
    "xml": escape,
    "xml attribute": quoteattr,
    "shell": shlex.quote,
    "json of repr": lambda v: json.dumps(repr(v)),
    "json of json": lambda v: json.dumps(json.dumps(v)),
    "repr of repr": lambda v: repr(repr(v)),
    "html of json": lambda v: html.escape(json.dumps(v)),
    "html of repr": lambda v: html.escape(repr(v)),
    "hex": lambda v: v.encode().hex(),
    "hex, capitals": lambda v: v.encode().hex().upper(),
    **{
        f"base64 {before!r} {after!r}": lambda v, b=before, a=after: base64.b64encode(  # type: ignore[misc]
            f"{b}{v}{a}".encode()
        ).decode()
        for before in ("", "u", "us", "user:")
        for after in ("", "@", "@h", ":x")
    },
    "base64, url-safe": lambda v: base64.urlsafe_b64encode(f"a{v}".encode()).decode(),
}


@ENGINES
@pytest.mark.parametrize("value", [KEY, ODD], ids=["key", "odd"])
@pytest.mark.parametrize("encoding", ENCODED)
def test_every_encoding_is_masked(engine: str, value: str, encoding: str) -> None:
    encoded = ENCODED[encoding](value)
    clean = scrubber(engine, A=value).text(f"before {encoded} after")
    assert "[REDACTED:A]" in clean
    assert clean.startswith("before ")
    assert clean.endswith(" after")
    # what is left of it shows nothing: a few characters around the mask
    assert len(clean) - len("before [REDACTED:A] after") <= 16
    assert pieces_in(encoded, clean) in ([], pieces_in("[REDACTED:A]", encoded))


def test_a_csv_field_is_masked() -> None:
    out = io.StringIO()
    csv.writer(out).writerow([ODD, "x"])
    assert scrubber(A=ODD).text(out.getvalue()) == '"[REDACTED:A]",x\r\n'


def test_a_variable_that_is_no_utf8_is_masked_in_text_and_in_bytes() -> None:
    raw = b"caf\xe9-" + tail(16).encode()
    value = raw.decode("utf-8", "surrogateescape")
    scrub = scrubber(A=value)
    assert scrub.data(b"<" + raw + b">") == b"<[REDACTED:A]>"
    assert scrub.text(f"<{value}>") == "<[REDACTED:A]>"


# ── pieces ────────────────────────────────────────────────────────────────────────────────────


@ENGINES
def test_no_eight_characters_of_a_value_survive_that_is_cut(engine: str) -> None:
    scrub = scrubber(engine, A=KEY)
    for begin in range(len(KEY)):
        for end in range(begin + 8, len(KEY) + 1):
            clean = scrub.text(f"'{KEY[begin:end]}...")
            left = [piece for piece in pieces_in(KEY[8:], clean) if piece]
            assert left == [], (begin, end)


def test_a_shortened_value_is_masked_head_and_tail() -> None:
    assert scrubber(A=KEY).text(f"assert '{KEY[:12]}...{KEY[-13:]}' == 'x'") == (
        "assert '[REDACTED:A]...[REDACTED:A]' == 'x'"
    )


def test_the_public_marker_of_a_key_is_no_secret() -> None:
    scrub = scrubber(A=KEY, B=stripe_test(3), C="github" + "_pat_" + tail(40))
    text = "a key begins with " + "sk_" + "test_" + " or " + "github" + "_pat_"
    assert scrub.text(text) is text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("hunter-of-registration-forms", "after registration: services"),
        ("postgresql://app:" + tail(20) + "@localhost/app_test", "postgresql://localhost/app_test"),
        ("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + tail(40) + "." + tail(40, seed=2), "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."),
        (PEM, "-----BEGIN PRIVATE KEY-----\nnot it\n-----END PRIVATE KEY-----"),
        ("0000000000000000000000000021", "00000000000000000000"),
        ("https://hooks.example.com/services/T0001/" + tail(24), "https://hooks.example.com/services/T0001/"),
    ],
)  # fmt: skip
def test_what_is_public_of_a_value_is_left_alone(value: str, text: str) -> None:
    assert scrubber(A=value).text(text) is text
    assert scrubber(A=value).text(f"<{value}>") == "<[REDACTED:A]>"


def test_a_short_password_is_masked_whole_and_no_word_of_it_alone() -> None:
    scrub = scrubber(A="swordfish-tuna")
    assert scrub.text("swordfish-tuna swordfish") == "[REDACTED:A] swordfish"
    assert scrubber(A="xK9!mQ2-vLp").text("xK9!mQ2-...") == "[REDACTED:A]..."


# ── structure ─────────────────────────────────────────────────────────────────────────────────


def test_each_line_of_a_value_is_a_secret_and_short_lines_are_not() -> None:
    scrub = scrubber(A=f"{PEM}\n}}\nshort")
    for line in PEM.splitlines()[1:-1]:
        assert scrub.text(f"E   {line}") == "E   [REDACTED:A]"
    assert scrub.text("} short") == "} short"
    assert scrub.text(PEM.replace("\n", "\r\n")).count("[REDACTED:A]") == 4
    assert scrub.text(PEM.replace("\n", "\\n")).count("[REDACTED:A]") >= 1
    assert not pieces_in(PEM, scrub.text(base64.encodebytes(PEM.encode()).decode()))


def test_the_leaves_of_json_are_secrets() -> None:
    inner = {"type": "service_account", "n": 12345678, "private_key": PEM, "deep": [{"token": KEY}]}
    value = json.dumps({**inner, "auth_uri": "https://accounts.example.com/o/oauth2/auth"})
    scrub = scrubber(A=value)
    assert scrub.text(f"<{value}>") == "<[REDACTED:A]>"
    assert scrub.text(f"<{KEY}>") == "<[REDACTED:A]>"
    assert scrub.text(PEM.splitlines()[2]) == "[REDACTED:A]"
    for public in (
        "service_account",
        "https://accounts.example.com/o/oauth2/auth",
        '"private_key": "',
    ):
        assert scrub.text(public) is public
    pretty = scrub.text(json.dumps(json.loads(value), indent=4))
    assert not pieces_in(KEY[8:], pretty)
    assert scrubber(A=base64.b64encode(value.encode()).decode()).text(KEY) == "[REDACTED:A]"


def test_json_that_is_none_is_a_value_like_any_other() -> None:
    assert scrubber(A="{" + tail(20)).text("{" + tail(20)) == "[REDACTED:A]"
    assert scrubber(A="[" * 100_000).text("[" * 100_000) == "[" * 100_000


@pytest.mark.parametrize(
    ("value", "inner"),
    [
        (f"postgresql://app:{tail(20)}@db.example.com:5432/app?sslmode=require", tail(20)),
        (f"postgresql://app:{quote(ODD, safe='')}@db/app", ODD),
        ("postgresql://app:p/q#r?s-" + tail(12) + "@db/app", "p/q#r?s-" + tail(12)),
        (f"https://{KEY}@api.example.com/v1", KEY),
        (f"jdbc:postgresql://db/app?user=u&password={tail(12)}", tail(12)),
        (f"redis://:{tail(20)}@cache:6379/0", tail(20)),
        ("https://hooks.example.com/services/T0001/" + tail(24), tail(24)),
        (f"host=db user=app password='{tail(14)}' dbname=x", tail(14)),
        (f"Server=tcp:db,1433;User ID=app;Password={tail(14)};Encrypt=yes", tail(14)),
        (f"Endpoint=sb://x/;SharedAccessKeyName=root;SharedAccessKey={tail(40)}=", tail(40)),
        (f"Bearer {tail(40)}", tail(40)),
    ],
)  # fmt: skip
def test_the_secret_inside_an_address_is_masked_alone_and_in_basic_auth(
    value: str, inner: str
) -> None:
    scrub = scrubber(A=value)
    assert scrub.text(f"<{value}>") == "<[REDACTED:A]>"
    assert scrub.text(f"<{inner}>") == "<[REDACTED:A]>"
    basic = base64.b64encode(f"user:{inner}".encode()).decode()
    assert len(scrub.text(basic)) < 12 + len("[REDACTED:A]")


# ── too short, too common ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("abc", "it is too short"),
        (" s3cr3t \n", "it is too short"),
        ("password", "it is a common word"),
        ("PostgreSQL", "it is a common word"),
        ("00000000", "it is a common word"),
        ("12345678", "it is a common word"),
    ],
)
def test_a_short_or_common_value_is_left_alone_with_a_warning_by_name(
    value: str, reason: str
) -> None:
    scrub = scrubber(DB_PASSWORD=value)
    assert scrub.text(f"<{value}>") == f"<{value}>"
    assert scrub.warnings == (f"DB_PASSWORD is not masked in output: {reason}",)


def test_an_address_with_a_weak_password_is_masked_whole_with_a_warning() -> None:
    scrub = scrubber(URL="postgres://postgres:postgres@localhost/app")
    assert scrub.text("postgres") == "postgres"
    assert scrub.text("postgres://postgres:postgres@localhost/app") == "[REDACTED:URL]"
    assert scrub.warnings == ("the password inside URL is not masked alone: it is a common word",)


def test_an_empty_value_is_nothing_to_mask() -> None:
    scrub = scrubber(A="", B=" \n")
    assert (scrub.names, scrub.warnings) == ((), ())
    assert scrubber(A=KEY).warnings == ()


# ── colour ────────────────────────────────────────────────────────────────────────────────────


@ENGINES
def test_colour_codes_inside_a_value_do_not_hide_it_and_are_kept(engine: str) -> None:
    scrub = scrubber(engine, A=ODD)
    coloured = "\x1b[33m" + ODD.replace("%d", "\x1b[94m%d\x1b[39;49;00m") + "\x1b[0m!"
    assert scrub.text(coloured) == ("\x1b[33m[REDACTED:A]\x1b[94m\x1b[39;49;00m\x1b[0m!")
    spelled = "".join(f"\x1b[1m{c}\x1b[0m" for c in KEY)
    assert not pieces_in(KEY, scrubber(engine, A=KEY).text(spelled).replace("\x1b[1m", ""), 2)
    numbers = "38" * 10 + "1234567"
    assert "[REDACTED:A]" in scrubber(engine, A=numbers).text(f"\x1b[{numbers}m")


# ── failing ───────────────────────────────────────────────────────────────────────────────────


def test_if_scrubbing_fails_no_text_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    scrub = scrubber(A=KEY)
    index = scrub.index()
    assert index is not None

    def broken(data: bytes) -> list[int]:
        raise RuntimeError(data.decode())

    monkeypatch.setattr(index._engine, "candidates", broken)
    stream = scrub.stream()
    said = "[REDACTED: credcheck could not scrub this text]"
    assert scrub.text(KEY + " and more") == said
    assert scrub.data(KEY.encode()) == said.encode()
    assert stream.feed(KEY.encode() + b"x" * 8) == said.encode()
    assert stream.held == 0
    assert scrub.failures == 3


def test_the_literal_that_repr_gives_is_what_is_masked() -> None:
    # the encodings above are those of Python itself, not of this test
    assert ast.literal_eval(repr(ODD)) == ODD
