"""Connection strings of the common databases and brokers, in the forms that their drivers read."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credcheck.classifier import Rules, classify
from credcheck.classifier.dsn import places
from credcheck.classifier.pairs import split_pairs
from credcheck.model import Allow, Refuse

ALLOWED = Rules(allow=Allow(hosts=("db.ci.example",)))
REFUSED = Rules(refuse=Refuse(hosts=("db.ci.example",)))

# {h} is the host; what can be proven test by `allow.hosts`
FORMS = [
    "postgres://app:x@{h}:5432/app",
    "postgresql+psycopg://app:x@{h}/app?sslmode=require",
    "postgresql://app:x@/app?host={h}&port=5432",
    "cockroachdb://app:x@{h}:26257/app",
    "mysql://app:x@{h}:3306/app",
    "mysql+pymysql://app:x@{h}/app?charset=utf8mb4",
    "mariadb+mariadbconnector://app:x@{h}/app",
    "mssql+pymssql://sa:x@{h}:1433/app",
    "mongodb://app:x@{h}:27017/app?replicaSet=rs0",
    "mongodb+srv://app:x@{h}/app",
    "redis://:x@{h}:6379/0",
    "rediss://default:x@{h}:6380",
    "amqp://app:x@{h}:5672/app",
    "amqps://app:x@{h}/",
    "kafka://{h}:9092",
    "{h}:9092",
    "nats://x@{h}:4222",
    "mqtts://app:x@{h}:8883",
    "smtp+ssl://app:x@{h}:465",
    "ldaps://{h}:636",
    "clickhouse+native://app:x@{h}/app",
    "http://app:x@{h}:9200",
    "snowflake://app:x@{h}/app/public?warehouse=wh",
    "oracle+oracledb://app:x@{h}:1521/?service_name=app",
    "jdbc:postgresql://{h}/app?user=app&password=x",
    "jdbc:mysql://{h}:3306/app",
    "jdbc:mysql:loadbalance://{h}:3306/app",
    "jdbc:mariadb://{h}/app",
    "jdbc:sqlserver://{h}:1433;databaseName=app;user=sa",
    "jdbc:oracle:thin:@//{h}:1521/app",
    "jdbc:h2:tcp://{h}/~/app",
    "jdbc:clickhouse:http://{h}:8123/app",
    "host={h} port=5432 dbname=app user=app password=x",
    "host = '{h}' dbname = 'app' password = 'it\\'s; a = b'",
    "Server={h};Database=app;User Id=sa;Password=x;",
    "Server=tcp:{h},1433;Initial Catalog=app;Encrypt=True",
    'Data Source="{h}";Initial Catalog=app;Password="a;b"',
    "Driver={{ODBC Driver 18 for SQL Server}};Server={h};Database=app;Uid=sa;Pwd={{a;b}}}}c}}",
    "mssql+pyodbc:///?odbc_connect=Driver%3D%7Bx%7D%3BServer%3D{h}%3BDatabase%3Dapp",
    "Host={h};Port=5432;Username=app;Database=app",
    "app/x@{h}:1521/app",
    "app/x@//{h}:1521/app",
    "(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST={h})(PORT=1521))(CONNECT_DATA=(SERVICE_NAME=app)))",
    "app:x@tcp({h}:3306)/app?parseTime=true",
    "bootstrap.servers={h}:9092",
    "AccountEndpoint=https://{h}:443/;AccountKey=YWJj",
    "Endpoint=sb://{h}/;SharedAccessKeyName=Send;SharedAccessKey=YWJj",
    '{{"engine":"postgres","host":"{h}","port":5432,"username":"app","dbname":"app"}}',
    '{{"db":{{"DB_HOST":"{h}","DB_NAME":"app"}}}}',
    '{{"DATABASE_URL":"postgres://app:x@{h}/app"}}',
]
# found when live; never proven, because drivers and other readers may disagree
NEVER_PROVEN = [
    "redis+sentinel://{h}:26379,other:26379/mymaster",
    "jdbc:mysql://address=(host={h})(port=3306)/app",
    "jdbc:mysql://(host={h},port=3306),(host=other,port=3306)/app",
    "Server={h}\\SQLEXPRESS;Database=app",
    "postgresql://app:x@/app?host={h}:5432&host=other:5432",
    "postgresql://app:x@/app?host=other:5432&host={h}:5432",
    'Server=other;Password="a;Server={h};"',
    "Server=other;Password='a\\';Server={h};App='b'",
    "host=other password='a\\\\' host={h} dbname='b'",
    '{{"host":"{h}","host":"other"}}',
    '{{"host":"other","host":"{h}"}}',
    '["postgres://{h}/a","postgres://other/a"]',
]


@pytest.mark.parametrize("form", [*FORMS, *NEVER_PROVEN])
@pytest.mark.parametrize("service", ["database_url", None])
def test_production_is_found_by_its_name_in_every_form(form: str, service: str | None) -> None:
    bare = form.startswith("{h}")
    for host in ("db.prod.acme.com", "acme-prod-1.acme.com"):
        verdict = classify(form.format(h=host), service)
        assert verdict.mode == "live"
        assert verdict.reason == "the name of its host, database or user says that it is production"
    assert bare or classify(form.format(h="db.ci.example"), service, rules=REFUSED).mode == "live"


@pytest.mark.parametrize("form", FORMS)
def test_an_allowed_host_is_test_in_every_form(form: str) -> None:
    value = form.format(h="db.ci.example")
    assert classify(value, "database_url").mode == "unknown"
    assert classify(value, "database_url", rules=ALLOWED).mode == "test"


@pytest.mark.parametrize("form", NEVER_PROVEN)
def test_an_allowed_host_proves_nothing_in_these(form: str) -> None:
    value = form.format(h="db.ci.example")
    assert classify(value, "database_url", rules=ALLOWED).mode == "unknown"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("snowflake://app:x@acme-eu/app?warehouse=PROD_WH", "live"),
        ("snowflake://app:x@acme-eu/app?role=PROD_READER", "live"),
        ("postgresql://app@h/app?options=--cluster%3Dacme-prod-12", "live"),
        ("amqp://app:x@h/prod", "live"),
        ("ldap://h/dc=prod,dc=acme,dc=com", "live"),
        ("DSN=AcmeProd", "unknown"),
        ("DSN=acme-prod;Database=app;Uid=x", "live"),
        ("Server=h;Database=app;Password=prod", "unknown"),
        ("Server=h;Database=app;Pwd={a;b=prod}", "unknown"),
        ("service=acme_prod", "live"),
        ("sqlite:////srv/prod/app.db", "live"),
        ("duckdb:///prod.duckdb", "live"),
        ("acme-prod:" + base64.b64encode(b"eu.cloud.example$abc$def").decode(), "live"),
        ("acme:" + base64.b64encode(b"es.prod.example.com$abc$def").decode(), "live"),
        ("acme:" + base64.b64encode(b"eu.cloud.example$abc$def").decode(), "unknown"),
        ("acme:" + base64.b64encode(b"no dollar sign in this one").decode(), "unknown"),
        ('{"host": "h", "dbname": "acme_production"}', "live"),
        ('{"host": "h", "username": "prod_app"}', "live"),
        ('{"host": "h", "password": "prod"}', "unknown"),
        ('{"mode": "test", "n": 1, "ok": true, "big": %s}' % ("9" * 5000), "unknown"),
    ],
)
def test_what_an_owner_names_is_read_and_a_password_is_not(value: str, expected: str) -> None:
    assert classify(value, "database_url").mode == expected


@pytest.mark.parametrize("server", ["(local)", ".", "tcp:localhost", "lpc:localhost", "127.0.0.1"])
def test_this_machine_in_the_words_of_sql_server(server: str) -> None:
    (place,) = places(f"Server={server};Database=app")
    assert place.is_loopback
    assert classify(f"Server={server};Database=app", "database_url").mode == "unknown"


@pytest.mark.parametrize("server", ["np:\\\\db.prod.acme.com\\pipe\\sql", "admin:db.prod.acme.com"])
def test_another_machine_in_the_words_of_sql_server(server: str) -> None:
    assert classify(f"Server={server};Database=app", "database_url").mode == "live"


def test_a_list_of_hosts_without_a_service_is_searched_too() -> None:
    assert classify("a.acme.com:9092,b.prod.acme.com:9092").mode == "live"
    assert classify("db.prod.acme.com:5432").mode == "live"
    assert classify("db.acme.com:5432").mode == "unknown"


# ── clouds ────────────────────────────────────────────────────────────────────────────────────

STORAGE = (
    "DefaultEndpointsProtocol=https;AccountName={name};AccountKey=YWJj;EndpointSuffix={suffix}"
)


def test_the_account_of_a_storage_connection_string_is_its_host() -> None:
    value = STORAGE.format(name="acmelogs", suffix="core.windows.net")
    host = "acmelogs.blob.core.windows.net"
    assert classify(value, "azure_storage").mode == "unknown"
    assert classify(value, "azure_storage", rules=Rules(Refuse(hosts=(host,)))).mode == "live"
    assert classify(value, "azure_storage", rules=Rules(allow=Allow(hosts=(host,)))).mode == "test"


EMULATOR_KEY = "".join(
    (
        *("Eby8vdM02", "xNOcqFlqU", "wJPLlmEtl", "CDXJ1OUzF", "T50uSRZ6I"),
        *("FsuFq2U", "VErCz4I6t", "q/K1SZFPT", "Otr/KBHBe", "ksoGMGw=="),
    )
)
EMULATOR = f"AccountName=devstoreaccount1;AccountKey={EMULATOR_KEY}"
BLOBS = "BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"{EMULATOR};{BLOBS}", "test"),
        (f"DefaultEndpointsProtocol=http;{EMULATOR};{BLOBS};", "test"),
        (EMULATOR, "unknown"),
        (f"{EMULATOR};BlobEndpoint=http://10.0.0.5:10000/devstoreaccount1", "unknown"),
        (f"{EMULATOR};{BLOBS};QueueEndpoint=http://evil.example/x", "unknown"),
        (f"{EMULATOR};{BLOBS};BlobSecondaryEndpoint=http://evil.example/x", "unknown"),
        (f"AccountName=acme;AccountKey={EMULATOR_KEY};{BLOBS}", "unknown"),
        (f"AccountName=devstoreaccount1;AccountKey=YWJj;{BLOBS}", "unknown"),
        (f"{EMULATOR};{BLOBS};{BLOBS}x", "unknown"),
        (f"garbage;{EMULATOR};{BLOBS}", "unknown"),
        (f"{EMULATOR};{BLOBS}\u200b", "unknown"),
    ],
)
def test_an_emulators_connection_string_is_test_on_this_machine_alone(
    value: str, expected: str
) -> None:
    assert classify(value, "azure_storage").mode == expected


def test_a_document_of_a_cloud_is_no_place_and_proves_nothing_elsewhere() -> None:
    account = json.dumps(
        {
            "type": "service_account",
            "project_id": "acme-ci",
            "client_email": "ci@acme-ci.iam.gserviceaccount.com",
            "token_uri": "https://oauth2.googleapis.com/token",
        }
    )
    for service in ("gcp_service_account", "database_url", "sendgrid", None):
        verdict = classify(account, service, rules=ALLOWED)
        assert (verdict.mode, verdict.malformed) == ("unknown", False)
    value = '{"url": "https://db.ci.example", "key": "x"}'
    assert classify(value, "sendgrid", rules=ALLOWED).mode == "unknown"


@pytest.mark.parametrize("depth", [10, 5000])
def test_deep_documents_are_harmless(depth: int) -> None:
    value = '{"a":' * depth + '{"host":"db.prod.acme.com"}' + "}" * depth
    # how deep the reader of JSON goes differs from one Python to the next
    assert classify(value, "database_url").mode in (
        {"live"} if depth == 10 else {"live", "unknown"}
    )


# ── keys and values ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("a=1;B = 2 ;c=", [("a", "1"), ("b", "2"), ("c", "")]),
        ("a=1 b=2", [("a", "1"), ("b", "2")]),
        ("a = 1\nb\t=\t2", [("a", "1"), ("b", "2")]),
        ("a='x y' b=2", [("a", "x y"), ("b", "2")]),
        ("a='it\\'s' b=2", [("a", "it\\'s"), ("b", "2")]),
        ('a="x;y";b=2', [("a", "x;y"), ("b", "2")]),
        ('a="x""y";b=2', [("a", 'x""y'), ("b", "2")]),
        ("a={x;y};b=2", [("a", "x;y"), ("b", "2")]),
        ("a={x;b=2", [("a", "{x"), ("b", "2")]),
        ("a='x", [("a", "'x")]),
        ("x;a=1", [("", ""), ("a", "1")]),
        ("a='1' x", [("a", "1"), ("", "")]),
        ("x a='1'", [("", ""), ("a", "1")]),
        ("(A=(B=c))", [("a", ""), ("b", "c")]),
    ],
)
def test_pairs_are_read_as_the_drivers_do(text: str, pairs: list[tuple[str, str]]) -> None:
    assert list(split_pairs(text)) == pairs


def test_endless_pairs_in_quotes_are_searched_to_their_end() -> None:
    many = "".join(f"k{n}='v';" for n in range(5000))
    value = f"{many}Server='db.prod.acme.com';Database=app"
    assert classify(value, "database_url").mode == "live"


@given(
    st.lists(
        st.sampled_from([*"=;' \"{}()\\", "host", "a", "://", "@", "\n", "''", "localhost"]),
        max_size=25,
    ).map("".join)
)
def test_no_pairs_make_it_raise(text: str) -> None:
    assert all(key == key.lower() for key, _ in split_pairs(text))
    assert isinstance(places(text, bare=True), tuple)


def test_odbc_in_a_url_is_unquoted_once() -> None:
    inner = quote_plus("Driver={x};Server=db.prod.acme.com;Database=app")
    assert classify(f"mssql+pyodbc:///?odbc_connect={inner}", "database_url").mode == "live"
    assert classify("mssql+pyodbc:///?odbc_connect=nothing", "database_url").mode == "unknown"


@pytest.mark.parametrize(
    "value",
    [
        "//db.acme.example#@db.ci.example/x",
        "scott/tiger@db.acme.example#@db.ci.example:1521/x",
        "scott/tiger@db.ci.example:1521,db.acme.example:1521/x",
        "scott/tiger@db.acme.example,db.ci.example/x",
        "jdbc:oracle:thin:scott/ti@db.acme.example/@db.ci.example:1521:ORCL",
    ],
)
@pytest.mark.parametrize("service", ["database_url", None])
def test_a_second_host_of_an_oracle_address_cannot_hide_behind_an_allowed_one(
    value: str, service: str | None
) -> None:
    assert classify(value, service, rules=ALLOWED).mode != "test"
    refused = Rules(Refuse(hosts=("db.acme.example",)), ALLOWED.allow)
    if not value.startswith("//"):
        assert classify(value, service, rules=refused).mode == "live"


def test_an_address_of_one_oracle_server_is_still_test_where_its_host_is_allowed() -> None:
    for value in (
        "scott/tiger@db.ci.example:1521/x",
        "jdbc:oracle:thin:@db.ci.example:1521:ORCL",
        "jdbc:oracle:thin:scott/tiger@//db.ci.example:1521/x",
    ):
        assert classify(value, "database_url", rules=ALLOWED).mode == "test"


@pytest.mark.parametrize(
    "value",
    [
        "jdbc:db2://db.ci.example:50000/billing:user=a;password=b;",
        "jdbc:informix-sqli://db.ci.example:9088/billing:INFORMIXSERVER=x",
        "jdbc:oracle:thin:@//db.ci.example:1521/billing:dedicated/x",
    ],
)
def test_a_refused_database_is_found_before_the_options_behind_a_colon(value: str) -> None:
    rules = Rules(Refuse(databases=("billing",)), ALLOWED.allow)
    assert classify(value, "database_url", rules=rules).mode == "live"


@pytest.mark.parametrize(
    "value", ["//db.ci.example:1521/x", "db\u200b.ci.example:5432", "d\u00adb.ci.example"]
)
def test_a_bare_refused_host_is_found_behind_slashes_and_invisible_characters(value: str) -> None:
    assert classify(value, "database_url", rules=REFUSED).mode == "live"


@pytest.mark.parametrize(
    "value",
    [
        "Server=db.ci.example;Failover Partner=db.acme.example;Database=x",
        "jdbc:sqlserver://db.ci.example;failoverPartner=db.acme.example",
        "sqlserver://sa:x@db.ci.example?failoverpartner=db.acme.example",
        "jdbc:mysql://db.ci.example/x?socksProxyHost=db.acme.example",
        "redis://db.ci.example:6379?sentinel=db.acme.example",
        "cassandra://db.ci.example/?contact_points=db.acme.example",
        "db.ci.example;db.acme.example",
        json.dumps({"host": "db.ci.example", "replica": "db.acme.example"}),
        json.dumps({"host": "db.ci.example", "nodes": ["db.acme.example"]}),
        json.dumps({"host": "db.ci.example", "replicas": [{"ip": "db.acme.example"}]}),
    ],
)
def test_a_host_that_a_driver_falls_back_to_counts_too(value: str) -> None:
    assert classify(value, "database_url", rules=ALLOWED).mode != "test"
    refused = Rules(Refuse(hosts=("db.acme.example",)), ALLOWED.allow)
    assert classify(value, "database_url", rules=refused).mode == "live"
