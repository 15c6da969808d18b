"""The tables of the manifest: which keys each knows, and how they become the model."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from credcheck.manifest import readers as read
from credcheck.manifest.scope import quoted
from credcheck.model import Allow, Refuse, SecretSpec, SkipBudget, Suite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credcheck.manifest.readers import Reader
    from credcheck.manifest.scope import At, Scope

_texts = read.list_of(read.text, "texts")
_accounts = read.list_of(read.account, "account numbers (texts)")

SECRET: Mapping[str, Reader] = {
    "service": read.service,
    "description": read.text,
    "obtain": read.text,
    "file": read.flag,
    "provided-by": read.text,
    "aliases": read.list_of(read.variable, "variable names"),
    "vault": read.place_in_vault,
    "aws": read.place_in_aws,
    "keyring": read.text,
    "unproven": read.text,
}
SUITE: Mapping[str, Reader] = {
    "requires": read.list_of(read.secret, "secret names"),
    "any-of": read.list_of(read.group, "lists of secret names"),
    "paths": read.list_of(read.suite_path, "paths"),
    "on-missing": read.policies,
    "on-broken": read.policies,
    "max-skipped": read.count,
}
SKIP_BUDGET: Mapping[str, Reader] = {
    "max-skipped": read.count,
    "suite": read.suite,
    "context": read.context,
    "until": read.day,
}
REFUSE: Mapping[str, Reader] = {
    "values": read.list_of(read.fingerprint, "fingerprints"),
    "vault": _texts,
    "aws": _texts,
    "keyring": _texts,
    "hosts": _texts,
    "databases": _texts,
    "aws-accounts": _accounts,
    "gcp-projects": _texts,
}
ALLOW: Mapping[str, Reader] = {"aws-accounts": _accounts, "hosts": _texts}
OPTIONS: Mapping[str, Mapping[str, Reader]] = {
    "dotenv": {"path": read.text},
    "keyring": {"service": read.text, "timeout": read.seconds},
    "vault": {
        "address": read.url,
        "namespace": read.text,
        "auth": read.auth,
        "role": read.text,
        "mount": read.text,
        "audience": read.text,
        "ca-cert": read.text,
        "timeout": read.seconds,
    },
    "aws": {
        "region": read.text,
        "profile": read.text,
        "role-arn": read.text,
        "endpoint-url": read.url,
        "instance-metadata": read.flag,
        "timeout": read.seconds,
    },
}


def build(scope: Scope, table: object) -> dict[str, Any]:
    """Read the whole table; give the fields of the model's Manifest."""
    if isinstance(table, dict):
        scope.name_sources(table.get("sources"))
    keys = {**_TOP, **dict.fromkeys(scope.foreign, _foreign_options)}
    values = _read_table(scope, (), table, keys)
    sources = (*OPTIONS, *scope.foreign)
    options = {name: values.pop(name) for name in sources if name in values}
    return {**_fields(values), "options": MappingProxyType(options)}


def _read_table(
    scope: Scope, at: At, table: object, keys: Mapping[str, Reader]
) -> dict[str, object]:
    """Read the known keys of a table, in the order of ``keys``; note the others."""
    if not isinstance(table, dict):
        scope.expected(at, "a table", table)
        return {}
    for key in table:
        if key not in keys and not (not at and key.startswith("x-")):
            scope.unknown((*at, key), "key", keys)
    values = {
        key: reader(scope, (*at, key), table[key]) for key, reader in keys.items() if key in table
    }
    return {key: value for key, value in values.items() if value is not None}


def _fields(values: Mapping[str, object]) -> dict[str, Any]:
    return {key.replace("-", "_"): value for key, value in values.items()}


def _tables(scope: Scope, at: At, value: object) -> dict[str, Any] | None:
    if isinstance(value, dict):
        return value
    scope.expected(at, "a table of tables", value)
    return None


def _services(scope: Scope, at: At, value: object) -> Mapping[str, Mapping[str, object]] | None:
    """Read the project's own services, which have the schema of the shipped ones."""
    tables = _tables(scope, at, value)
    if tables is None:
        scope.services = None
        return None
    scope.services = tuple(dict.fromkeys((*(scope.services or ()), *tables)))
    for name, table in tables.items():
        plain = read.is_variable(name) and name == name.lower() and not name.startswith("_")
        if not plain:
            scope.wrong((*at, name), "expected a service's id (small letters, digits, _)")
        if not isinstance(table, dict):
            scope.expected((*at, name), "a table", table)
            continue
        from credcheck.services.tables import find_mistakes

        for place, message in find_mistakes(table, scope.nearest):
            scope.wrong((*at, name, *place), message)
    return MappingProxyType(tables)


