"""The draft as files: the manifest and `.env.test.example`; no value stands in either."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from credcheck.drafting.draft import Draft, DraftSecret

REFERENCE = "https://pytest-credcheck.readthedocs.io/en/stable/reference/manifest.html"
_PLACES = 3  # named in a comment


def manifest_text(draft: Draft, *, prefix: str = "") -> str:
    """Give the manifest.

    Args:
        draft: what it says.
        prefix: `tool.credcheck` where it goes into a `pyproject.toml`.
    """
    return "\n".join(_manifest_lines(draft, f"{prefix}." if prefix else "", prefix)) + "\n"


def _manifest_lines(draft: Draft, below: str, table: str) -> Iterator[str]:
    yield "# Which credentials the tests need, and which tests need them. No value stands here."
    yield "# Written by `credcheck init`; change it as you like, then run `credcheck check`."
    yield f"# Every key: {REFERENCE}"
    if table:
        yield f"[{table}]"
    yield "# In CI a missing credential fails its tests; a developer, or a fork, skips them."
    yield 'on-missing = { local = "skip", fork = "skip", ci = "fail" }'
    if not draft.secrets:
        yield ""
        yield "# Nothing here names a credential yet. A declaration looks like this:"
        yield f"# [{below}secrets.STRIPE_TEST_KEY]"
        yield '# service     = "stripe"'
        yield '# description = "Stripe secret key, test mode"'
    for secret in draft.secrets:
        yield ""
        yield from _secret_lines(secret, below)
    for suite in draft.suites:
        yield ""
        yield "# These tests read the environment themselves, so the whole suite waits for it."
        yield f"[{below}suites.{_key(suite.name)}]"
        yield f"requires = {_list(suite.requires)}"
        yield f"paths    = {_list(suite.paths)}"


def _secret_lines(secret: DraftSecret, below: str) -> Iterator[str]:
    more = len(secret.places) - _PLACES
    told = ", ".join(secret.places[:_PLACES]) + (f" and {more} more" if more > 0 else "")
    yield f"# named in {told}"
    for place in secret.live_in:
        yield f"# {place} holds a production credential: tests need another one"
    yield f"[{below}secrets.{_key(secret.name)}]"
    pairs = [
        ("service", secret.service),
        ("description", secret.description),
        ("obtain", secret.obtain),
        ("vault", secret.vault),
        ("aws", secret.aws),
        ("keyring", secret.keyring),
    ]
    width = max((len(key) for key, value in pairs if value), default=0)
    if secret.service is None:
        yield '# service = "…"   # whose is it? `credcheck services` lists the vendors'
    for key, value in pairs:
        if value:
            yield f"{key:<{width}} = {_quoted(value)}"
    if secret.file:
        yield f"{'file':<{width}} = true   # the value is the path of a file"


def example_text(draft: Draft) -> str:
    """Give `.env.test.example`: every name, without a value."""
    lines = [
        "# The test credentials of this project, without their values.",
        "# `credcheck bootstrap --from-example` makes .env.test of it, and asks for the rest.",
    ]
    for secret in draft.secrets:
        lines.append("")
        lines += [f"# {text}" for text in (secret.description, secret.obtain) if text]
        lines.append(f"{secret.name}=")
    return "\n".join(lines) + "\n"


def _list(items: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, items))}]"


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if plain else _quoted(name)


def _quoted(text: str) -> str:
    """Write a TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
