"""What is known of one vendor's keys, as frozen data, and the check of the table that holds it.

The same schema serves the shipped files and a project's own ``[tool.credcheck.services.NAME]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from credcheck.errors import ManifestError, suggest
from credcheck.services.shape import Shape, parse_shape

if TYPE_CHECKING:
    from collections.abc import Mapping

LONG = 7  # a marker of this length may be searched anywhere in a value
SHORT = 4  # one under this length counts only with the full shape behind it
CHECKSUMS = ("base62-crc32",)
STRUCTURES = ("jwt", "macaroon")


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


_STRINGS: tuple[str, ...] = ()
_SERVICE_KEYS: dict[str, object] = {
    "name": "", "category": "", "sandbox-exists": True, "env": _STRINGS, "obtain": "",
    "sources": _STRINGS, "checked": "", "endpoints": _STRINGS, "hosts": {}, "kinds": [],
    "dummies": [], "examples": [], "notes": "", "online": "", "probe": {},
}  # fmt: skip
_KIND_KEYS: dict[str, object] = {
    "id": "", "what": "", "exposure": ("secret", "public"),
    "confidence": ("documented", "widely observed", "guess"), "test": _STRINGS, "live": _STRINGS,
    "bare": _STRINGS, "tail": "", "test-shapes": _STRINGS, "live-shapes": _STRINGS,
    "bare-shapes": _STRINGS, "unmarked": ("unknown", "live"), "pair": _STRINGS, "by-host": False,
    "client-side": False, "emulator": False, "checksum": CHECKSUMS, "foreign-tails": _STRINGS,
    "note": "", "structure": STRUCTURES, "test-claims": _STRINGS, "live-claims": _STRINGS,
    "claim-host": "",
}  # fmt: skip
_DUMMY_KEYS: dict[str, object] = {
    "parts": _STRINGS, "what": "", "kind": "", "endpoint": "", "proves": ("test", "nothing"),
}  # fmt: skip
_HOST_KEYS: dict[str, object] = {"sandbox": _STRINGS, "production": _STRINGS, "either": _STRINGS}
_EXAMPLE_KEYS: dict[str, object] = {"kind": "", "mode": ("test", "live", "unknown"), "pieces": []}
_FORMS = (("test", "test"), ("live", "live"), ("bare", "bare"))


def check_service(service_id: str, table: Mapping[str, object], where: str = "") -> list[str]:
    """List what is wrong with a service's table; each line names the key."""
    where = where or f"services.{service_id}"
    problems: list[str] = []
    _check(table, _SERVICE_KEYS, where, problems)
    for key, keys in (("kinds", _KIND_KEYS), ("dummies", _DUMMY_KEYS), ("examples", _EXAMPLE_KEYS)):
        rows = table.get(key, [])
        for number, row in enumerate(rows if isinstance(rows, list) else [], start=1):
            place = f"{where}.{key}[{number}]"
            if not isinstance(row, dict):
                problems.append(f"{place}: must be a table")
                continue
            _check(row, keys, place, problems)
            if key == "kinds":
                _check_kind(row, place, problems)
            if key == "dummies" and "parts" not in row:
                problems.append(f"{place}.parts: is missing")
    hosts = table.get("hosts", {})
    if isinstance(hosts, dict):
        _check(hosts, _HOST_KEYS, f"{where}.hosts", problems)
    probe = table.get("probe")
    if isinstance(probe, dict):
        from credcheck.services.probe import PROBE_KEYS, check_probe

        _check(probe, PROBE_KEYS, f"{where}.probe", problems)
        problems += check_probe(probe, table.get("kinds"), f"{where}.probe")
    return problems


def _check(
    table: Mapping[str, object], keys: Mapping[str, object], where: str, problems: list[str]
) -> None:
    for key, value in table.items():
        if key not in keys:
            problems.append(f"{where}.{key}: unknown key{suggest(key, list(keys))}")
            continue
        wanted = keys[key]
        if isinstance(wanted, tuple) and wanted:
            if value not in wanted:
                problems.append(f"{where}.{key}: must be one of {', '.join(map(str, wanted))}")
        elif isinstance(wanted, tuple):
            if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
                problems.append(f"{where}.{key}: must be a list of strings")
        elif not isinstance(value, type(wanted)):
            name = {str: "a string", bool: "true or false", dict: "a table", list: "a list"}
            problems.append(f"{where}.{key}: must be {name[type(wanted)]}")


