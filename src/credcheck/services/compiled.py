"""The shipped services out of their compiled form, which one of them at a time is read from.

TOML is for people: reading 150 files of it takes longer than everything else together. So
``python -m credcheck.services.build`` writes them as lines of fields with tabs between them
(`_data.py`), and a test holds that both say the same. The letters that a line begins with:

    n  name, category, sandbox-exists, obtain, checked, notes, online
    e  env    u  endpoints    s  sources    h, p, x  hosts: sandbox, production, either
    k  a kind: id, what, exposure, confidence, unmarked, flags, checksum, note
    t, l, b  a form of the kind before: prefix, shape    r  its pair    f  its foreign tails
    c  structure, claim-host    ct, cl  test and live claims
    d  a dummy: what, kind, endpoint, proves, and its parts
"""

from __future__ import annotations

from credcheck.services import _data
from credcheck.services.schema import Claims, Dummy, Form, Hosts, Kind, Service
from credcheck.services.shape import Shape, parse_shape

_BLANK = [""] * 8  # empty fields at the end of a line are left out
_MODES = {"t": "test", "l": "live", "b": "bare"}
_OF_KIND = frozenset((*_MODES, "r", "f", "c", "ct", "cl"))
_shapes: dict[str, Shape] = {}  # many kinds share one


def decode_service(service_id: str) -> Service:
    """Make a service from its compiled form.

    Raises:
        KeyError: no shipped service has this id.
    """
    lists: dict[str, tuple[str, ...]] = {}
    kinds: list[list[list[str]]] = []
    dummies: dict[str, Dummy] = {}
    rows = [line.split("\t") for line in _data.SERVICES[service_id][1:-1].split("\n")]
    _, name, category, sandbox, obtain, checked, notes, online = (rows[0] + _BLANK)[:8]
    for row in rows[1:]:
        letter = row[0]
        if letter == "k":
            kinds.append([row])
        elif letter in _OF_KIND:
            kinds[-1].append(row)
        elif letter == "d":
            _, what, kind, endpoint, proves, *parts = row
            value = "".join(parts)
            dummies[value] = Dummy(value, what, kind or None, endpoint or None, proves)
        else:
            lists[letter] = tuple(row[1:])
    return Service(
        id=service_id,
        name=name,
        category=category,
        sandbox_exists=sandbox == "1",
        env=lists.get("e", ()),
        obtain=obtain,
        sources=lists.get("s", ()),
        checked=checked,
        endpoints=lists.get("u", ()),
        hosts=Hosts(lists.get("h", ()), lists.get("p", ()), lists.get("x", ())),
        kinds=tuple(map(_kind, kinds)),
        dummies=dummies,
        notes=notes,
        online=online,
    )


def _kind(rows: list[list[str]]) -> Kind:
    _, kind_id, what, exposure, confidence, unmarked, flags, checksum, note = (rows[0] + _BLANK)[:9]
    forms: list[Form] = []
    lists: dict[str, tuple[str, ...]] = {}
    for row in rows[1:]:
        mode = _MODES.get(row[0])
        if mode is not None:
            forms.append(Form(row[1], _shape(row[2]), mode))
        else:
            lists[row[0]] = tuple(row[1:])
    claims = None
    if "c" in lists:
        structure, host = (*lists["c"], "")[:2]
        claims = Claims(structure, lists.get("ct", ()), lists.get("cl", ()), host)
    pair, foreign_tails = lists.get("r", ()), lists.get("f", ())
    by_host, client_side, emulator = ("h" in flags, "c" in flags, "e" in flags)
    return Kind(
        kind_id, what, exposure, confidence, tuple(forms), unmarked, pair, by_host, client_side,
        emulator, checksum or None, foreign_tails, note, claims,
    )  # fmt: skip


def _shape(text: str) -> Shape:
    shape = _shapes.get(text)
    if shape is None:
        shape = _shapes[text] = parse_shape(text)
    return shape
