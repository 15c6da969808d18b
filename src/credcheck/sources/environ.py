"""The process environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, final

from credcheck.model import Absent, Empty, Found, Health, Held
from credcheck.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from credcheck.model import Answer, Context, Manifest, Request, SecretSpec


@final
class EnvironSource:
    """Answers from the environment that the door handed in.

    `Found` for the first of the secret's names that is set and not blank, `Empty` when one is set
    to nothing (how a fork sees a withheld secret), `Absent` otherwise.
    """

    name = "env"

    def __init__(self, environ: Mapping[str, str]) -> None:
        # one for each name, so that it is judged once
        self._secrets = {name: Secret(value) for name, value in environ.items()}

    @classmethod
    def open(cls, manifest: Manifest, context: Context) -> Self:  # noqa: ARG003
        """Take the environment of the context."""
        return cls(context.environ)

    def fetch(self, requests: Sequence[Request]) -> Mapping[str, Answer]:
        """Look every name up."""
        return {request.name: self._look_up(request.spec) for request in requests}

    def holdings(self) -> Sequence[Held]:
        """Give every variable."""
        return [
            Held(name=name, secret=secret, location=f"variable {name}")
            for name, secret in self._secrets.items()
        ]

    def health(self) -> Health:
        """Say how many variables there are: it is always there."""
        return Health(status="ok", detail=f"{len(self._secrets)} variables", elapsed_ms=0.0)

    def _look_up(self, spec: SecretSpec) -> Answer:
        answer: Answer = Absent()
        for name in spec.names:
            secret = self._secrets.get(name)
            if secret is None:
                continue
            # `docker --env-file` keeps quotes, so that `NAME=""` arrives as two characters
            if secret.reveal().strip() not in {"", '""', "''"}:
                return Found(secret=secret, location=f"variable {name}")
            answer = Empty(f"{name} is set, but empty")
        return answer
