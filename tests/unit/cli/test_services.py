from __future__ import annotations

import pytest

from credcheck.cli import main
from credcheck.services import service_ids


def test_the_list_has_a_line_for_every_service(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["services"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(service_ids())
    told = {line.split()[0]: line for line in lines}
    assert told["stripe"].endswith("test keys are marked")
    assert told["paypal"].endswith("the endpoint decides")
    assert told["sendgrid"].endswith("keys carry no mode")


@pytest.mark.parametrize("name", service_ids())
def test_every_service_has_a_page(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main(["services", name]) == 0
    out = capsys.readouterr().out
    assert f"({name})" in out
    assert "looked at on " in out


def test_a_page_tells_the_marks_of_each_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["services", "omise"]) == 0
    out = capsys.readouterr().out
    assert "  secret-key: secret key\n    test     skey_test_…\n    live     skey_…\n" in out
    assert main(["services", "paypal"]) == 0
    assert "    carries no mode; the endpoint decides\n" in capsys.readouterr().out


def test_an_unknown_service_is_an_error_with_a_suggestion(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["services", "strpe"]) == 2
    assert "there is no service 'strpe' (did you mean 'stripe'?)" in capsys.readouterr().err
