"""Everything that is known of one value before it is judged."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from credcheck.classifier.normalize import clean, readings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credcheck.classifier.dsn import Place
    from credcheck.classifier.rules import Rules
    from credcheck.services import Service


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

    @property
    def is_plain(self) -> bool:
        """Tell whether it is ASCII without control characters, as every key is."""
        return self.text.isascii() and self.text.isprintable()

    @property
    def is_one_text(self) -> bool:
        """Tell whether it may be one credential as it stands: a plain text, or a PEM block."""
        return self.is_plain or (self.text.isascii() and self.text.startswith("-----BEGIN "))

    @property
    def leads_somewhere(self) -> bool:
        """Tell whether a database or any place at all may be meant."""
        return self.service_id in {None, "database_url"}

    @cached_property
    def readings(self) -> list[str]:
        """The texts in which something live may stand."""
        return readings(self.value)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The URLs and connection strings in it."""
        bare = self.service_id == "database_url"
        if not bare and not any(char in self.text for char in ":=@"):
            return ()
        from credcheck.classifier.dsn import places

        return places(self.text, bare=bare)

    @cached_property
    def hidden_places(self) -> tuple[Place, ...]:
        """Those behind escapes, encodings and invisible characters."""
        texts = dict.fromkeys(clean(text) for text in self.readings if _may_lead(text))
        texts.pop(self.text, None)
        if not texts:
            return ()
        from credcheck.classifier.dsn import places

        return tuple(place for text in texts for place in places(text))

    @cached_property
    def endpoints(self) -> tuple[Place, ...]:
        """Where the companions say that the value will be sent."""
        named = self.service.endpoints if self.service else ()
        texts = [text for name in named if (text := clean(self.companions.get(name, "")))]
        if not texts:
            return ()
        from credcheck.classifier.dsn import places

        return tuple(
            place
            for text in texts
            for place in places(text if "://" in text else f"https://{text}")
        )

    @cached_property
    def others(self) -> tuple[str, ...]:
        """The other credentials of the service in the same environment."""
        named = self.service.env if self.service and self.companions else ()
        return tuple(
            text
            for name in named
            if (text := self.companions.get(name, "")).strip() and clean(text) != self.text
        )


def _may_lead(text: str) -> bool:
    """Tell whether an address can stand in a reading; what was decoded by chance is no ASCII."""
    if "://" in text or text.isascii():
        return True
    low = text.lower()
    return any(word in low for word in ("host", "server", "source", "addr"))
