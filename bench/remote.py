"""What the remote sources cost: cold commands, and round trips at 20 ms each.

The servers are stand-ins in a process of their own that answer after a fixed time: what is measured
is credcheck and its libraries, not a server. That the real ones give the same answers is the tests'
matter.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from servers.stand_in import answer_json, stand_in
from support.sources import ask, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from servers.stand_in import Answer, Asked

    Compare = Callable[[list[str], list[str], Mapping[str, str], Path], str]

ROUND_TRIP = 0.02  # seconds
PAUSE = ROUND_TRIP  # of the server in this process
PATHS = 32
SECRETS = 100
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "x"}


class Trips(NamedTuple):
    """How many round trips a fetch took, and how many it may take."""

    what: str
    measured: float
    budget: float


def vault(asked: Asked) -> Answer:
    """Answer as Vault does, after one round trip."""
    time.sleep(PAUSE)
    if asked.path.endswith("/login"):
        auth = {"client_token": "hvs.bench", "lease_duration": 3600, "renewable": True}
        return answer_json({"auth": auth})
    metadata = {"version": 1, "destroyed": False, "deletion_time": ""}
    return answer_json({"data": {"data": {"key": "bench-value"}, "metadata": metadata}})


def aws(asked: Asked) -> Answer:
    """Answer as Secrets Manager does, after one round trip."""
    time.sleep(PAUSE)
    wanted = json.loads(asked.body)
    names = wanted.get("SecretIdList") or [wanted["SecretId"]]
    entries = [{"Name": name, "ARN": name, "SecretString": '{"key": "v"}'} for name in names]
    return answer_json({"SecretValues": entries} if "SecretIdList" in wanted else entries[0])


@contextmanager
def serving(name: str, round_trip: float = ROUND_TRIP) -> Iterator[str]:
    """Run one of the servers in a process of its own; give its address."""
    command = [sys.executable, __file__, name, str(round_trip)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield server.stdout.readline().decode().strip()
        server.stdin.close()  # it ends then


def cold_check(folder: Path, source: str, compare: Compare, command: list[str]) -> str:
    """Compare a cold check of one secret in a remote source with `python -c pass`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "credcheck.toml").write_text(f'[secrets.A]\n{source} = "secret/a#key"\n')
    with serving(source, 0.0) as address:  # how far the server is away is not ours
        keys = KEYS if source == "aws" else {"VAULT_TOKEN": "hvs.bench"}
        servers = {"VAULT_ADDR": address, "AWS_ENDPOINT_URL": address}
        return compare(
            command, [sys.executable, "-c", "pass"], {**os.environ, **keys, **servers}, folder
        )


def trips() -> list[Trips]:
    """Measure the wall time of whole fetches in round trips: the best of five."""
    with serving("vault") as address:
        role = {"VAULT_ROLE_ID": "role", "VAULT_SECRET_ID": "secret"}
        environ = {"VAULT_ADDR": address, **role}
        paths = [f"secret/path{n}#key" for n in range(PATHS)]
        of_vault = min(_timed(lambda: ask(opened("vault", environ), *paths)) for _ in range(5))
    with serving("aws") as address:
        source = opened("aws", {**KEYS, "AWS_ENDPOINT_URL": address})
        ask(source, "first")  # the client exists from here on
        names = [f"secret{n}" for n in range(SECRETS)]
        of_aws = min(_timed(lambda: ask(source, *names)) for _ in range(5))
    allowed = math.ceil(PATHS / 8) + 1
    return [
        Trips(f"Vault, {PATHS} paths and a log-in", of_vault / ROUND_TRIP, allowed),
        Trips(f"AWS, {SECRETS} secrets", of_aws / ROUND_TRIP, 3),
    ]


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


if __name__ == "__main__":
    PAUSE = float(sys.argv[2])
    with stand_in({"vault": vault, "aws": aws}[sys.argv[1]]) as standing:
        print(standing.address, flush=True)
        sys.stdin.read()
