"""What the README says is true, and it leaves out nothing an operator may set."""

import ast
import re
from functools import cache

import pytest

from core.commands.parser import run
from tests.architecture.source import ROOT, calls, modules, tracked_files

#: What the operator may set, by the promise of the product.
VARIABLES = (
    "DATABASE_URL",
    "DOCUMENT_STORE",
    "MASTER_KEY",
    "MASTER_KEY_FILE",
    "PUBLIC_URL",
    "SMTP_URL",
    "STREAMLIT_SERVER_PORT",
    "TIME_ZONE",
    "TRUSTED_PROXIES",
    "VAR_DIR",
)

#: Made while the product runs, so not in a fresh clone.
MADE = ("var/", ".venv/")


@cache
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def _commands() -> set[str]:
    return set(re.findall(r"python -m core ([a-z][a-z-]+)", readme()))


def _code() -> list[str]:
    return re.findall(r"`([^`\n]+)`", readme())


def _paths_in_code() -> set[str]:
    """Return what is written as a path of this project: no address, no placeholder."""
    looks_like_path = re.compile(r"\.?[\w-]+(/[\w.-]+)*(/|\.(py|md|csv|po|toml|txt|in|css))")
    return {
        text for text in _code() if looks_like_path.fullmatch(text) and not text.startswith(MADE)
    }


def test_every_path_named_exists() -> None:
    # A name without a folder stands for any file of that name.
    names = {name.rpartition("/")[2] for name in tracked_files()}
    missing = {
        path for path in _paths_in_code() if path not in names and not (ROOT / path).exists()
    }
    assert missing == set()


def test_every_local_link_and_picture_leads_somewhere() -> None:
    targets = {
        target.split("#")[0]
        for target in re.findall(r"\]\(([^)\s]+)\)", readme())
        if not target.startswith(("http://", "https://", "mailto:", "#"))
    }
    assert {target for target in targets if not (ROOT / target).exists()} == set()


def test_every_make_target_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z][a-z-]*)`", readme())) - targets == set()


@pytest.mark.parametrize("target", ["run", "demo", "test", "test-fast", "lint", "bench"])
def test_every_make_target_is_told(target: str) -> None:
    assert f"make {target}" in readme()


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_variable_is_told(variable: str) -> None:
    assert re.search(rf"\b{variable}\b", readme())


def test_the_product_reads_no_other_variable() -> None:
    read = {
        argument.value
        for module in modules()
        for name, call in calls(module)
        if name.split(".")[-2:-1] == ["environ"] or name.endswith("getenv")
        for argument in call.args[:1]
        if isinstance(argument, ast.Constant)
    }
    # What children inherit or the system sets is not the operator's to choose.
    assert read - set(VARIABLES) <= {"PATH", "HOME", "LANG"}


def test_every_command_named_exists(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(["--help"])
    known = set(re.findall(r"[a-z][a-z-]+", capsys.readouterr().out))
    assert _commands() - known == set()


def test_the_documents_a_newcomer_looks_for_are_there() -> None:
    wanted = {"README.md", "CHANGELOG.md", "LICENSE", "docs/decisions.md"}
    assert wanted - set(tracked_files()) == set()
