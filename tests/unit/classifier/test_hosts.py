"""Where a value leads, in any spelling, and what the operator's lists make of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credcheck.classifier import Rules, classify
from credcheck.classifier.dsn import MOST_HOSTS, MOST_PLACES, places
from credcheck.classifier.hosts import canonical_host, host_is_live, is_loopback_host, matches
from credcheck.model import Allow, Refuse

LISTS = Rules(
    refuse=Refuse(
        hosts=("*.prod.example.com", "db.acme.example", "10.0.0.5", "bücher.example"),
        databases=("*_prod", "*production*"),
    ),
    allow=Allow(hosts=("localhost", "*.test.example.com", "db?.ci.example")),
)


def mode(value: str, service: str | None = "database_url", rules: Rules | None = LISTS) -> str:
    return classify(value, service, rules=rules).mode


@pytest.mark.parametrize(
    "host",
    [
        "db.acme.example",
        "DB.ACME.EXAMPLE.",
        "db%2Eacme%2Eexample",
        "db.acme\u3002example",
        "\uff44\uff42.acme.example",
        "d\u200bb.acme.example",
        "0x0a000005",
        "167772165",
        "10.5",
        "012.0.0.5",
        "[::ffff:10.0.0.5]",
        "xn--bcher-kva.example",
        "BÜCHER.example",
        "localhost,db.acme.example",
        "localhost:5432,db.acme.example:5432",
    ],
)
def test_a_refused_host_is_live_in_any_spelling(host: str) -> None:
    assert mode(f"postgres://app:x@{host}/app") == "live"


@pytest.mark.parametrize(
    "value",
    [
        "postgres://u:p#x@eu.prod.example.com/db",
        "postgres://u:p/x@eu.prod.example.com/db",
        "postgres://u:p?x@eu.prod.example.com/db",
        "postgres://u:p x@eu.prod.example.com/db",
        'postgres://u:p"x@eu.prod.example.com/db',
        "https://u:p#x@eu.prod.example.com/db",
        "jdbc:sqlserver://db.acme.example:1433;databaseName=app",
        "jdbc:sqlserver://localhost;databaseName=app_prod;user=x",
        "jdbc:oracle:thin:@db.acme.example:1521/ORCL",
        "jdbc:oracle:thin:scott/tiger@//db.acme.example:1521/ORCL",
        "jdbc:oracle:thin:@db.acme.example:1521:ORCL",
        "(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=db.acme.example)(PORT=1521)))",
        "u:p@tcp(db.acme.example:3306)/app",
        "mysql://u:p@tcp(db.acme.example:3306)/app",
        "Server=tcp:db.acme.example,1433;Database=app",
        "Data Source='db.acme.example'; Initial Catalog=app",
        "host = db.acme.example dbname=app",
        "host=localhost sslcert=https://db.acme.example/c",
        "host=db.acme.example sslcert=https://localhost/c",
        "db.acme.example",
        "db.acme.example:5432",
        "app:x@db.acme.example:5432/app",
        "localhost:9092,eu.prod.example.com:9092",
        "postgres:///app?host=eu.prod.example.com",
        "postgres://localhost/app%5Fprod",
        "postgres://localhost/x?dbname=app_prod",
        "cG9zdGdyZXM6Ly91OnBAZGIuYWNtZS5leGFtcGxlL2FwcA==",
        "postgres:\\/\\/u:p@db.acme.example\\/app",
    ],
)
def test_a_refused_host_or_database_is_live_in_any_form(value: str) -> None:
    assert mode(value) == "live"


@pytest.mark.parametrize(
    "value",
    [
        "localhost",
        "localhost:5432",
        "u:p@tcp(localhost:3306)/app",
        "postgres://app:x@LOCALHOST./app",
        "postgres://app:x@localhost/app?user=app@server",
        "jdbc:postgresql://localhost/app",
        "jdbc:sqlserver://localhost;databaseName=app",
        "host=localhost dbname='my app' user=app",
        "Server=localhost;Database=app;User Id=sa",
        "postgres://db1.ci.example/app",
    ],
)
def test_an_allowed_host_is_test_in_any_form(value: str) -> None:
    assert mode(value) == "test"


@pytest.mark.parametrize(
    "value",
    [
        "garbage postgres://localhost/app",
        "postgres://localhost/app garbage",
        "postgres://localhost/a,postgres://localhost/b",
        "x:postgres://localhost/app",
        "https://localhost\\@evil.example/",
        "https://localhost\\.evil.example/",
        "https://localhost@evil.example/",
        "postgres://localhost#@evil.example/app",
        "postgres://lo%63alhost/app",
        "postgres://localhost:80x/app",
        "postgres://\u200blocalhost/app",
        "garbage host=localhost",
        "host=localhost garbage",
        "a b@tcp(localhost)/app",
        "u:p@tcp(localhost",
        "postgres://app:${DB_PASSWORD}@localhost/app",
        "localhost,evil.example",
    ],
)
def test_an_allowed_host_proves_nothing_when_another_reader_may_find_another(value: str) -> None:
    assert mode(value) == "unknown"


def test_an_allowed_host_in_a_text_is_no_proof_for_another_service() -> None:
    for value in ("garbage http://localhost/", "sk_" + "test_short http://localhost/x"):
        verdict = classify(value, "stripe", rules=LISTS)
        assert (verdict.mode, verdict.malformed) == ("unknown", True)
    assert classify("http://localhost:12111", "stripe", rules=LISTS).mode == "test"
    assert classify("http://localhost:12111", "stripe").malformed


@pytest.mark.parametrize(
    ("value", "service", "expected"),
    [
        ("sqlite:///:memory:", "database_url", "test"),
        ("sqlite://", "database_url", "test"),
        ("sqlite+pysqlite:///:memory:", None, "test"),
        (":memory:", "database_url", "test"),
        ("file::memory:?cache=shared", "database_url", "test"),
        ("jdbc:h2:mem:app", "database_url", "test"),
        ("sqlite:///file:app?mode=memory&uri=true", "database_url", "test"),
        ("sqlite:///file:app?mode=memory", "database_url", "unknown"),
        ("sqlite:////:memory:", "database_url", "unknown"),
        ("sqlite://db/:memory:", "database_url", "unknown"),
        ("x sqlite:///:memory:", "database_url", "unknown"),
        ("sqlite:///:memory:", "stripe", "unknown"),
        ("postgres:///:memory:", "database_url", "unknown"),
        ("sqlite:////var/lib/prod.db", "database_url", "live"),
    ],
)
def test_only_what_cannot_leave_the_process_is_test_by_itself(
    value: str, service: str | None, expected: str
) -> None:
    assert mode(value, service, None) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("postgres://u:p@casino-prod.acme.com/app", "live"),
        ("postgres://u:p@canon-prod/app", "live"),
        ("postgres://u:p@prod-devices.acme.com/app", "live"),
        ("postgres://u:p@db.acme-prod.com/app", "live"),
        ("postgres://u:p@sandbox.acme-live.com/app", "unknown"),
        ("postgres://u:p@h/app%5Fprod", "live"),
        ("postgres://u:p@h/app?application_name=prod-job", "live"),
        ("postgres:///app?host=/cloudsql/acme-prod:eu:db", "live"),
        ("postgres://u:p@%2Fcloudsql%2Facme-prod:eu:db/app", "live"),
        ("mongodb://h/?readPreference=primary", "unknown"),
        ("postgres://u:p@h/nonprod", "unknown"),
        ("db-prod.acme.com", "live"),
    ],
)
def test_names_say_production_by_whole_words(value: str, expected: str) -> None:
    assert mode(value, rules=None) == expected


def test_the_operators_word_beats_a_hosts_name_but_not_the_names_behind_it() -> None:
    rules = Rules(allow=Allow(hosts=("prod-like-copy.ci",)))
    assert mode("postgres://app@prod-like-copy.ci/app", rules=rules) == "test"
    assert mode("postgres://prod_app@prod-like-copy.ci/app", rules=rules) == "live"


def test_one_label_or_more_stands_for_a_star() -> None:
    assert matches("a.b.x.com", ["*.x.com"])
    assert not matches("x.com", ["*.x.com"])
    assert not matches("ax.com.evil", ["*.x.com", "x.com"])


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("api.localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("127.evil.com", False),
        ("127.0.0.1.evil.com", False),
        ("localhost.evil.com", False),
        ("10.0.0.1", False),
    ],
)
def test_loopback_is_this_machine_and_nothing_that_looks_like_it(host: str, loopback: bool) -> None:
    assert is_loopback_host(host) is loopback


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("1.2.3.4.5", "1.2.3.4.5"),
        ("1.2.3.999", "1.2.3.999"),
        ("08.1.1.1", "08.1.1.1"),
        ("0xzz", "0xzz"),
        ("1..2", "1..2"),
        ("fe80::1%eth0", "fe80::1"),
        (":::", ":::"),
        ("ü" * 80, "ü" * 80),
        ("a" * 2000, "a" * 1024),
    ],
)
def test_a_name_that_is_no_address_stays(name: str, host: str) -> None:
    assert canonical_host(name)[0] == host


def test_a_place_that_is_repeated_is_read_once() -> None:
    assert len(places("a://b " * 9)) == 1
    (place,) = places("postgres://" + "a,b," * 9)
    assert place.hosts == ("a", "b")


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"postgres://h{n}/a " for n in range(MOST_PLACES + 9)) + "https://u@{host}:1/x",
        "postgres://" + ",".join(f"h{n}" for n in range(MOST_HOSTS + 9)) + ",{host}:5432/app",
        ",".join(f"h{n}:1" for n in range(MOST_HOSTS + 9)) + ",[{host}]",
    ],
    ids=["addresses", "hosts of an address", "bare hosts"],
)
def test_the_end_of_an_endless_list_is_searched_too_and_proves_nothing(text: str) -> None:
    assert mode(text.format(host="db.acme.example")) == "live"
    assert mode(text.format(host="db.prod.acme.com")) == "live"
    everything = Rules(allow=Allow(hosts=("*",)))
    assert mode(text.format(host="localhost"), rules=everything) == "unknown"


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from([*"@:/?#[](),;=%\\'\" .0x", "://", "host=", "tcp(", "jdbc:oracle:"]),
        max_size=20,
    ).map("".join)
)
def test_no_text_makes_the_parser_raise(text: str) -> None:
    for place in places(text, bare=True):
        assert place.is_loopback in {True, False}
        assert all(host_is_live(host) in {True, False} for host in place.hosts)
