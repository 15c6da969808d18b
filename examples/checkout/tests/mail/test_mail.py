"""Receipts by mail, in SendGrid's sandbox mode: checked, and never sent.

The suite `mail` of credcheck.toml names this folder, so no test needs the decorator.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from checkout import mail
from python_http_client.exceptions import BadRequestsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sendgrid
    from checkout.cart import Cart


@pytest.fixture
def api(secrets: Mapping[str, str]) -> sendgrid.SendGridAPIClient:
    return mail.client(secrets["SENDGRID_TEST_KEY"], os.environ.get("SENDGRID_API_BASE"))


def test_a_receipt_is_accepted(cart: Cart, api: sendgrid.SendGridAPIClient) -> None:
    # the sandbox answers 200, where a mail that is really sent would get 202
    assert mail.send_receipt(cart, "ann@example.com", api, sandbox=True) == 200


def test_a_receipt_to_nobody_is_refused(cart: Cart, api: sendgrid.SendGridAPIClient) -> None:
    with pytest.raises(BadRequestsError):
        mail.send_receipt(cart, "nobody", api, sandbox=True)


def test_two_receipts_are_accepted(cart: Cart, api: sendgrid.SendGridAPIClient) -> None:
    for to in ("ann@example.com", "bob@example.com"):
        assert mail.send_receipt(cart, to, api, sandbox=True) == 200
