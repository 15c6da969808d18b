"""The project that Google Cloud's command and libraries use if nobody says which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from credcheck.ambient.world import CannotRead, Leads, read_ini, shown
from credcheck.classifier.hosts import matches

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from credcheck.ambient.world import World

_PROJECT_KEYS = ("project_id", "quota_project_id")


def look(world: World) -> Iterator[Leads]:
    """Tell whether the active configuration, or the default credentials, name a refused project."""
    refused = world.refuse.gcp_projects
    if not refused:
        return
    folder = _folder(world)
    name = _active(world, folder)
    project = _project(world, folder, name)
    if project and matches(project, refused):
        yield Leads(
            f"gcloud's configuration {shown(name)!r}",
            f"has the project {shown(project)}, which the manifest refuses",
            "gcloud config configurations activate …",
        )
    yield from _default_credentials(world, folder)


def _folder(world: World) -> Path | None:
    if world.environ.get("CLOUDSDK_CONFIG"):
        return world.expand(world.environ["CLOUDSDK_CONFIG"])
    roaming = world.environ.get("APPDATA")
    if roaming:
        return world.expand(roaming) / "gcloud"
    return world.home / ".config" / "gcloud" if world.home else None


def _active(world: World, folder: Path | None) -> str:
    named = world.environ.get("CLOUDSDK_ACTIVE_CONFIG_NAME", "").strip()
    if named or folder is None:
        return named or "default"
    return (world.read(folder / "active_config") or "").strip() or "default"


def _project(world: World, folder: Path | None, name: str) -> str:
    if folder is None or "/" in name or "\\" in name:
        return ""
    path = folder / "configurations" / f"config_{name}"
    text = world.read(path)
    if text is None:
        return ""
    return read_ini(world.show(path), text).get("core", {}).get("project", "").strip()


def _default_credentials(world: World, folder: Path | None) -> Iterator[Leads]:
    paths = [folder / "application_default_credentials.json"] if folder else []
    named = world.environ.get("GOOGLE_APPLICATION_CREDENTIALS", "").strip()
    if named:
        paths = [world.expand(named)]  # then the other file is not used
    for path in paths:
        text = world.read(path)
        for project in _projects_in(world.show(path), text) if text is not None else ():
            if matches(project, world.refuse.gcp_projects):
                yield Leads(
                    f"Google's default credentials in {shown(world.show(path))}",
                    f"belong to the project {shown(project)}, which the manifest refuses",
                    "gcloud auth application-default login",
                )
                return


def _projects_in(what: str, text: str) -> Iterator[str]:
    import json

    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise CannotRead(what, "it is no JSON") from None
    if isinstance(data, dict):
        for key in _PROJECT_KEYS:
            if isinstance(data.get(key), str):
                yield data[key]
        mail = data.get("client_email")
        if isinstance(mail, str) and mail.endswith(".iam.gserviceaccount.com"):
            yield mail.rpartition("@")[2].partition(".")[0]
