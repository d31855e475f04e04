"""Every package has its reason, its version and its use."""

import ast
import re
import sys
import tomllib
from importlib import metadata

import pytest

from tests.architecture.source import ROOT, imported, modules

_NAME = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[\w,]+\])?")

#: Used without an import of ours.
USED_BY_OTHERS = {
    "psycopg": "the driver SQLAlchemy loads by the address of the database",
    "python-multipart": "what Starlette reads forms with",
    "python-dateutil": "held back for another package",
    "tzdata": "the time zones where the system brings none",
    "pandas": "loaded by name before the first page",
}


def _names(file: str) -> dict[str, str]:
    """Return the requirement lines of ``file`` by normalised name."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    found = ((_NAME.match(line), line) for line in lines)
    return {_normal(match.group(1)): line for match, line in found if match}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported_packages() -> set[str]:
    owners = metadata.packages_distributions()
    tops = {target.split(".")[0] for module in modules() for target, *_ in imported(module)}
    foreign = tops - sys.stdlib_module_names - {"core", "db", "pages", "app"}
    return {_normal(owner) for top in foreign for owner in owners.get(top, [top])}


@pytest.mark.parametrize("line", _names("requirements.in").values())
def test_every_package_says_why_it_is_here(line: str) -> None:
    assert re.search(r"#\s*\w", line), line


def test_every_package_is_used() -> None:
    assert set(_names("requirements.in")) - _imported_packages() - set(USED_BY_OTHERS) == set()


def test_every_import_is_pinned() -> None:
    assert _imported_packages() - set(_names("requirements.txt")) == set()


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_names_one_version(file: str) -> None:
    assert [line for line in _names(file).values() if "==" not in line] == []


def test_the_pins_are_those_that_were_asked_for() -> None:
    pinned = _names("requirements.txt")
    for name, line in _names("requirements.in").items():
        asked = re.search(r"==([\w.]+)", line)
        if asked:
            assert re.search(rf"=={re.escape(asked.group(1))}(?![\w.])", pinned[name]), name


def test_tests_run_with_the_versions_of_the_product() -> None:
    product, tests = _names("requirements.txt"), _names("requirements-dev.txt")
    assert {name for name, line in product.items() if tests.get(name) != line} == set()


def test_every_option_of_streamlit_exists_and_is_in_force() -> None:
    from streamlit import config

    known = config.get_config_options()
    given = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    for section, options in given.items():
        for name in options:
            option = known.get(f"{section}.{name}")
            assert option is not None, f"{section}.{name}"
            assert not option.deprecated, f"{section}.{name}"


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("server.address", "127.0.0.1"),
        ("server.enableXsrfProtection", True),
        ("server.enableCORS", True),
        ("server.maxUploadSize", 15),
        ("server.trustedUserHeaders", {"x-gate-user": "uid", "x-gate-session": "sid"}),
        ("client.showErrorDetails", "none"),
        ("client.toolbarMode", "viewer"),
        ("browser.gatherUsageStats", False),
        ("runner.postScriptGC", False),
        ("server.fileWatcherType", "none"),
    ],
)
def test_streamlit_is_set_as_the_product_relies_on(option: str, value: object) -> None:
    given = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    section, name = option.split(".")
    assert given[section][name] == value


def test_the_gate_and_the_configuration_agree_on_the_headers() -> None:
    given = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    written = {
        node.value.decode() if isinstance(node.value, bytes) else node.value
        for module in modules("pages")
        if module.name.startswith("pages.http")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    }
    assert set(given["server"]["trustedUserHeaders"]) - written == set()
