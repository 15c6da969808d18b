"""Tests that replay a cassette run without their credential; by pytest-recording itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from credcheck.pytest_plugin.playback import dummy_of
from credcheck.services import load_service, service_ids
from credcheck.services.shape import fits
from servers.finding import missing
from support.keys import stripe_live, stripe_test
from support.projects import broker_for, write_project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MANIFEST = """
on-missing = "fail"
[secrets.STRIPE_TEST_KEY]
service = "stripe"
[secrets.OTHER_KEY]
"""
TESTS = """
import urllib.request

import pytest
from credcheck import require_secret


def charge(key):
    headers = {"Authorization": f"Bearer {key}"}
    request = urllib.request.Request("http://api.example.com/v1/charges", headers=headers)
    return urllib.request.urlopen(request, timeout=5).read()


@pytest.mark.vcr
@require_secret("STRIPE_TEST_KEY")
def test_charge(secrets):
    open("seen", "w").write(secrets["STRIPE_TEST_KEY"])
    assert secrets.require("STRIPE_TEST_KEY") == secrets["STRIPE_TEST_KEY"]
    assert charge(secrets["STRIPE_TEST_KEY"]) == b"played back"


class TestRefund:
    @pytest.mark.vcr
    @require_secret("STRIPE_TEST_KEY")
    @pytest.mark.parametrize("amount", ["1/2"])
    def test_refund(self, secrets, amount):
        assert charge(secrets["STRIPE_TEST_KEY"]) == b"played back"
"""
CASSETTE = """
interactions:
- request:
    body: null
    headers: {}
    method: GET
    uri: http://api.example.com/v1/charges
  response:
    body: {string: played back}
    headers: {}
    status: {code: 200, message: OK}
version: 1
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    if find_spec("pytest_recording") is None:
        missing("pytest-recording", "uv sync --group plugins")
    write_project(tmp_path, MANIFEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_pay.py").write_text(TESTS)
    folder = tmp_path / "cassettes" / "test_pay"
    folder.mkdir(parents=True)
    for name in ("test_charge", "TestRefund.test_refund[1-2]"):
        (folder / f"{name}.yaml").write_text(CASSETTE)
    return tmp_path


def run(project: Path, *words: str, **more: str) -> tuple[int, Mapping[str, int], str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "PYTHONPATH"}}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", *words]
    done = subprocess.run(
        command, cwd=project, env={**kept, **more}, capture_output=True, text=True
    )
    last = done.stdout.strip().splitlines()[-1]
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", last)}
    return done.returncode, counts, done.stdout


@pytest.mark.parametrize("mode", [(), ("--record-mode=none",), ("-n", "2"), ("--block-network",)])
def test_with_a_cassette_and_nothing_to_record_a_dummy_is_enough(
    project: Path, mode: tuple[str, ...]
) -> None:
    code, counts, out = run(project, *mode)
    assert (code, counts.get("passed")) == (0, 2), out
    seen = (project / "seen").read_text()
    (kind, *_) = load_service("stripe").kinds
    (form, *_) = [form for form in kind.forms if form.mode == "test"]
    assert seen.startswith(form.prefix)
    assert fits(form.tail, seen, len(form.prefix))


@pytest.mark.parametrize(
    "mode", ["once", "new_episodes", "all", "rewrite"], ids=lambda mode: f"record-{mode}"
)
def test_where_something_could_be_recorded_the_credential_is_needed(
    project: Path, mode: str
) -> None:
    code, counts, out = run(project, f"--record-mode={mode}")
    assert (code, counts.get("errors")) == (1, 2), out
    assert "STRIPE_TEST_KEY is absent" in out


def test_without_its_cassette_the_credential_is_needed(project: Path) -> None:
    (project / "cassettes" / "test_pay" / "test_charge.yaml").unlink()
    code, counts, out = run(project)
    assert (code, counts.get("passed"), counts.get("error")) == (1, 1, 1), out


def test_with_recording_switched_off_the_credential_is_needed(project: Path) -> None:
    assert run(project, "--disable-recording")[1].get("errors") == 2


def test_a_mark_of_another_mode_needs_the_credential(project: Path) -> None:
    text = TESTS.replace("@pytest.mark.vcr\n@req", '@pytest.mark.vcr(record_mode="once")\n@req')
    (project / "test_pay.py").write_text(text)
    assert run(project)[1] == {"passed": 1, "error": 1}


def test_a_cassette_of_another_name_is_found(project: Path) -> None:
    folder = project / "cassettes" / "test_pay"
    (folder / "test_charge.yaml").rename(folder / "shared.yaml")
    text = TESTS.replace(
        "@pytest.mark.vcr\n@req", '@pytest.mark.vcr\n@pytest.mark.default_cassette("shared")\n@req'
    )
    (project / "test_pay.py").write_text(text)
    assert run(project)[1] == {"passed": 2}


def test_a_credential_that_is_there_is_used(project: Path) -> None:
    assert run(project, STRIPE_TEST_KEY=stripe_test(5))[1] == {"passed": 2}
    assert (project / "seen").read_text() == stripe_test(5)


def test_a_live_key_ends_the_run_with_or_without_cassettes(project: Path) -> None:
    assert run(project, STRIPE_TEST_KEY=stripe_live(5))[0] == 3


def test_a_dummy_of_every_service_has_the_shape_of_its_test_keys(tmp_path: Path) -> None:
    for service_id in service_ids():
        (tmp_path / "credcheck.toml").write_text(f'[secrets.A]\nservice = "{service_id}"\n')
        dummy = dummy_of(broker_for(tmp_path), "A")
        service = load_service(service_id)
        forms = [f for kind in service.kinds if not kind.client_side for f in kind.forms]
        fitting = [
            form
            for form in forms
            if dummy.startswith(form.prefix) and fits(form.tail, dummy, len(form.prefix))
        ]
        usable = any(form.mode in {"test", "bare"} for form in forms)
        assert bool(fitting) or not usable, service_id
        assert "live" not in {form.mode for form in fitting if form.prefix}, service_id


def test_a_secret_without_a_service_gets_a_word(tmp_path: Path) -> None:
    write_project(tmp_path, "[secrets.OTHER_KEY]\n")
    assert dummy_of(broker_for(tmp_path), "OTHER_KEY") == "credcheck-playback-dummy"
