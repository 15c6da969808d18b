"""Everything below this folder talks to a real server or runs a whole process."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
# installed for the tests that name them; the other runs are to be quick and plain
OTHERS = (
    "allure_pytest anyio asyncio django html html_fixtures metadata pytest-bdd pytest_jsonreport "
    "pytest_reportlog recording rerunfailures rich sugar"
)


@pytest.fixture(autouse=True)
def few_plugins(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "pytester" in request.fixturenames:
        request.getfixturevalue("pytester")  # it takes the variable away
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(f"-p no:{name}" for name in OTHERS.split()))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.integration)
