"""What is known of a service, in words."""

from __future__ import annotations

import pytest

from credcheck.services import all_services
from credcheck.services.shape import parse_shape
from credcheck.services.tables import parse_service
from credcheck.services.telling import how, mark, rules_of, write_shape


@pytest.mark.parametrize(
    "text",
    ["", "base62{24}", "base62{24,247}", "any{1,}", "uuid", "'a' uuid '-b' hex{4}", "uuid uuid"],
)
def test_a_shape_is_written_as_it_was_read(text: str) -> None:
    assert write_shape(parse_shape(text)) == text


def test_every_shape_of_a_service_can_be_written() -> None:
    shapes = {
        form.tail for service in all_services() for kind in service.kinds for form in kind.forms
    }
    assert [shape for shape in shapes if parse_shape(write_shape(shape)) != shape] == []


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ({"test": ["t_"], "tail": "hex{4}"}, "t_…"),
        ({"bare-shapes": ["hex{4}"]}, "hex{4}"),
        ({"bare-shapes": ["uuid"]}, "uuid"),
        ({"bare-shapes": ["'a' hex{4}"]}, "a…"),
        ({"bare-shapes": ["slug{2,9} '-test'"]}, "…-test"),
        ({"bare-shapes": ["hex{4} '-X-' hex{4} '-' hex{4}"]}, "…-X-…"),
    ],
)
def test_a_mark_shows_the_fixed_texts(kind: dict[str, object], wanted: str) -> None:
    service = parse_service("acme", {"kinds": [{"id": "k", **kind}]})
    assert mark(service.kinds[0].forms[0]) == wanted


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        ({"kinds": [{"id": "k", "test": ["t_"], "tail": "hex{4}"}]}, "test keys are marked"),
        ({"kinds": [{"id": "k", "by-host": True}]}, "the endpoint decides"),
        ({"hosts": {"sandbox": ["s.acme.io"]}}, "the endpoint decides"),
        ({"kinds": [{"id": "k", "unmarked": "live"}]}, "every key counts as live"),
        ({"kinds": [{"id": "k"}]}, "keys carry no mode"),
    ],
)
def test_how_keys_show_their_mode(table: dict[str, object], wanted: str) -> None:
    assert how(parse_service("acme", table)) == wanted


def test_every_rule_of_a_kind_is_told() -> None:
    kind = {
        "id": "k", "confidence": "guess", "unmarked": "live", "pair": ["k"], "by-host": True,
        "client-side": True, "emulator": True, "checksum": "base62-crc32", "structure": "jwt",
        "test-claims": ["a=b"], "live-claims": ["c=d", "e=f"], "claim-host": "{ref}.acme.io",
    }  # fmt: skip
    assert list(rules_of(parse_service("acme", {"kinds": [kind]}).kinds[0])) == [
        "test by what stands in it: a=b",
        "live by what stands in it: c=d, e=f",
        "the host in it decides: {ref}.acme.io",
        "without a test mark it is live",
        "the endpoint beside it decides",
        "the k beside it decides",
        "its last characters are a checksum",
        "made to be published",
        "issued by a local imitation only",
        "a guess: it never proves test",
    ]
    bare = parse_service("acme", {"kinds": [{"id": "k", "structure": "jwt"}]}).kinds[0]
    assert list(rules_of(bare)) == []
