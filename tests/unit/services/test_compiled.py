"""What is generated from the service files says what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from credcheck.services import _data, all_services, build, load_service, service_ids
from credcheck.services.tables import parse_service

if TYPE_CHECKING:
    from pathlib import Path

TABLES = build.read_tables()


@pytest.mark.parametrize("name", ["_index.py", "_data.py"])
def test_what_is_generated_is_what_the_files_give(name: str) -> None:
    assert (build.FOLDER / name).read_text(encoding="utf-8") == build.render()[name]


def test_one_command_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "acme.toml").write_text("name = 'Acme'\n")
    rendered = build.render(tmp_path)
    monkeypatch.setattr(build, "FOLDER", tmp_path)
    monkeypatch.setattr(build, "render", lambda: rendered)
    build.main()
    assert sorted(rendered) == ["_data.py", "_index.py"]
    for name, text in rendered.items():
        assert (tmp_path / name).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("service_id", service_ids())
def test_a_service_is_read_as_its_file_says(service_id: str) -> None:
    assert load_service(service_id) == parse_service(service_id, TABLES[service_id])


def test_every_field_survives_the_compiled_form(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {
        "name": 'Ac"me\\', "sandbox-exists": False, "env": ["A"], "endpoints": ["B"],
        "sources": ["C"], "online": "D", "hosts": {"production": ["p.acme.io"], "either": ["e.io"]},
        "kinds": [
            {"id": "plain"},
            {
                "id": "full", "what": "key", "exposure": "public", "confidence": "guess",
                "test": ["t_"], "live": ["l_"], "bare": ["b_"], "tail": "hex{4}",
                "test-shapes": ["'T' hex{4}"], "bare-shapes": ["uuid"], "unmarked": "live",
                "pair": ["plain"], "by-host": True, "client-side": True, "emulator": True,
                "checksum": "base62-crc32", "foreign-tails": ["x", "y"], "structure": "jwt",
                "test-claims": ["a=b"], "live-claims": ["c=d"], "claim-host": "h.io", "note": "n",
            },
            {"id": "token", "structure": "macaroon", "test-claims": ["a=b"]},
        ],
        "dummies": [
            {"parts": ["du", "mmy"], "what": "w", "kind": "full", "endpoint": "loopback"},
            {"parts": ["o"], "proves": "nothing"},
        ],
    }  # fmt: skip
    space: dict[str, dict[str, str]] = {}
    exec(build.render_data({"acme": table}), space)
    monkeypatch.setitem(_data.SERVICES, "acme", space["SERVICES"]["acme"])
    from credcheck.services.compiled import decode_service

    assert decode_service("acme") == parse_service("acme", table)


def test_a_text_of_several_lines_cannot_be_compiled() -> None:
    with pytest.raises(ValueError, match="must be one line without tabs"):
        build.render_data({"acme": {"name": "Acme", "notes": "one\ntwo"}})


def test_every_mistake_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text("nam = 'Acme'\n")
    (tmp_path / "beta.toml").write_text("name = \n")
    with pytest.raises(ValueError, match=r"acme\.nam: unknown key .*'name'(?s:.*)beta\.toml: "):
        build.read_tables(tmp_path)


def test_one_declared_service_is_all_that_is_read() -> None:
    code = (
        "import sys\n"
        "from credcheck import services\n"
        "services.load_service('stripe')\n"
        "print(sorted(services._loaded), 'tomllib' in sys.modules)\n"
        "print('credcheck.services.tables' in sys.modules)\n"
    )
    env = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines() == ["['stripe'] False", "False"]


def test_no_whole_key_stands_in_what_is_generated() -> None:
    texts = list(build.render().values())
    texts += [path.read_text(encoding="utf-8") for path in build.FOLDER.glob("*.toml")]
    markers = {
        form.prefix
        for service in all_services()
        for kind in service.kinds
        for form in kind.forms
        if len(form.prefix) >= 4
    }
    whole = re.compile(f"(?:{'|'.join(map(re.escape, markers))})[A-Za-z0-9]{{16}}")
    found = {hit[0] for text in texts for hit in whole.finditer(text)}
    # PyPI's marker holds a host in base64, and begins like a shorter one
    assert [key for key in found if not any(m.startswith(key) for m in markers)] == []
    dummies = [value for service in all_services() for value in service.dummies]
    assert [value for value in dummies if len(value) >= 20 and value in "".join(texts)] == []
