"""The profile that the AWS SDKs and the AWS command use if nobody says which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.ambient.world import Leads, read_ini, shown
from credcheck.classifier.aws import account_of, role_account

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from credcheck.ambient.world import World

_MOST_SOURCES = 5  # profiles that name another one as their source


def look(world: World) -> Iterator[Leads]:
    """Tell whether the profile belongs to, or assumes a role in, a refused account.

    Of the credentials file only the account inside the access key id is looked at.
    """
    refused = world.refuse.aws_accounts
    if not refused:
        return
    name = (
        world.environ.get("AWS_PROFILE") or world.environ.get("AWS_DEFAULT_PROFILE") or "default"
    ).strip()
    profiles = _profiles(world)
    for _ in range(_MOST_SOURCES):
        profile = profiles.get(name, {})
        for account, how in _accounts(profile):
            if account in refused:
                yield Leads(
                    f"The AWS profile {shown(name)!r}",
                    f"{how} an AWS account that the manifest refuses",
                    "Name another profile: export AWS_PROFILE=…",
                )
                return
        source = profile.get("source_profile", "")
        if source in {"", name}:
            return
        name = source


def _profiles(world: World) -> dict[str, dict[str, str]]:
    """Give what both files say of each profile."""
    profiles: dict[str, dict[str, str]] = {}
    for variable, file in (
        ("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials")
    ):  # fmt: skip
        path = world.path(variable, ".aws", file)
        text = world.read(path)
        if text is None or path is None:
            continue
        for section, values in read_ini(world.show(path), text).items():
            name = section.removeprefix("profile ").strip() if file == "config" else section
            profiles.setdefault(name, {}).update(values)
    return profiles


def _accounts(profile: Mapping[str, str]) -> Iterator[tuple[str | None, str]]:
    yield role_account(profile.get("role_arn", "").strip()), "assumes a role in"
    yield profile.get("sso_account_id", "").strip() or None, "signs in to"
    yield account_of(profile.get("aws_access_key_id", "").strip()), "has a key of"
