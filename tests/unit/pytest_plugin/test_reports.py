"""What a report holds is scrubbed, wherever it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from credcheck import Scrubber
from credcheck.pytest_plugin.reports import Cleaner
from support.keys import tail

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY = tail(40)
MASK = "[REDACTED:A]"


def cleaner(*, node_ids: bool = True) -> Cleaner:
    scrubber = Scrubber()
    scrubber.add("A", KEY)
    return Cleaner(scrubber, node_ids=node_ids)


def report(**fields: Any) -> pytest.TestReport:
    known = {
        "nodeid": "test_a.py::test_a",
        "location": ("test_a.py", 1, "test_a"),
        "keywords": {"test_a": 1},
        "outcome": "failed",
        "longrepr": None,
        "when": "call",
        **fields,
    }
    return pytest.TestReport(**known)


class Pair(NamedTuple):
    left: str
    right: int


class Odd:
    def __str__(self) -> str:
        return f"odd {KEY}"


def test_every_part_of_a_report_is_scrubbed() -> None:
    made = report(
        nodeid=f"test_a.py::test_a[{KEY}]",
        location=("test_a.py", 1, f"test_a[{KEY}]"),
        keywords={f"test_a[{KEY}]": 1},
        longrepr=("test_a.py", 3, f"Skipped: {KEY}"),
        sections=[("Captured stdout call", f"said {KEY}")],
        user_properties=[("key", KEY), ("odd", Odd()), ("number", 3)],
        extras=[{"content": KEY, "bytes": KEY.encode(), "pair": Pair(KEY, 1)}],
        wasxfail=f"reason: {KEY}",
    )
    cleaner().report(made)
    assert KEY not in repr(vars(made))
    assert made.nodeid == f"test_a.py::test_a[{MASK}]"
    assert made.longrepr == ("test_a.py", 3, f"Skipped: {MASK}")
    assert made.sections == [("Captured stdout call", f"said {MASK}")]
    assert made.user_properties == [("key", MASK), ("odd", f"odd {MASK}"), ("number", 3)]
    assert made.extras == [{"content": MASK, "bytes": MASK.encode(), "pair": Pair(MASK, 1)}]
    assert made.wasxfail == f"reason: {MASK}"


def test_a_report_without_values_keeps_its_objects() -> None:
    odd = Odd()
    fields: Mapping[str, Any] = {
        "longrepr": "plain",
        "keywords": {"a": 1},
        "location": ("a", 1, "b"),
        "tool": odd,  # a tool of a plugin, whatever it prints
    }
    made = report(**fields)
    cleaner().report(made)
    assert all(getattr(made, name) is value for name, value in fields.items())


def test_a_traceback_is_scrubbed_in_its_own_objects() -> None:
    try:
        int(KEY)
    except ValueError as error:
        shown = pytest.ExceptionInfo.from_exception(error).getrepr(showlocals=True)
    made = report(longrepr=shown)
    cleaner().report(made)
    assert made.longrepr is shown
    assert KEY not in made.longreprtext
    assert MASK in made.longreprtext
    assert MASK in shown.reprcrash.message  # type: ignore[union-attr]


def test_a_representation_of_another_make_becomes_its_scrubbed_text() -> None:
    made = report(longrepr=Odd())
    cleaner().report(made)
    assert made.longrepr == f"odd {MASK}"


def test_a_worker_leaves_the_node_id_as_its_item_has_it() -> None:
    made = report(nodeid=f"test_a.py::test_a[{KEY}]", sections=[("said", KEY)])
    cleaner(node_ids=False).report(made)
    assert made.nodeid == f"test_a.py::test_a[{KEY}]"
    assert made.sections == [("said", MASK)]


def test_node_ids_that_were_looked_at_are_trusted_until_more_becomes_known() -> None:
    scrubber = Scrubber.of_process()
    clean = Cleaner(scrubber)
    later = tail(30)
    clean.trust([f"test_a.py::test_a[{later}]"])
    made = report(nodeid=f"test_a.py::test_a[{later}]", outcome="passed")
    clean.report(made)
    assert later in made.nodeid
    Scrubber().add("LATER", later)
    clean.report(made)
    assert made.nodeid == "test_a.py::test_a[[REDACTED:LATER]]"
    clean.trust([f"test_a.py::test_a[{later}]"])  # one that is not clean is not trusted
    made = report(nodeid=f"test_a.py::test_a[{later}]", outcome="passed")
    clean.report(made)
    assert made.nodeid == "test_a.py::test_a[[REDACTED:LATER]]"


def test_a_report_that_cannot_be_scrubbed_loses_its_texts() -> None:
    class Hostile:
        def __str__(self) -> str:
            raise RuntimeError(KEY)

    made = report(longrepr=Hostile(), sections=[("said", KEY)], user_properties=[("a", KEY)])
    clean = cleaner()
    clean.report(made)
    assert made.longrepr == "[REDACTED: credcheck could not scrub this report]"
    assert KEY not in repr(vars(made))
    assert clean.failures == 1


class Text(str):
    """A subclass, such as a marked string."""

    __slots__ = ()


def test_a_subclass_of_str_keeps_its_type_unless_it_holds_a_value() -> None:
    plain = Text("plain")
    assert cleaner().value(plain) is plain
    assert cleaner().value(Text(KEY)) == MASK
