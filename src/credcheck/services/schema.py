"""What is known of one vendor's keys, as frozen data."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credcheck.services.shape import Shape

LONG = 7  # a marker of this length may be searched anywhere in a value
SHORT = 4  # one under this length counts only with the full shape behind it


class Form(NamedTuple):
    """One way to write a kind: its literal prefix, what follows, and what that proves."""

    prefix: str
    tail: Shape
    mode: str  # "test", "live" or "bare"


class Claims(NamedTuple):
    """What the fields inside a structured value prove; each is written ``name=value``."""

    structure: str  # "jwt" or "macaroon"
    test: tuple[str, ...]
    live: tuple[str, ...]
    host: str  # the host that the value is for, with claims in braces: ``{ref}.supabase.co``


class Kind(NamedTuple):
    """One kind of credential of a service."""

    id: str
    what: str
    exposure: str  # "secret" or "public"
    confidence: str  # "documented", "widely observed" or "guess"
    forms: tuple[Form, ...]
    unmarked: str  # what a value without a marker is: "live" or "unknown"
    pair: tuple[str, ...] = ()  # the kinds beside it that carry its mode
    by_host: bool = False  # the endpoint beside it tells the mode
    client_side: bool = False  # made to be published in a page or an app
    emulator: bool = False  # only a local imitation of the service issues it
    checksum: str | None = None
    foreign_tails: tuple[str, ...] = ()  # how another vendor's value starts behind the same prefix
    note: str = ""
    claims: Claims | None = None

    def is_live(self, form: Form) -> bool:
        """Tell whether a value of a form is live: by its mark, or because it has none."""
        return form.mode == "live" or (form.mode == "bare" and self.unmarked == "live")


class Hosts(NamedTuple):
    """Where the service answers: host names (`*.` is one label or more), or host and path.

    ``either`` are the exceptions to ``production`` that are no sandbox: they prove nothing.
    """

    sandbox: tuple[str, ...] = ()
    production: tuple[str, ...] = ()
    either: tuple[str, ...] = ()


class Dummy(NamedTuple):
    """A value that the vendor prints in public; it counts whole, and at its endpoint only."""

    value: str
    what: str
    kind: str | None = None
    endpoint: str | None = None  # "loopback", or a host name
    proves: str = "test"


class Service(NamedTuple):
    """Everything known of one vendor's keys."""

    id: str
    name: str
    category: str
    sandbox_exists: bool
    env: tuple[str, ...]
    obtain: str
    sources: tuple[str, ...]
    checked: str
    endpoints: tuple[str, ...]
    hosts: Hosts
    kinds: tuple[Kind, ...]
    dummies: Mapping[str, Dummy]
    notes: str = ""
    online: str = ""  # how the vendor itself can be asked

    @property
    def marks_test(self) -> bool:
        """Tell whether some kind shows by itself that it is a test key; a guess does not count."""
        return any(
            (kind.claims is not None and kind.claims.test)
            or any(form.mode == "test" for form in kind.forms)
            for kind in self.kinds
            if not kind.emulator and kind.confidence != "guess"
        )

    def kind(self, kind_id: str | None) -> Kind | None:
        """Give one kind by its id."""
        return next((k for k in self.kinds if k.id == kind_id), None)