def _check_kind(row: Mapping[str, Any], where: str, problems: list[str]) -> None:
    if not isinstance(row.get("id"), str):
        problems.append(f"{where}.id: is missing")
    claims = (*_listed(row, "test-claims"), *_listed(row, "live-claims"))
    if (claims or "claim-host" in row) and "structure" not in row:
        problems.append(f"{where}.structure: is missing, and the claims need it")
    problems += [
        f"{where}: the claim {claim!r} must be written name=value"
        for claim in claims
        if "=" not in str(claim)
    ]
    shapes = [("tail", row["tail"])] if "tail" in row else []
    for _, name in _FORMS:
        if row.get(name) and "tail" not in row:
            problems.append(f"{where}.tail: is missing, and {name} needs it")
        shapes += [(f"{name}-shapes", shape) for shape in _listed(row, f"{name}-shapes")]
    for key, shape in shapes:
        try:
            parse_shape(str(shape))
        except ValueError as error:
            problems.append(f"{where}.{key}: {error}")


def _listed(row: Mapping[str, Any], key: str) -> list[Any]:
    """Give a list, or an empty one where something else stands, which was told before."""
    value = row.get(key, [])
    return value if isinstance(value, list) else []


def parse_service(service_id: str, table: Mapping[str, Any], *, checked: bool = False) -> Service:
    """Make a service from its table.

    ``checked`` says that the table is a shipped one, which the tests have checked.

    Raises:
        ManifestError: the table does not fit the schema; every mistake at once.
    """
    problems = [] if checked else check_service(service_id, table)
    if problems:
        raise ManifestError(problems, "see the reference of the service schema")
    hosts = table.get("hosts", {})
    confidence = "documented"
    dummies = [_dummy(row) for row in table.get("dummies", ())]
    return Service(
        id=service_id,
        name=table.get("name", service_id),
        category=table.get("category", ""),
        sandbox_exists=table.get("sandbox-exists", True),
        env=tuple(table.get("env", ())),
        obtain=table.get("obtain", ""),
        sources=tuple(table.get("sources", ())),
        checked=table.get("checked", ""),
        endpoints=tuple(table.get("endpoints", ())),
        hosts=Hosts(*(tuple(hosts.get(key, ())) for key in _HOST_KEYS)),
        kinds=tuple(_kind(row, confidence) for row in table.get("kinds", ())),
        dummies={dummy.value: dummy for dummy in dummies},
        notes=table.get("notes", ""),
    )


def _kind(row: Mapping[str, Any], confidence: str) -> Kind:
    forms: list[Form] = []
    tail = parse_shape(row["tail"]) if "tail" in row else None
    for mode, key in _FORMS:
        if tail is not None:
            forms += [Form(prefix, tail, mode) for prefix in row.get(key, ())]
        forms += [Form("", parse_shape(shape), mode) for shape in row.get(f"{key}-shapes", ())]
    return Kind(
        id=row["id"],
        what=row.get("what", row["id"].replace("-", " ")),
        exposure=row.get("exposure", "secret"),
        confidence=row.get("confidence", confidence),
        forms=tuple(forms),
        unmarked=row.get("unmarked", "unknown"),
        pair=tuple(row.get("pair", ())),
        by_host=row.get("by-host", False),
        client_side=row.get("client-side", False),
        emulator=row.get("emulator", False),
        checksum=row.get("checksum"),
        foreign_tails=tuple(row.get("foreign-tails", ())),
        note=row.get("note", ""),
        claims=_claims(row) if "structure" in row else None,
    )


def _claims(row: Mapping[str, Any]) -> Claims:
    return Claims(
        structure=row["structure"],
        test=tuple(row.get("test-claims", ())),
        live=tuple(row.get("live-claims", ())),
        host=row.get("claim-host", ""),
    )


def _dummy(row: Mapping[str, Any]) -> Dummy:
    return Dummy(
        value="".join(row["parts"]),
        what=row.get("what", ""),
        kind=row.get("kind"),
        endpoint=row.get("endpoint"),
        proves=row.get("proves", "test"),
    )
