"""Everything that the tests are configured by, in one typed class."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import AnyHttpUrl, BaseModel, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from credcheck.settings import CredcheckSettings


class Stripe(BaseModel):
    """Payments. The key itself says that it is a test one; the address leads elsewhere if set."""

    api_base: AnyHttpUrl | None = None


class Mail(BaseModel):
    """Confirmation mails. In the sandbox nothing is sent."""

    sandbox: bool = True
    sender: str = "tests@example.com"


class Features(BaseModel):
    """Flags, so that the same tests run with a feature on and off."""

    new_checkout: bool = False
    receipts: Literal["text", "pdf"] = "text"


class TestConfig(CredcheckSettings):
    """`TestConfig()` resolves and judges; a production credential raises, whatever it is for.

    A secret that some tests can do without is optional here: those tests are skipped by their
    suite, and the others get their configuration all the same.
    """

    __test__: ClassVar[bool] = False  # not a class of tests, whatever its name

    model_config = SettingsConfigDict(env_nested_delimiter="__")

    database_url: SecretStr = SecretStr("sqlite:///:memory:")
    stripe_key: SecretStr | None = Field(None, alias="STRIPE_TEST_KEY")
    mail_key: SecretStr | None = Field(None, alias="SENDGRID_TEST_KEY")
    stripe: Stripe = Stripe()
    mail: Mail = Mail()
    features: Features = Features()
