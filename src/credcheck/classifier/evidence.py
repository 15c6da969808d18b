"""Everything that is known of one value before it is judged."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from credcheck.classifier.normalize import clean, readings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credcheck.classifier.place import Place
    from credcheck.classifier.rules import Rules
    from credcheck.classifier.tokens import Token
    from credcheck.services import Service


class Evidence:
    """A value, its service, its companions and the operator's lists."""

    def __init__(
        self,
        value: str,
        services: tuple[Service, ...],
        companions: Mapping[str, str],
        rules: Rules,
    ) -> None:
        self.value = value
        self.service = services[0] if services else None
        self.services = services  # a project's own description, then the shipped one
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
        plain = clean(self.readings[0])
        listed = self.service is None and _is_host_list(plain)
        if self.service_id == "database_url" and plain not in {self.text, *texts}:
            listed = True  # a bare host is a place there, with invisible characters in it too
        if not texts and not listed:
            return ()
        from credcheck.classifier.dsn import places

        found = [place for text in texts for place in places(text)]
        return (*found, *(places(plain, bare=True) if listed else ()))

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The web tokens and macaroons in it, also behind escapes and encodings."""
        texts = [text for text in self.readings if "eyJ" in text or "AgE" in text]
        if not texts:
            return ()
        from credcheck.classifier.tokens import read_tokens

        return tuple(dict.fromkeys(token for text in texts for token in read_tokens(text)))

    @cached_property
    def token(self) -> Token | None:
        """The one token that stands in the plain value, or None."""
        if not self.tokens or not self.is_plain:
            return None
        from credcheck.classifier.tokens import read_tokens

        found = list(read_tokens(self.text))
        return found[0] if len(found) == 1 else None

    @cached_property
    def endpoints(self) -> tuple[Place, ...]:
        """Where the companions say that the value will be sent."""
        named = self.service.endpoints if self.service else ()
        texts = [text for name in named if (text := clean(self.companions.get(name, "")))]
        if not texts:
            return ()
        from credcheck.classifier.dsn import places

        found: list[Place] = []
        for text in texts:
            found += places(text if "://" in text else f"https://{text}")
            for other in _repaired(text):
                found += (place._replace(odd=True) for place in places(other))
        return tuple(found)

    @cached_property
    def others(self) -> tuple[str, ...]:
        """The other credentials of the service in the same environment."""
        named = self.service.env if self.service and self.companions else ()
        return tuple(
            text
            for name in named
            if (text := self.companions.get(name, "")).strip() and clean(text) != self.text
        )


def _repaired(text: str) -> set[str]:
    """Give the addresses that a lenient reader finds in an endpoint that is none as it stands."""
    texts = readings(text)[:2] if "%" in text or "\\" in text or not text.isascii() else [text]
    found = set()
    for reading in texts:
        address = reading.replace("\\", "/")
        scheme, colon, rest = address.partition(":")
        if colon and scheme.lower() in {"http", "https"}:
            found.add(address if rest[:2] == "//" else f"https://{rest.lstrip('/')}")
        else:
            found.add(f"https://{address.lstrip('/')}")
    return found - {text, f"https://{text}"}


_ADDRESS_WORDS = (
    "host", "server", "source", "addr", "endpoint", "database", "dbname", "catalog", "service",
    "account",
)  # fmt: skip


def _may_lead(text: str) -> bool:
    """Tell whether an address can stand in a reading; what is decoded by chance has no mark."""
    if "://" in text or '":' in text or ("@" in text and ("(" in text or "/" in text)):
        return True
    return "=" in text and any(word in text.lower() for word in _ADDRESS_WORDS)


_HOST_LIST = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:,[]"


def _is_host_list(text: str) -> bool:
    """Tell whether a text is `host:port,host:port`, each with its port."""
    if ":" not in text or text.strip(_HOST_LIST):
        return False
    return all(part.rpartition(":")[2].isdecimal() for part in text.split(","))
