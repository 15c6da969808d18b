"""Ask the vendors themselves whether keys work, and in which mode: `--probe`, and never unasked.

What is asked stands in the services' `[probe]` tables; a value goes to its vendor, or to the
endpoint that the same environment names for it, and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credcheck.probing.answer import Told
from credcheck.sources.deadline import Crash, Deadline, in_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from credcheck.model import Allow, Refuse
    from credcheck.secret import Secret
    from credcheck.services import Service
    from credcheck.services.probe import Probe

__all__ = ["SECONDS", "Question", "Told", "probe_all"]

SECONDS = 10.0  # everything together: names, connections, redirects, slow drips
_MOST_THREADS = 64


class Question(NamedTuple):
    """One value, and what is known of whom to ask.

    ``beside`` are the other variables of the same environment, by name.
    """

    name: str
    secret: Secret
    service: Service
    probe: Probe
    kind: str | None
    beside: Mapping[str, Secret]


class Rules(NamedTuple):
    """What bounds every question: the operator's lists and the environment's proxies."""

    refuse: Refuse
    allow: Allow
    environ: Mapping[str, str]


def probe_all(
    questions: Sequence[Question], rules: Rules, *, seconds: float = SECONDS
) -> dict[str, Told]:
    """Ask for all of them side by side.

    Args:
        questions: none of them about a value that is live.
        rules: what is refused, and how the network is reached.
        seconds: when to stop waiting.

    Returns:
        What was said of each, by the secret's name; never an exception.
    """
    deadline = Deadline(seconds)
    jobs = {question.name: _job(question, rules, deadline) for question in questions}
    results = in_time(jobs, deadline, threads=min(len(jobs), _MOST_THREADS))
    told = {}
    for question in questions:
        result = results.get(question.name)
        if isinstance(result, Told):
            told[question.name] = result
        elif isinstance(result, Crash):
            told[question.name] = Told("unclear", reason=f"it could not be asked ({result.kind})")
        else:
            told[question.name] = Told("unclear", reason=f"no answer within {seconds:g} seconds")
    return told


def _job(question: Question, rules: Rules, deadline: Deadline) -> Callable[[], Told]:
    def ask() -> Told:
        if question.probe.auth == "aws":
            from credcheck.probing.sts import ask_sts

            return ask_sts(question, rules, deadline)
        from credcheck.probing.asking import ask_vendor

        return ask_vendor(question, rules, deadline)

    return ask
