from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from credcheck.bootstrap.asking import ask
from credcheck.bootstrap.planning import make_plan
from credcheck.bootstrap.terminal import Unreadable
from credcheck.secret import Secret
from support.keys import stripe_live, stripe_test, tail
from support.projects import broker_for, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from credcheck.bootstrap.planning import Step

MANIFEST = """
[secrets.STRIPE_TEST_KEY]
service = "stripe"
description = "Stripe secret key"
obtain = "https://dashboard.stripe.com/test/apikeys"

[secrets.PLAID_CLIENT_ID]
[secrets.OTHER]

[suites.payments]
requires = ["STRIPE_TEST_KEY"]
"""


class Person:
    """Gives the answers in order, and remembers what was told."""

    def __init__(self, *answers: str | type[Exception]) -> None:
        self.answers = list(answers)
        self.told: list[str] = []
        self.prompts: list[str] = []

    def read(self, step: Step, prompt: str) -> str:
        self.prompts.append(prompt)
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            return answer
        raise answer

    @property
    def heard(self) -> str:
        return "\n".join(self.told)


def asked(root: Path, person: Person, manifest: str = MANIFEST, **environ: str) -> dict[str, str]:
    write_project(root, manifest)
    broker = broker_for(root, environ)
    plan = make_plan(broker.manifest, broker.report(), ())
    answers = ask(plan, broker.judge, beside={}, read=person.read, tell=person.told.append)
    assert person.answers == []
    return {name: secret.reveal() for name, secret in answers.items()}


def test_a_question_says_what_is_wanted_for_what_and_where_to_get_it(tmp_path: Path) -> None:
    person = Person(stripe_test())
    assert asked(tmp_path, person) == {"STRIPE_TEST_KEY": stripe_test()}
    assert person.told == [
        "",
        "STRIPE_TEST_KEY: Stripe secret key",
        "  needed by  payments",
        "  get one    https://dashboard.stripe.com/test/apikeys",
        "  begins     sk_test_ or rk_test_ or pk_test_ or sk_org_test_",
        "  taken: a Stripe secret API key in test mode, marked sk_" + "test_",
    ]
    assert person.prompts == ["  STRIPE_TEST_KEY (empty leaves it out): "]


def test_a_live_key_is_refused_and_asked_for_again(tmp_path: Path) -> None:
    person = Person(stripe_live(), stripe_live(8), stripe_test())
    assert asked(tmp_path, person) == {"STRIPE_TEST_KEY": stripe_test()}
    assert person.heard.count("This is a production credential") == 2
    assert stripe_live()[8:16] not in person.heard
    assert len(person.prompts) == 3


def test_a_malformed_one_is_explained_and_asked_for_again(tmp_path: Path) -> None:
    person = Person("not-a-stripe-key-at-all", "changeme", "")
    assert asked(tmp_path, person) == {}
    assert "This does not prove to be a test credential" in person.heard
    assert "This stands for no value" in person.heard
    assert "not-a-stripe" not in person.heard


@pytest.mark.parametrize("form", ["  {}\n", "STRIPE_TEST_KEY={}"])
def test_what_comes_with_it_when_it_is_copied_is_no_part_of_it(tmp_path: Path, form: str) -> None:
    person = Person(form.format(stripe_test()))
    assert asked(tmp_path, person) == {"STRIPE_TEST_KEY": stripe_test()}


def test_a_line_that_did_not_arrive_whole_is_not_taken(tmp_path: Path) -> None:
    person = Person(Unreadable, stripe_test())
    assert asked(tmp_path, person) == {"STRIPE_TEST_KEY": stripe_test()}
    assert len(person.prompts) == 2


def test_the_end_of_the_input_is_not_an_answer(tmp_path: Path) -> None:
    with pytest.raises(EOFError):
        asked(tmp_path, Person(EOFError))


def test_the_rest_of_a_group_is_not_asked_for_once_one_is_there(tmp_path: Path) -> None:
    manifest = "[secrets.A]\n[secrets.B]\n[secrets.C]\n[suites.s]\nany-of = [['A', 'B', 'C']]\n"
    person = Person("", "a-value-for-b-7631")
    assert asked(tmp_path, person, manifest) == {"B": "a-value-for-b-7631"}


def test_the_second_half_of_a_live_pair_is_refused(tmp_path: Path) -> None:
    manifest = (
        "[secrets.AWS_SECRET_ACCESS_KEY]\nservice = 'aws'\n"
        "[secrets.AWS_ACCESS_KEY_ID]\nservice = 'aws'\n"
        "[refuse]\naws-accounts = ['999999999999']\n"
    )
    from support.keys import aws_key_id

    person = Person(tail(40), aws_key_id("999999999999"), "")
    assert asked(tmp_path, person, manifest) == {"AWS_SECRET_ACCESS_KEY": tail(40)}
    assert "This is a production credential" in person.heard


def test_an_answer_is_judged_beside_the_others(tmp_path: Path) -> None:
    """The endpoint of the same environment decides about a key that carries no mode."""
    write_project(tmp_path, MANIFEST)
    broker = broker_for(tmp_path)
    secret = Secret(stripe_test())
    alone = broker.judge("STRIPE_TEST_KEY", secret, {})
    beside = broker.judge("STRIPE_TEST_KEY", secret, {"STRIPE_SECRET_KEY": Secret(stripe_live())})
    assert (alone.state, beside.state) == ("ready", "live")
    assert broker.resolved() == ()


def test_what_makes_an_earlier_answer_live_is_not_taken(tmp_path: Path) -> None:
    manifest = (
        "[secrets.STRIPE_TEST_KEY]\nservice = 'stripe'\n"
        "[secrets.STRIPE_SECRET_KEY]\nservice = 'acme'\n[services.acme]\nname = 'Acme'\n"
    )
    person = Person(stripe_test(), stripe_live(), "")
    assert asked(tmp_path, person, manifest) == {"STRIPE_TEST_KEY": stripe_test()}
    assert "is a production credential" in person.heard


def test_a_service_of_the_projects_own_has_no_markers_to_show(tmp_path: Path) -> None:
    manifest = "[secrets.ACME_KEY]\nservice = 'acme'\n[services.acme]\nname = 'Acme'\n"
    person = Person("")
    asked(tmp_path, person, manifest)
    assert "begins" not in person.heard
