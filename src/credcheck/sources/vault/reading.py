"""Reading a path of KV version 1 or 2, told apart without asking the user.

Version 2 is tried first, since it is what Vault makes today: then a path costs one request. Any
other answer than a secret leads to one question about the mount, and the read that fits it.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from credcheck.model import Absent, Denied, Unreachable
from credcheck.sources.vault.wire import Fault, Refusal

if TYPE_CHECKING:
    import hvac

    from credcheck.places import Place


class Mount(NamedTuple):
    """Where an engine is mounted (without slashes at the ends), and which KV version it is."""

    path: str
    version: int


class Reader:
    """Reads paths with one signed-in client; safe to be used by several threads."""

    def __init__(self, client: hvac.Client, host: str, namespace: str) -> None:
        self._client = client
        self._where = f"namespace {namespace} of {host}" if namespace else host
        self._lock = Lock()
        self._mounts: list[Mount] = []
        self._token_works: bool | None = None
        self._asked = self._has_read = False

    def read(self, place: Place) -> dict[str, object]:
        """Give the fields of a secret.

        Raises:
            Fault: with what the source answers instead.
        """
        known = self._known_mount(place.path)
        guess = known or Mount(place.path.partition("/")[0], 2)
        try:
            return self._read_noted(guess, place)
        except Refusal as refusal:
            gone = _gone(refusal, place) if guess.version == 2 else None
            if gone is not None:
                raise Fault(gone) from None
            mount = known or self._find_mount(place.path, refusal)
            if mount is None or mount == guess:
                raise Fault(self._refused(refusal, mount, place)) from None
        try:
            return self._read_noted(mount, place)
        except Refusal as refusal:
            gone = _gone(refusal, place) if mount.version == 2 else None
            raise Fault(gone or self._refused(refusal, mount, place)) from None

    def _read_noted(self, mount: Mount, place: Place) -> dict[str, object]:
        fields = self._read(mount, place)
        self._has_read = True
        return fields

    def _read(self, mount: Mount, place: Place) -> dict[str, object]:
        rest = place.path[len(mount.path) :].strip("/")
        kv = self._client.secrets.kv
        if mount.version == 1:
            if place.option:
                raise Fault(Absent(f"{mount.path} is KV version 1, which keeps no versions"))
            data = kv.v1.read_secret(path=rest, mount_point=mount.path).get("data")
            if not isinstance(data, dict):
                raise Fault(Unreachable(f"{self._where} did not answer as KV version 1 does"))
            return data
        body = kv.v2.read_secret_version(
            path=rest,
            version=int(place.option) if place.option else None,
            mount_point=mount.path,
            raise_on_deleted_version=True,
        )
        data = body.get("data")
        if isinstance(data, dict):
            fields, metadata = data.get("data"), data.get("metadata")
            if isinstance(fields, dict) and isinstance(metadata, dict) and "version" in metadata:
                return fields
            # a secret of version 1 that lies below data/: another shape, and not what was named
            raise Refusal(404, {})
        raise Fault(Unreachable(f"{self._where} did not answer as KV version 2 does"))

    # ── which mount ───────────────────────────────────────────────────────────────────────────

    def _known_mount(self, path: str) -> Mount | None:
        with self._lock:
            fitting = [m for m in self._mounts if path.startswith(m.path + "/")]
        return max(fitting, key=lambda mount: len(mount.path), default=None)

    def _find_mount(self, path: str, refusal: Refusal) -> Mount | None:
        """Ask what is mounted above a path; None when that is not told to us.

        Source: https://developer.hashicorp.com/vault/api-docs/system/internal-ui-mounts
        """
        try:
            body = self._client.adapter.get(f"/v1/sys/internal/ui/mounts/{quote(path)}")
        except Refusal:
            if refusal.says("no handler for route"):
                raise Fault(
                    Absent(f"nothing is mounted at {path.partition('/')[0]} in {self._where}")
                ) from None
            return None
        data = body.get("data")
        if not isinstance(data, dict) or not isinstance(data.get("path"), str):
            raise Fault(Unreachable(f"{self._where} did not answer as Vault does"))
        mounted = data["path"].strip("/")
        if data.get("type") not in {"kv", "generic", "cubbyhole"}:
            raise Fault(
                Absent(f"what is mounted at {mounted} in {self._where} is no key-value engine")
            )
        options = data.get("options")
        second = isinstance(options, dict) and str(options.get("version")) == "2"
        mount = Mount(mounted, 2 if second else 1)
        with self._lock:
            self._mounts.append(mount)
        return mount

    # ── what a refusal means ──────────────────────────────────────────────────────────────────

    def _refused(self, refusal: Refusal, mount: Mount | None, place: Place) -> Absent | Denied:
        """Put a refusal in words; the mount is None when we were not told what is mounted there."""
        if refusal.status == 404:
            return Absent(f"there is no secret at {place.whole} in {self._where}")
        if refusal.status == 403:
            works = self._token_is_valid()
            if works is False:
                return Denied(f"the token is expired, revoked or not one of {self._where}", LOGIN)
            told = f"the policies of our token do not allow reading {place.path} in {self._where}"
            if works is None:
                told += ", or the token is expired or revoked"
            api = place.path
            if mount is None:
                told += f", or nothing is mounted at {place.path.partition('/')[0]}"
            if mount is None or mount.version == 2:
                head = mount.path if mount else place.path.partition("/")[0]
                api = f"{head}/data{place.path[len(head) :]}"
            return Denied(told, f'path "{api}" {{ capabilities = ["read"] }}')
        if refusal.says("missing client token"):
            return Denied(f"{self._where} got no token", LOGIN)
        return Denied(f"{self._where} did not accept the request (status {refusal.status})")

    def _token_is_valid(self) -> bool | None:
        """Ask about our own token, once; None where a bare policy does not allow that."""
        with self._lock:
            if self._token_works is None and not self._asked:
                self._asked = True
                try:
                    self._client.auth.token.lookup_self()
                    self._token_works = True
                except Refusal as refusal:
                    # without the right to ask, what it could read tells that it works
                    known = self._has_read or None
                    self._token_works = False if refusal.says("invalid token") else known
            return self._token_works


LOGIN = "vault login"


def _gone(refusal: Refusal, place: Place) -> Absent | None:
    """Tell a deleted or destroyed version from a path that does not exist."""
    data: Any = refusal.body.get("data")
    metadata = data.get("metadata") if isinstance(data, dict) else None
    if refusal.status != 404 or not isinstance(metadata, dict):
        return None
    which = f"version {metadata.get('version')} of {place.path}"
    if metadata.get("destroyed"):
        return Absent(f"{which} was destroyed")
    return Absent(f"{which} was deleted at {metadata.get('deletion_time')}")
