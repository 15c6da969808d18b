"""A real Vault: one that is named, a `vault` or `bao` on PATH, or the one built from `vault/`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import hvac
import pytest

from servers.finding import free_port, program, running

if TYPE_CHECKING:
    from collections.abc import Iterator


class Vault:
    """A running server, and what the tests set up in it as root."""

    def __init__(self, address: str, root_token: str, unseal_key: str = "", **client: Any) -> None:
        self.address = address
        self.root_token = root_token
        self.unseal_key = unseal_key
        self.root = hvac.Client(url=address, token=root_token, **client)
        self._policies = 0

    def mount(self, path: str, version: int) -> None:
        """Mount an empty key-value engine."""
        self.root.sys.enable_secrets_engine("kv", path=path, options={"version": str(version)})
        if version == 2:  # the server upgrades the mount in the background
            _until(lambda: self.root.secrets.kv.v2.read_configuration(mount_point=path))

    def put(self, path: str, fields: dict[str, Any], mount: str = "secret") -> None:
        """Write a secret of version 2."""
        self.root.secrets.kv.v2.create_or_update_secret(path=path, secret=fields, mount_point=mount)

    def put_v1(self, path: str, fields: dict[str, Any], mount: str) -> None:
        """Write a secret of version 1."""
        self.root.secrets.kv.v1.create_or_update_secret(path=path, secret=fields, mount_point=mount)

    def policy(self, *paths: str) -> str:
        """Make a policy that reads some paths (as the API writes them); give its name."""
        self._policies += 1
        name = f"reads-{os.getpid()}-{self._policies}"
        rules = "\n".join(f'path "{path}" {{ capabilities = ["read"] }}' for path in paths)
        self.root.sys.create_or_update_policy(name, rules)
        return name

    def token(self, *policies: str, ttl: str = "10m", **more: Any) -> str:
        """Make a token."""
        made = self.root.auth.token.create(policies=list(policies), ttl=ttl, **more)
        return str(made["auth"]["client_token"])

    def enable(self, method: str, path: str | None = None) -> None:
        """Enable a sign-in method, unless it is."""
        wanted = path or method
        if f"{wanted}/" not in self.root.sys.list_auth_methods()["data"]:
            self.root.sys.enable_auth_method(method, path=wanted)

    def approle(self, name: str, *policies: str, ttl: str = "10m") -> dict[str, str]:
        """Make a role; give the two variables that sign in with it."""
        self.enable("approle")
        roles = self.root.auth.approle
        roles.create_or_update_approle(name, token_policies=list(policies), token_ttl=ttl)
        return {
            "VAULT_ROLE_ID": roles.read_role_id(name)["data"]["role_id"],
            "VAULT_SECRET_ID": roles.generate_secret_id(name)["data"]["secret_id"],
        }


def _until(attempt: Any) -> None:
    import time

    deadline = time.monotonic() + 10
    while True:
        try:
            attempt()
        except hvac.exceptions.VaultError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


@contextmanager
def built_vault(*arguments: str, **client: Any) -> Iterator[Vault]:
    """Run the server that is built from `vault/`; the rest says how hvac is to ask it."""
    command = [program("vault-dev", "CREDCHECK_TEST_VAULT_DEV"), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            if not line:
                pytest.fail("the Vault of the tests did not start")
            yield Vault(**json.loads(line), **client)
        finally:
            server.terminate()
            server.wait(timeout=10)


@contextmanager
def dev_vault(command: str) -> Iterator[Vault]:
    """Run `vault server -dev`, or OpenBao's."""
    port, token = free_port(), "dev-root-token"
    listen = f"-dev-listen-address=127.0.0.1:{port}"
    options = ["server", "-dev", f"-dev-root-token-id={token}", listen]
    with running([command, *options], port):
        yield Vault(f"http://127.0.0.1:{port}", token)


@contextmanager
def any_vault() -> Iterator[Vault]:
    """Run or find a Vault with KV version 2 at `secret` and version 1 at `kv1`."""
    address = os.environ.get("CREDCHECK_TEST_VAULT_ADDR")
    token = os.environ.get("CREDCHECK_TEST_VAULT_TOKEN")
    command = shutil.which("vault") or shutil.which("bao")
    if address and token:
        yield _prepared(Vault(address, token))
    elif command:
        with dev_vault(command) as server:
            yield _prepared(server)
    else:
        with built_vault() as server:
            yield _prepared(server)


def _prepared(server: Vault) -> Vault:
    mounted = server.root.sys.list_mounted_secrets_engines()["data"]
    for path, version in (("secret", 2), ("kv1", 1)):
        if f"{path}/" not in mounted:
            server.mount(path, version)
    return server
