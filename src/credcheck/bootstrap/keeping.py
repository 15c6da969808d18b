"""Where values are kept: `.env.test`, or the keyring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.envfile import check_place, store
from credcheck.errors import CommandLineError
from credcheck.exposure import exposure_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path
    from typing import Protocol

    from credcheck.model import Manifest
    from credcheck.secret import Secret

    class Keeper(Protocol):
        """A place for values."""

        label: str

        def check(self, names: Collection[str]) -> None:
            """Make sure that values can be kept."""

        def keep(self, values: Mapping[str, Secret]) -> None:
            """Keep them."""


EXAMPLE = ".env.test.example"


class DotenvKeeper:
    """Keeps values in the manifest's `.env.test`.

    Args:
        manifest: names the file.
        template: the text that a new file begins with, such as `.env.test.example`'s.
    """

    def __init__(self, manifest: Manifest, template: str = "") -> None:
        self.label = str(manifest.options.get("dotenv", {}).get("path", ".env.test"))
        self.path = manifest.root / self.label
        self._manifest = manifest
        self._template = template

    def check(self, names: Collection[str]) -> None:  # noqa: ARG002
        """Make sure that values can be kept, before anybody is asked for one.

        Raises:
            UsageError: they cannot, or nobody would look for them there.
        """
        if "dotenv" not in self._manifest.sources:
            raise CommandLineError(
                f"the manifest's sources do not name dotenv, so {self.label} would not be read",
                'add it: sources = ["dotenv", …], or use --store keyring',
            )
        check_place(self.path, self.label, self._manifest.root)

    def keep(self, values: Mapping[str, Secret]) -> None:
        """Write them.

        Raises:
            DotenvError: the file cannot be written; it is as it was.
        """
        store(self.path, self.label, self._manifest.root, values, template=self._template)

    def is_loose(self) -> bool:
        """Tell whether others can read the file."""
        return exposure_of(self.path).readable_by_others


class KeyringKeeper:
    """Keeps values in the operating system's keyring, under the names that the source looks for."""

    def __init__(self, manifest: Manifest) -> None:
        given = manifest.options.get("keyring", {}).get("service")
        self.service = str(given or f"credcheck/{manifest.project}")
        self.label = "the keyring"
        self._manifest = manifest

    def check(self, names: Collection[str]) -> None:
        """Make sure that there is a keyring, and that the manifest looks into it.

        Raises:
            CommandLineError: there is none, or it would not be asked for a secret.
        """
        if "keyring" not in self._manifest.sources:
            raise CommandLineError(
                "the manifest's sources do not name keyring, so it would not be asked",
                'add it: sources = ["dotenv", "env", "keyring", …]',
            )
        if "keyring" not in self._manifest.options:
            unplaced = [name for name in names if not self._user(name)]
            if unplaced:
                raise CommandLineError(
                    f"the manifest does not look into the keyring for {', '.join(unplaced)}",
                    f'add a table [keyring], or keyring = "…" under [secrets.{unplaced[0]}]',
                )
        import keyring
        from keyring.backends import fail, null

        try:
            backend = keyring.get_keyring()
        except Exception as error:  # noqa: BLE001  # a backend can raise anything when it is chosen
            kind = type(error).__name__
            raise CommandLineError(
                f"the keyring that is configured does not work ({kind})", "keyring diagnose"
            ) from None
        if isinstance(backend, fail.Keyring | null.Keyring):
            raise CommandLineError("this machine has no keyring", "use --store dotenv")

    def keep(self, values: Mapping[str, Secret]) -> None:
        """Write each value, and read it back.

        Raises:
            CommandLineError: the keyring did not take one; those before it are kept.
        """
        import keyring

        for name, secret in values.items():
            user = self._user(name) or name
            try:
                keyring.set_password(self.service, user, secret.reveal())
                kept = keyring.get_password(self.service, user) == secret.reveal()
            except Exception as error:  # noqa: BLE001  # backends raise what their libraries raise
                kind = type(error).__name__
                raise CommandLineError(
                    f"the keyring did not take {name} ({kind})", "keyring diagnose"
                ) from None
            if not kept:
                raise CommandLineError(
                    f"the keyring did not keep {name} exactly", "use --store dotenv"
                )

    def _user(self, name: str) -> str:
        spec = self._manifest.secrets.get(name)
        return (spec.keyring or "") if spec else ""


def read_example(root: Path) -> str:
    """Give the text of `.env.test.example`.

    Raises:
        CommandLineError: there is none.
        DotenvError: it is no dotenv file.
    """
    from credcheck.sources.dotenv import parse, read_text

    path = root / EXAMPLE
    if not path.exists():
        raise CommandLineError(f"there is no {EXAMPLE}", "credcheck init writes one")
    text = read_text(path, EXAMPLE, root)
    parse(text, EXAMPLE)
    return text
