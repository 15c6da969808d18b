"""Typed settings whose values credcheck resolves and judges, on pydantic-settings.

    from pydantic import SecretStr
    from credcheck.settings import CredcheckSettings

    class TestConfig(CredcheckSettings):
        stripe_test_key: SecretStr
        feature_new_checkout: bool = False

Arguments win, then what is resolved. A field whose variable the manifest declares, or whose type is
`SecretStr`, is a secret: it is searched for in every source and judged. Any other field is an
ordinary setting: it is read from `.env.test` and the environment. A production credential raises
:class:`credcheck.errors.Refused`, wherever it stands. An error of pydantic shows no value.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, get_args, get_origin

import pydantic
from pydantic import PrivateAttr, SecretBytes, SecretStr, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict, SettingsError

from credcheck.broker import Broker
from credcheck.classifier import live_marker
from credcheck.errors import NotReady, Refused
from credcheck.scrubber import Scrubber

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic_settings import PydanticBaseSettingsSource

    from credcheck.secret import Secret

__all__ = ["CredcheckSettings", "CredcheckSettingsSource"]

MASK = "[REDACTED]"
_MASKED = (SecretStr, SecretBytes, pydantic.Secret)
_SHOWN = (*_MASKED, bool, type(None))  # these show no value


class CredcheckSettingsSource(EnvSettingsSource):
    """Gives pydantic-settings what a broker resolves, under the names that it would look for.

    Prefixes, aliases, nested models and their delimiter are those of the settings class's
    `model_config`, as for environment variables.

    Args:
        settings_cls: the class whose fields are wanted.
        broker: resolves; by default one for the manifest that is found from the working directory.

    Raises:
        Refused: there is a production credential.
        UsageError: the manifest or `.env.test` is wrong.
    """

    def __init__(self, settings_cls: type[BaseSettings], broker: Broker | None = None) -> None:
        self.broker = broker if broker is not None else Broker.load()
        self.missing: list[NotReady] = []
        self.scrubber = Scrubber()
        self.secret_keys: set[str] = set()
        super().__init__(settings_cls)

    @property
    def secret_fields(self) -> frozenset[str]:
        """Give the names of the fields whose values are secrets, or hold some."""
        return frozenset(
            name
            for name, field in self.settings_cls.model_fields.items()
            for _, variable, _ in self._extract_field_info(field, name)
            if any(self._belongs(key, variable) for key in self.secret_keys)
        )

    def _belongs(self, key: str, variable: str) -> bool:
        """Tell whether a variable is that of a field, or goes into its nested model."""
        delimiter = self.config.get("env_nested_delimiter")
        return key == variable or bool(delimiter and key.startswith(f"{variable}{delimiter}"))

    def _load_env_vars(self) -> Mapping[str, str | None]:
        """Take the place of the environment, where pydantic-settings reads it."""
        wanted = dict(self._wanted())
        variables = self.broker.variables()
        specs = self.broker.manifest.secrets.values()
        owners = {name: spec.name for spec in specs for name in spec.names}
        names = {self._key(name): name for name in (*variables, *owners)}
        found: dict[str, str | None] = {}
        secrets: dict[str, set[str]] = {}
        for key in {*names, *wanted}:
            is_secret = self._is_wanted(key, wanted)
            name = names.get(key) or (key if self.case_sensitive else key.upper())
            if is_secret is None:
                continue
            if is_secret or name in owners:
                secrets.setdefault(owners.get(name, name), set()).add(key)
            elif name in variables:
                found[key] = self._ordinary(name, variables[name])
        self.broker.resolve(secrets)
        for refusal in self.broker.refusals():
            raise Refused(refusal.secret or "", refusal.message, refusal.hint)
        for name, keys in secrets.items():
            self.secret_keys |= keys
            try:
                found.update(dict.fromkeys(keys, self.broker[name]))
                self.scrubber.add(name, self.broker[name])
            except NotReady as error:
                self.missing.append(error)
        return {key: value for key, value in found.items() if value or not self.env_ignore_empty}

    def _key(self, name: str) -> str:
        return name if self.case_sensitive else name.lower()

    def _wanted(self) -> Iterator[tuple[str, bool]]:
        """Give the variables that the fields may have, and whether the type says secret."""
        for name, field in self.settings_cls.model_fields.items():
            for _, variable, _ in self._extract_field_info(field, name):
                yield variable, _holds_a_secret(field.annotation)

    def _is_wanted(self, key: str, wanted: Mapping[str, bool]) -> bool | None:
        """Tell whether a variable belongs to a field, and is a secret; None if it does not.

        What belongs into a nested model is a secret if the manifest says so.
        """
        if key in wanted:
            return wanted[key]
        return False if any(self._belongs(key, name) for name in wanted) else None

    def _ordinary(self, name: str, secret: Secret) -> str:
        value = secret.reveal()
        reason = live_marker(value)
        if reason:
            raise Refused(
                name, f"{name} is a production credential: {reason}", f"take {name} out of there"
            )
        return value


def _holds_a_secret(annotation: object) -> bool:
    """Tell whether a type is `SecretStr` or `Secret[…]`, or may be: `SecretStr | None`."""
    kind = get_origin(annotation) or annotation
    if isinstance(kind, type) and issubclass(kind, _MASKED):
        return True
    return any(_holds_a_secret(argument) for argument in get_args(annotation))


class CredcheckSettings(BaseSettings):
    """A base class for settings: arguments win, then what credcheck resolves.

    ``credcheck_broker`` may name a broker of your own; nothing else needs to be said. Values of
    secrets belong into fields of type `SecretStr`; other fields that hold one are masked in the
    `repr` of the settings all the same.

    Raises:
        ValidationError: a field is missing or wrong. Neither its text nor its `errors()` hold a
            value; its notes say who was asked for a missing secret, and what to do.
        Refused: there is a production credential.
        UsageError: the manifest or `.env.test` is wrong.
    """

    model_config = SettingsConfigDict(hide_input_in_errors=True, extra="ignore")

    credcheck_broker: ClassVar[Broker | None] = None

    _credcheck_hidden: frozenset[str] = PrivateAttr(default=frozenset())

    def __init__(self, **values: Any) -> None:
        sources: list[CredcheckSettingsSource] = []
        token = _made.set(sources)
        try:
            super().__init__(**values)
        except ValidationError as error:
            told = _without_values(error, sources)
        except SettingsError as error:
            # its cause is the parser's error, which holds the text
            raise SettingsError(str(error)) from None
        else:
            self._credcheck_hidden = frozenset().union(*(s.secret_fields for s in sources))
            return
        finally:
            _made.reset(token)
        raise told

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Give the sources in their order; the environment and `.env.test` are in ours."""
        source = CredcheckSettingsSource(settings_cls, cls.credcheck_broker)
        _made.get([]).append(source)
        return init_settings, source, file_secret_settings

    def __repr_args__(self) -> Any:
        """Mask what stands under the names of secrets; `SecretStr` masks itself."""
        for name, value in super().__repr_args__():
            hidden = name in self._credcheck_hidden and not isinstance(value, _SHOWN)
            yield name, MASK if hidden else value


# the sources of the settings that are being made
_made: ContextVar[list[CredcheckSettingsSource]] = ContextVar("_made")


def _without_values(
    error: ValidationError, sources: Sequence[CredcheckSettingsSource]
) -> ValidationError:
    """Give the same error without the inputs, which `errors()` and `json()` would show.

    What a validator of the class says of a value is scrubbed; notes say what became of the secrets
    that are missing.
    """

    def clean(text: str) -> str:
        for source in sources:
            text = source.scrubber.text(text)
        return text

    details = [
        InitErrorDetails(
            type=PydanticCustomError(one["type"], "{told}", {"told": clean(one["msg"])}),
            loc=one["loc"],
            input=MASK,
        )
        for one in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    told = ValidationError.from_exception_data(error.title, details, hide_input=True)
    for source in sources:
        for missing in source.missing:
            told.add_note(str(missing))
    return told
