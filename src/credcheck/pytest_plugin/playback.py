"""Tests that replay a recorded cassette need no credential: they get a dummy of its shape.

pytest-recording decides what is replayed: a test marked `vcr`, whose cassette exists, in the record
mode `none`, sends no request. Source: pytest-recording 0.14, `plugin.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pytest

    from credcheck.broker import Broker
    from credcheck.services import Kind

_FORBIDDEN = r"<>?%*:|\"'/\\"  # what pytest-recording replaces in the name of a cassette
_SUFFIXES = (".yaml", ".yml", ".json")


def is_replayed(item: pytest.Item) -> bool:
    """Tell whether a test replays a cassette that is there, and can record nothing.

    A project that overrides the fixtures `vcr_cassette_dir` or `default_cassette_name` is not
    understood: its tests are then decided as all others.
    """
    marks = list(item.iter_markers("vcr"))
    if not marks or not item.config.pluginmanager.has_plugin("recording"):
        return False
    if item.config.getoption("--disable-recording", default=False):
        return False
    asked = item.config.getoption("--record-mode", default=None)
    of_marks = (mark.kwargs.get("record_mode") for mark in marks)
    mode = asked or next((word for word in of_marks if word), "none")
    return mode == "none" and _cassette(item).exists()


def _cassette(item: pytest.Item) -> Path:
    """Give the file that pytest-recording would replay."""
    folder = item.path.parent / "cassettes" / item.path.stem
    named = item.get_closest_marker("default_cassette")
    if named is not None and named.args:
        name = str(named.args[0])
    else:
        owner = getattr(item, "cls", None)
        name = f"{owner.__name__}.{item.name}" if owner else item.name
        name = "".join("-" if char in _FORBIDDEN else char for char in name)
    path = folder / name
    if path.suffix in _SUFFIXES:
        return path
    found = (path.with_name(path.name + suffix) for suffix in _SUFFIXES)
    return next((file for file in found if file.exists()), path)


def dummies_for(broker: Broker, names: Iterable[str]) -> dict[str, str]:
    """Make a dummy for each of these secrets that is not ready.

    It has the shape of a test key of the secret's service, so that a client takes it; it says
    nothing and opens nothing.
    """
    return {name: dummy_of(broker, name) for name in names if broker.status(name).state != "ready"}


def dummy_of(broker: Broker, name: str) -> str:
    """Make one dummy."""
    from credcheck.services import load_service, service_ids

    service = broker.status(name).service
    if service is None or service not in service_ids():
        return "credcheck-playback-dummy"
    kinds = [kind for kind in load_service(service).kinds if not kind.client_side]
    for mode in ("test", "bare"):
        for kind in kinds:
            made = _shaped(kind, mode)
            if made:
                return made
    return "credcheck-playback-dummy"


def _shaped(kind: Kind, mode: str) -> str:
    """Write the shortest value of a kind's form, each alphabet from its beginning."""
    form = next((form for form in kind.forms if form.mode == mode), None)
    if form is None:
        return ""
    text = form.prefix
    for literal, alphabet, least, _ in form.tail.pieces:
        letters = alphabet or "abcdefghijklmnopqrstuvwxyz"
        text += literal if literal is not None else (letters * (least // len(letters) + 1))[:least]
    return text
