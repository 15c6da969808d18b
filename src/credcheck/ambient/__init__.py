"""Where the tools of this machine lead: what a test may use without having asked for it.

One file a tool, one register. Each looks only if the manifest refuses something of its sort, or if
a declared secret is of the tool's vendor, and reads no more than the fact that it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.ambient import aws, gcloud, kube, postgres, pypirc, stripe_cli
from credcheck.ambient.world import CannotRead, Leads, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from credcheck.model import Finding, Manifest, Severity

__all__ = ["TOOLS", "look"]

TOOLS: Mapping[str, Callable[[World], Iterator[Leads]]] = {
    "aws": aws.look,
    "gcloud": gcloud.look,
    "kube": kube.look,
    "postgres": postgres.look,
    "pypirc": pypirc.look,
    "stripe": stripe_cli.look,
}


def look(
    manifest: Manifest, environ: Mapping[str, str], services: frozenset[str]
) -> Iterator[Finding]:
    """Give a finding for every tool that leads to what the manifest refuses.

    Args:
        manifest: what is refused, and how grave that is here (`ambient`).
        environ: the environment; its `HOME` says where the tools' files are.
        services: the services of the declared secrets.
    """
    from credcheck.findings import finding

    world = World.of(manifest.refuse, environ, services)
    severity: Severity | None = "error" if manifest.ambient == "refuse" else None
    for tool in TOOLS.values():
        try:
            for leads in tool(world):
                code = "CRED020" if leads.holds else "CRED019"
                yield finding(
                    code, severity=severity, what=leads.what, reason=leads.reason, hint=leads.hint
                )
        except CannotRead as error:
            yield finding("CRED021", what=error.what, reason=error.reason)
