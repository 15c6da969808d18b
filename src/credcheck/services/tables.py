"""The table of a service, as a vendor's file and a project's manifest write it: check and read.

The same schema serves the shipped files and ``[tool.credcheck.services.NAME]``. Its keys stand
here, by the table that holds them; what each means is told in the reference of the manifest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from credcheck.errors import ManifestError, suggest
from credcheck.services.probe import PROBE_KEYS, check_probe
from credcheck.services.schema import Claims, Dummy, Form, Hosts, Kind, Service
from credcheck.services.shape import parse_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    At = tuple[str | int, ...]
    Mistake = tuple[At, str]
    Nearest = Callable[[str, Sequence[str]], str]

CHECKSUMS = ("base62-crc32",)
STRUCTURES = ("jwt", "macaroon")
CLAIMS = ("test-claims", "live-claims")
MODES = ("test", "live", "bare")
_STRINGS: tuple[str, ...] = ()

SERVICE_KEYS: dict[str, object] = {
    "name": "", "category": "", "sandbox-exists": True, "env": _STRINGS, "endpoints": _STRINGS,
    "obtain": "", "sources": _STRINGS, "checked": "", "online": "", "notes": "", "hosts": {},
    "kinds": [], "dummies": [], "probe": {}, "examples": [],
}  # fmt: skip
HOST_KEYS: dict[str, object] = {"sandbox": _STRINGS, "production": _STRINGS, "either": _STRINGS}
KIND_KEYS: dict[str, object] = {
    "id": "", "what": "", "exposure": ("secret", "public"),
    "confidence": ("documented", "widely observed", "guess"), "test": _STRINGS, "live": _STRINGS,
    "bare": _STRINGS, "tail": "", "test-shapes": _STRINGS, "live-shapes": _STRINGS,
    "bare-shapes": _STRINGS, "unmarked": ("unknown", "live"), "pair": _STRINGS, "by-host": False,
    "client-side": False, "emulator": False, "checksum": CHECKSUMS, "foreign-tails": _STRINGS,
    "structure": STRUCTURES, "test-claims": _STRINGS, "live-claims": _STRINGS, "claim-host": "",
    "note": "",
}  # fmt: skip
DUMMY_KEYS: dict[str, object] = {
    "parts": _STRINGS, "what": "", "kind": "", "endpoint": "", "proves": ("test", "nothing"),
}  # fmt: skip
EXAMPLE_KEYS: dict[str, object] = {"kind": "", "mode": ("test", "live", "unknown"), "pieces": []}
_TYPES = {str: "a string", bool: "true or false", dict: "a table", list: "a list"}


# ── check ─────────────────────────────────────────────────────────────────────────────────────


def check_service(service_id: str, table: Mapping[str, object]) -> list[str]:
    """List what is wrong with a service's table; each line names the key."""
    return [f"services.{service_id}{_path(at)}: {message}" for at, message in find_mistakes(table)]


def find_mistakes(table: Mapping[str, Any], nearest: Nearest = suggest) -> Iterator[Mistake]:
    """Give what is wrong with a service's table: the path to the key, and a sentence.

    No text of the table but keys of the schema ever stands in a sentence.

    Args:
        table: the table, whatever it holds.
        nearest: gives a did-you-mean for an unknown key.
    """
    yield from _check((), table, SERVICE_KEYS, nearest)
    for key, keys in (("hosts", HOST_KEYS), ("probe", PROBE_KEYS)):
        inner = table.get(key)
        if isinstance(inner, dict):
            yield from _check((key,), inner, keys, nearest)
    for key, keys in (("kinds", KIND_KEYS), ("dummies", DUMMY_KEYS), ("examples", EXAMPLE_KEYS)):
        for number, row in enumerate(_listed(table, key)):
            if isinstance(row, dict):
                yield from _check((key, number), row, keys, nearest)
            else:
                yield (key, number), "must be a table"
    ids = [row.get("id") for _, row in _rows(table, "kinds")]
    for number, row in _rows(table, "kinds"):
        for check in (_check_ids(row, ids), _check_claims(row), _check_shapes(row)):
            yield from ((("kinds", number, *at), message) for at, message in check)
    yield from _check_markers(table)
    yield from _check_rows(table, ids)
    if isinstance(table.get("probe"), dict):
        yield from ((("probe", *at), text) for at, text in check_probe(table["probe"], ids))


