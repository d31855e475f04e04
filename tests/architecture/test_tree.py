"""What lies in the project, and what does not."""

import re
from pathlib import PurePath

import pytest

from tests.architecture.source import ROOT, tracked_files

TOP_LEVEL = frozenset(
    "app.py pages core db tests requirements.txt README.md pyproject.toml Makefile .streamlit .ci "
    ".gitignore requirements.in requirements-dev.txt docs deploy CHANGELOG.md LICENSE".split()
)

#: A folder of one machine; written so that this file does not hold one itself.
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:root|work|tmp|home/\w+)/")
#: Where packages come from is the affair of the machine that installs them.
REGISTRIES = re.compile(
    "|".join(["index" + "-url", "trusted" + "-host", "find" + "-links", "pypi" + r"\.org"])
)

PERSONAL = re.compile(r"-----BEGIN [A-Z ]*PRIVATE " + "KEY-----")

GENERATED = (".pyc", ".mo", ".sqlite3", ".db", ".log", ".key", ".egg-info", ".orig", ".rej")


def _texts() -> list[tuple[str, str]]:
    readable = []
    for name in tracked_files():
        content = (ROOT / name).read_bytes()
        if b"\0" not in content:
            readable.append((name, content.decode("utf-8")))
    return readable


def test_the_top_level_holds_what_was_agreed() -> None:
    assert {name.split("/")[0] for name in tracked_files()} - TOP_LEVEL == set()


def test_nothing_generated_is_kept() -> None:
    assert [name for name in tracked_files() if name.endswith(GENERATED)] == []


@pytest.mark.parametrize("pattern", [MACHINE_PATHS, REGISTRIES, PERSONAL])
def test_no_file_knows_one_machine(pattern: re.Pattern[str]) -> None:
    found = [
        f"{name}: {match.group()}" for name, text in _texts() for match in pattern.finditer(text)
    ]
    assert found == []


def test_every_text_ends_with_one_newline() -> None:
    ragged = [
        name for name, text in _texts() if text and (text[-1] != "\n" or text.endswith("\n\n\n"))
    ]
    assert ragged == []


def test_what_is_to_be_run_may_be_run() -> None:
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


def test_every_folder_of_code_is_a_package() -> None:
    folders = {
        PurePath(name).parent
        for name in tracked_files()
        if name.endswith(".py") and not name.startswith(("db/migrations/", "app.py"))
    }
    assert [str(f) for f in sorted(folders) if not (ROOT / f / "__init__.py").is_file()] == []