def _secrets(scope: Scope, at: At, value: object) -> Mapping[str, SecretSpec] | None:
    tables = _tables(scope, at, value)
    scope.secrets = tables  # also those with a mistake of their own: a suite may name them
    if tables is None:
        return None
    specs: dict[str, SecretSpec] = {}
    for name, table in tables.items():
        if not read.is_variable(name):
            message = "expected the name of an environment variable (letters, digits, _)"
            scope.wrong((*at, name), message)
        keys = {**SECRET, **dict.fromkeys(scope.foreign, read.text)}
        values = _read_table(scope, (*at, name), table, keys)
        places = {source: values.pop(source) for source in scope.foreign if source in values}
        specs[name] = SecretSpec(name=name, **_fields(values))
        if places:
            named = MappingProxyType({source: str(place) for source, place in places.items()})
            specs[name] = specs[name]._replace(places=named)
        _claim_aliases(scope, (*at, name, "aliases"), specs[name])
    return MappingProxyType(specs)


def _claim_aliases(scope: Scope, at: At, spec: SecretSpec) -> None:
    """Note every alias that is already a name of a secret."""
    for alias in spec.aliases:
        if alias in (scope.secrets or ()):
            scope.wrong(at, f"{quoted(alias)} is already the name of a secret")
        elif alias in scope.aliases:
            owner = quoted(scope.aliases[alias])
            scope.wrong(at, f"{quoted(alias)} is already an alias of {owner}")
        else:
            scope.aliases[alias] = spec.name


def _suites(scope: Scope, at: At, value: object) -> Mapping[str, Suite] | None:
    tables = _tables(scope, at, value)
    scope.suites = tables
    if tables is None:
        return None
    suites: dict[str, Suite] = {}
    for name, table in tables.items():
        if not name or name != name.strip() or name.startswith("-") or not read.is_one_line(name):
            scope.wrong((*at, name), "expected a suite's name (one line, not blank, no leading -)")
        fields = _fields(_read_table(scope, (*at, name), table, SUITE))
        suites[name] = Suite(name=name, **fields)
    return MappingProxyType(suites)


def _skip_budget(scope: Scope, at: At, value: object) -> tuple[SkipBudget, ...] | None:
    """Read the list of allowances; each says how many tests it is about."""
    if not isinstance(value, list):
        scope.expected(at, "a list of tables", value)
        return None
    budgets = []
    for index, table in enumerate(value):
        fields = _fields(_read_table(scope, (*at, index), table, SKIP_BUDGET))
        if isinstance(table, dict) and "max-skipped" not in table:
            scope.wrong((*at, index), "max-skipped is missing")
        budgets.append(SkipBudget(**{"max_skipped": 0, **fields}))
    return tuple(budgets)


def _top_policies(scope: Scope, at: At, value: object) -> object:
    """Read a policy that the suites fall back on."""
    policies = read.policies(scope, at, value)
    if policies is not None:
        scope.policies[str(at[-1])] = policies
    return policies


def _options(scope: Scope, at: At, value: object) -> Mapping[str, object]:
    return MappingProxyType(_read_table(scope, at, value, OPTIONS[str(at[-1])]))


def _foreign_options(scope: Scope, at: At, value: object) -> Mapping[str, object] | None:
    """Take the options of a third party's source as they stand; it checks them itself."""
    tables = _tables(scope, at, value)
    return None if tables is None else MappingProxyType(tables)


def _refuse(scope: Scope, at: At, value: object) -> Refuse:
    return Refuse(**_fields(_read_table(scope, at, value, REFUSE)))


def _allow(scope: Scope, at: At, value: object) -> Allow:
    return Allow(**_fields(_read_table(scope, at, value, ALLOW)))


# Read in this order: secrets name services, suites name secrets and fall back on the policies.
_TOP: Mapping[str, Reader] = {
    "sources": read.sources,
    "on-missing": _top_policies,
    "on-broken": _top_policies,
    "ambient": read.ambient,
    "services": _services,
    "secrets": _secrets,
    "suites": _suites,
    "skip-budget": _skip_budget,
    "refuse": _refuse,
    "allow": _allow,
    **dict.fromkeys(OPTIONS, _options),
}

# Every key, by its table as the reference page writes it.
KEYS: Mapping[str, tuple[str, ...]] = {
    "": tuple(_TOP),
    "secrets.NAME": tuple(SECRET),
    "suites.NAME": tuple(SUITE),
    "skip-budget": tuple(SKIP_BUDGET),
    "refuse": tuple(REFUSE),
    "allow": tuple(ALLOW),
    **{name: tuple(keys) for name, keys in OPTIONS.items()},
}
