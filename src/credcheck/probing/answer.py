"""What an answer of a vendor says of a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from credcheck.model import Mode
    from credcheck.services.probe import Probe

Outcome = Literal["works", "rejected", "expired", "unclear"]
_FORBIDDEN = 403


class Told(NamedTuple):
    """What was said: whether the key works, and its mode.

    ``reason`` completes "the vendor …" or says why nothing is known; it holds nothing of the
    value or of the answer. ``proven``: the vendor's own host said it. ``allowed``: it let the key
    ask; where it did not, a host that refuses everybody may have said so.
    """

    outcome: Outcome
    mode: Mode = "unknown"
    reason: str = ""
    proven: bool = False
    allowed: bool = True


def read_answer(probe: Probe, status: int, data: Any) -> Told:
    """Read one answer.

    Args:
        probe: where what stands.
        status: of HTTP.
        data: the parsed JSON, or None where it was none.
    """
    error = dig(data, probe.error)
    if _stands(error, probe.expired_errors):
        return Told("expired", reason="says that it has expired")
    if _stands(error, probe.rejected_errors):
        return Told("rejected", reason="does not accept it")
    if _stands(error, probe.test_errors):
        return Told("works", "test", "accepts it, as a test key")
    if status in probe.rejected:
        return Told("rejected", reason="does not accept it")
    if data is None:
        return Told("unclear", reason=f"the answer (HTTP {status}) is not one of that vendor")
    if status == _FORBIDDEN:
        return Told("works", reason="knows it, and does not let it ask", allowed=False)
    if not 200 <= status < 300 or (probe.ok and dig(data, probe.ok) is not True):
        return Told("unclear", reason=f"the answer (HTTP {status}) says neither yes nor no")
    return _accepted(probe, dig(data, probe.mode))


def _accepted(probe: Probe, said: object) -> Told:
    mode: Mode = "unknown"
    if _stands(said, probe.live) or probe.accepted == "live":
        mode = "live"
    elif _stands(said, probe.test) or probe.accepted == "test":
        mode = "test"
    words = {"live": ", as a live key", "test": ", as a test key", "unknown": ""}
    return Told("works", mode, f"accepts it{words[mode]}")


def dig(data: Any, path: str) -> Any:
    """Follow a path such as `data.0.livemode` into parsed JSON; None where it leads nowhere."""
    if not path:
        return None
    for step in path.split("."):
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and step.isdecimal() and int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    return data


def _stands(said: object, listed: tuple[object, ...]) -> bool:
    """Tell whether a value is one of a list; 1 is not true."""
    return any(said == each and type(said) is type(each) for each in listed)
