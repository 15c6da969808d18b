from __future__ import annotations

import bdb
import contextlib
import copy
import dataclasses
import inspect
import io
import json
import logging
import pdb
import pickle
import pprint
import traceback

import pytest

from credcheck.secret import Secret, known_secrets, noted, remember

VALUE = "value-of-the-secret"


def test_only_reveal_gives_the_value_back() -> None:
    secret = Secret(VALUE)
    assert secret.reveal() == VALUE
    shown = [repr(secret), str(secret), f"{secret}", f"{secret:>40}", f"{secret} {secret!r}"]
    shown += [pprint.pformat({"a": secret}), repr([secret]), str(dir(secret))]
    assert not any(VALUE in text for text in shown)
    assert "[REDACTED]" in shown[0]


def test_json_and_vars_do_not_show_it() -> None:
    with pytest.raises(TypeError) as caught:
        json.dumps(Secret(VALUE))
    assert VALUE not in str(caught.value)
    with pytest.raises(TypeError):
        vars(Secret(VALUE))


def test_it_cannot_be_pickled() -> None:
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(Secret(VALUE))


def test_a_copy_is_the_same_object() -> None:
    secret = Secret(VALUE)
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret


def test_a_dataclass_that_holds_one_can_be_made_a_dict() -> None:
    @dataclasses.dataclass
    class Config:
        key: Secret

    assert VALUE not in repr(dataclasses.asdict(Config(Secret(VALUE))))


def test_two_secrets_are_compared_by_value_only_when_asked() -> None:
    assert Secret(VALUE).same_as(Secret(VALUE))
    assert not Secret(VALUE).same_as(Secret("other"))
    assert Secret(VALUE) != Secret(VALUE)


def test_a_log_and_a_traceback_with_its_locals_do_not_show_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    secret = Secret(VALUE)
    logging.getLogger("shop").warning("key %s %r", secret, {"key": secret})
    assert "[REDACTED]" in caplog.text

    def fail() -> None:
        held = secret
        raise ValueError(held)

    with pytest.raises(ValueError) as caught:
        fail()
    trace = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    shown = "".join(trace.format())
    assert "held = Secret([REDACTED])" in shown
    assert VALUE not in caplog.text + shown.replace(f"VALUE = {VALUE!r}", "")


def test_a_debugger_does_not_show_it() -> None:
    secret, out = Secret(VALUE), io.StringIO()
    debugger = pdb.Pdb(
        stdin=io.StringIO("pp secret\np [secret]\npp vars()\nq\n"), stdout=out, nosigint=True
    )
    debugger.use_rawinput = False
    with contextlib.suppress(bdb.BdbQuit):
        debugger.runcall(lambda held: held, secret)
    debugger.reset()
    assert VALUE not in out.getvalue()
    members = repr(inspect.getmembers(secret))
    assert VALUE not in members
    assert VALUE not in repr(secret.__getstate__() if hasattr(secret, "__getstate__") else "")


def test_json_with_a_last_resort_shows_the_mask() -> None:
    assert json.dumps({"key": Secret(VALUE)}, default=str) == '{"key": "[REDACTED]"}'


@pytest.mark.parametrize(("value", "blank"), [("", True), (" \n", True), ("x", False)])
def test_white_space_is_blank(value: str, blank: bool) -> None:
    assert Secret(value).is_blank() is blank


def test_what_is_known_can_be_walked_while_more_becomes_known() -> None:
    remember("A", Secret("a-value-1"))
    growing = noted()
    walked = []
    for name, secret in known_secrets():
        walked.append(name)
        remember(f"{name}{len(walked)}", secret)
    assert walked == [name for name, _ in growing[: len(walked)]]
    assert len(growing) == 2 * len(walked)
