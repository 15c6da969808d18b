"""Questions, and the judging of each answer at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.bootstrap.terminal import Unreadable
from credcheck.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from credcheck.bootstrap.planning import Plan, Step
    from credcheck.model import SecretStatus

    Judge = Callable[[str, Secret, Mapping[str, Secret]], SecretStatus]

LEAVE = "empty leaves it out"


def ask(
    plan: Plan,
    judge: Judge,
    *,
    beside: Mapping[str, Secret],
    read: Callable[[Step, str], str],
    tell: Callable[[str], None],
) -> dict[str, Secret]:
    """Ask for everything that the plan asks for.

    Args:
        plan: what is missing.
        judge: judges an answer beside other values; what it tells holds no value.
        beside: values that will be kept with the answers.
        read: shows a prompt and gives the answer; called with the step, so that it knows whether
            the answer may be shown.
        tell: shows a line.

    Returns:
        The answers that may be kept. A live one is never among them, alone or as half of a pair.

    Raises:
        EOFError: the input ended.
    """
    answers: dict[str, Secret] = {}
    usable = {step.name for step in plan.steps if step.action in {"keep", "copy", "wait"}}
    for step in plan.doing("ask"):
        if not plan.is_wanted(step.name, usable | set(answers)):
            continue
        tell("")
        for line in _about(step):
            tell(line)
        answer = _answer(step, judge, {**beside, **answers}, read=read, tell=tell)
        if answer is not None:
            answers[step.name] = answer
    return answers


def _answer(
    step: Step,
    judge: Judge,
    others: Mapping[str, Secret],
    *,
    read: Callable[[Step, str], str],
    tell: Callable[[str], None],
) -> Secret | None:
    """Ask until the answer is good, or empty."""
    while True:
        try:
            text = read(step, f"  {step.name} ({LEAVE}): ")
        except Unreadable as error:
            tell(f"  {error}")
            continue
        secret = Secret(text.removeprefix(f"{step.name}=").strip())
        if secret.is_blank():
            return None
        status = judge(step.name, secret, others)
        problem = _problem(status)
        # with this one a pair may be complete, and live
        live = next(
            (
                other
                for other, earlier in others.items()
                if judge(other, earlier, {**others, step.name: secret}).state == "live"
            ),
            None,
        )
        if not problem and live is not None:
            problem = f"with it, {live} is a production credential. It was not kept."
        if not problem:
            tell(f"  taken: {status.reason}")
            return secret
        tell(f"  {problem}")


def _problem(status: SecretStatus) -> str:
    """Say why an answer is not taken; nothing if it is."""
    reason = status.reason.rstrip(".")
    return {
        "ready": "",
        "live": f"This is a production credential: {reason}. It was not kept; give a test one.",
        "malformed": f"This does not prove to be a test credential: {reason}. Look at it again.",
        "placeholder": f"This stands for no value: {reason}.",
    }.get(status.state) or ("" if status.state == "ready" else f"This is {status.state}: {reason}.")


def _about(step: Step) -> Iterator[str]:
    """Say what is wanted, why, and where it can be had."""
    status = step.status
    yield status.name + (f": {status.description}" if status.description else "")
    if step.suites:
        yield f"  needed by  {', '.join(step.suites)}"
    if status.state != "absent":
        yield f"  now        {status.state}: {status.reason}"
    if status.obtain:
        yield f"  get one    {status.obtain}"
    if status.service:
        marks = _test_marks(status.service)
        if marks:
            yield f"  begins     {' or '.join(marks)}"


def _test_marks(service: str) -> list[str]:
    """Give the public markers of a vendor's test keys."""
    from credcheck.services import load_service

    try:
        kinds = load_service(service).kinds
    except KeyError:
        return []  # the project's own
    prefixes = [form.prefix for kind in kinds for form in kind.forms if form.mode == "test"]
    return list(dict.fromkeys(prefix for prefix in prefixes if prefix))[:4]