def _check(
    at: At, table: Mapping[str, object], keys: Mapping[str, object], nearest: Nearest
) -> Iterator[Mistake]:
    for key, value in table.items():
        if key not in keys:
            yield (*at, key), f"unknown key{nearest(key, tuple(keys))}"
            continue
        wanted = keys[key]
        if isinstance(wanted, tuple) and wanted:
            if value not in wanted:
                yield (*at, key), f"must be one of {', '.join(map(str, wanted))}"
        elif isinstance(wanted, tuple):
            if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
                yield (*at, key), "must be a list of strings"
        elif not isinstance(value, type(wanted)):
            yield (*at, key), f"must be {_TYPES[type(wanted)]}"


def _check_ids(row: Mapping[str, Any], ids: Sequence[object]) -> Iterator[Mistake]:
    if not row.get("id"):
        yield ("id",), "is missing"
    elif ids.count(row["id"]) > 1:
        yield ("id",), "is the id of another kind too"
    for index, name in enumerate(_listed(row, "pair")):
        if name not in ids:
            yield ("pair", index), "names no kind of the service"


def _check_claims(row: Mapping[str, Any]) -> Iterator[Mistake]:
    claims = [(key, n, claim) for key in CLAIMS for n, claim in enumerate(_listed(row, key))]
    if "structure" not in row and (claims or "claim-host" in row):
        yield ("structure",), "is missing, and the claims need it"
    for key, index, claim in claims:
        if "=" not in str(claim):
            yield (key, index), "a claim is written name=value"


def _check_shapes(row: Mapping[str, Any]) -> Iterator[Mistake]:
    shapes: list[tuple[At, object]] = [(("tail",), row["tail"])] if "tail" in row else []
    for mode in MODES:
        if row.get(mode) and "tail" not in row:
            yield ("tail",), f"is missing, and {mode} needs it"
        key = f"{mode}-shapes"
        shapes += [((key, index), shape) for index, shape in enumerate(_listed(row, key))]
    for at, shape in shapes:
        try:
            parse_shape(str(shape))
        except ValueError as error:
            yield at, str(error)


def _check_markers(table: Mapping[str, Any]) -> Iterator[Mistake]:
    """A marker that means two things means nothing."""
    rows = list(_rows(table, "kinds"))
    test = {str(marker) for _, row in rows for marker in _listed(row, "test")}
    for number, row in rows:
        for index, marker in enumerate(_listed(row, "live")):
            if str(marker) in test:
                yield ("kinds", number, "live", index), "stands under test too"


def _check_rows(table: Mapping[str, Any], ids: Sequence[object]) -> Iterator[Mistake]:
    for key, needed in (("dummies", ("parts",)), ("examples", ("kind", "mode", "pieces"))):
        for number, row in _rows(table, key):
            yield from (((key, number, name), "is missing") for name in needed if name not in row)
            if row.get("kind") is not None and row["kind"] not in ids:
                yield (key, number, "kind"), "names no kind of the service"


def _rows(table: Mapping[str, Any], key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    return ((n, row) for n, row in enumerate(_listed(table, key)) if isinstance(row, dict))


def _listed(row: Mapping[str, Any], key: str) -> list[Any]:
    """Give a list, or an empty one where something else stands, which is told elsewhere."""
    value = row.get(key, [])
    return value if isinstance(value, list) else []


def _path(at: At) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in at)


# ── read ──────────────────────────────────────────────────────────────────────────────────────


def parse_service(service_id: str, table: Mapping[str, Any], *, checked: bool = False) -> Service:
    """Make a service from its table.

    ``checked`` says that nothing is wrong with it.

    Raises:
        ManifestError: the table does not fit the schema; every mistake at once.
    """
    problems = [] if checked else check_service(service_id, table)
    if problems:
        raise ManifestError(problems, "see the reference of the manifest: services.NAME")
    hosts = table.get("hosts", {})
    dummies = map(_dummy, table.get("dummies", ()))
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
        hosts=Hosts(*(tuple(hosts.get(key, ())) for key in HOST_KEYS)),
        kinds=tuple(map(_kind, table.get("kinds", ()))),
        dummies={dummy.value: dummy for dummy in dummies},
        notes=table.get("notes", ""),
        online=table.get("online", ""),
    )


def _kind(row: Mapping[str, Any]) -> Kind:
    forms: list[Form] = []
    tail = parse_shape(row["tail"]) if "tail" in row else None
    for mode in MODES:
        if tail is not None:
            forms += [Form(prefix, tail, mode) for prefix in row.get(mode, ())]
        forms += [Form("", parse_shape(shape), mode) for shape in row.get(f"{mode}-shapes", ())]
    return Kind(
        id=row["id"],
        what=row.get("what", row["id"].replace("-", " ")),
        exposure=row.get("exposure", "secret"),
        confidence=row.get("confidence", "documented"),
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
