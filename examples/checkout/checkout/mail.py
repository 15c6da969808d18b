"""The confirmation mail, with SendGrid."""

from __future__ import annotations

import os

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient
from sendgrid.helpers.mail import Mail, MailSettings, SandBoxMode

SENDGRID_API = "https://api.sendgrid.com"
SENDER = "orders@shop.example"


class MailError(Exception):
    """SendGrid did not take the mail."""


class Mailer:
    """Sends confirmations; in ``sandbox`` mode SendGrid checks the mail and delivers nothing."""

    def __init__(self, api_key: str, *, sandbox: bool = False) -> None:
        base = os.environ.get("SENDGRID_API_BASE", SENDGRID_API)
        self._client = SendGridAPIClient(api_key, host=base)
        self._sandbox = sandbox

    def send_confirmation(self, to: str, order_id: str, receipt: str) -> int:
        """Send the receipt; gives SendGrid's status: 202 accepted, or 200 in sandbox mode."""
        mail = Mail(
            from_email=SENDER,
            to_emails=to,
            subject=f"Your order {order_id}",
            plain_text_content=receipt,
        )
        mail.mail_settings = MailSettings(sandbox_mode=SandBoxMode(self._sandbox))
        try:
            status: int = self._client.send(mail).status_code
        except HTTPError as error:
            raise MailError(f"SendGrid answered {error.status_code} for {order_id}") from error
        return status
