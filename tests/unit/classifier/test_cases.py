"""The public cases: values, and the verdict that a careful reader gives."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from credcheck.classifier import classify
from credcheck.services import service_ids
from support.cases import Maker

DATA = Path(__file__).parents[2] / "data" / "classifier_cases.toml"
CASES: list[dict[str, Any]] = tomllib.loads(DATA.read_text(encoding="utf-8"))["case"]
KNOWN = [c for c in CASES if c.get("service") in {*service_ids(), None}]


def test_every_service_of_the_cases_is_here() -> None:
    assert [case["id"] for case in CASES if case not in KNOWN] == []


@pytest.mark.parametrize("case", KNOWN, ids=[case["id"] for case in KNOWN])
def test_the_verdict_is_that_of_a_careful_reader(case: dict[str, Any]) -> None:
    maker = Maker(case["id"])
    value = maker.value(case["pieces"])
    companions = {name: maker.value(p) for name, p in case.get("companions", {}).items()}
    verdict = classify(value, case.get("service"), companions)
    wanted = case["mode"] if isinstance(case["mode"], list) else [case["mode"]]
    assert verdict.mode in wanted, verdict.reason
    if case.get("placeholder"):
        assert verdict.placeholder
    said = verdict.reason + str(verdict.warnings)
    shown = [
        part[n : n + 8]
        for part in maker.generated
        for n in range(len(part) - 7)
        if part[n : n + 8] in said
    ]
    assert shown == []
