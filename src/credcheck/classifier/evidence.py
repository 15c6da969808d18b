"""Everything that is known of one value before it is judged."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from credcheck.classifier.normalize import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credcheck.classifier.dsn import Place
    from credcheck.classifier.rules import Rules
    from credcheck.services import Service

MAX_PLACES_LENGTH = 65_536  # connection strings are short; a key file of megabytes is none


class Evidence:
    """A value, its service, its companions and the operator's lists."""

    def __init__(
        self, value: str, service: Service | None, companions: Mapping[str, str], rules: Rules
    ) -> None:
        self.value = value
        self.service = service
        self.companions = companions
        self.rules = rules
        self.text = clean(value)

    @property
    def service_id(self) -> str | None:
        """The id of the service, if one is known."""
        return self.service.id if self.service else None

    @property
    def title(self) -> str:
        """The name of the service, for sentences."""
        return self.service.name if self.service else "no service"

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The URLs and connection strings in it."""
        if len(self.text) > MAX_PLACES_LENGTH or not ("://" in self.text or "=" in self.text):
            return ()
        from credcheck.classifier.dsn import places

        return places(self.text)

    @cached_property
    def endpoints(self) -> tuple[Place, ...]:
        """Where the companions say that the value will be sent."""
        named = self.service.endpoints if self.service else ()
        found = [clean(text) for name in named if (text := self.companions.get(name, "")).strip()]
        if not found:
            return ()
        from credcheck.classifier.dsn import places

        return tuple(
            place
            for text in found
            for place in places(text if "://" in text else f"https://{text}")
        )

    @cached_property
    def others(self) -> tuple[str, ...]:
        """The other credentials of the service in the same environment."""
        named = self.service.env if self.service else ()
        return tuple(
            text
            for name in named
            if (text := self.companions.get(name, "")).strip() and clean(text) != self.text
        )
