"""The document store: whole or not at all, its owner's only, and no name but its own."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store import DirectoryStore, new_name

NAME = "0f" + "3c" * 15


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A place whose umask would let everybody read, as on most machines."""
    before = os.umask(0o000)
    yield tmp_path / "deeper" / "documents"
    os.umask(before)


@pytest.fixture
def store(root: Path) -> DirectoryStore:
    return DirectoryStore(root)


def test_what_was_put_is_what_one_gets(store: DirectoryStore) -> None:
    store.put(NAME, b"\x00sealed\xff")
    assert store.get(NAME) == b"\x00sealed\xff"
    assert [name for name, _ in store.names()] == [NAME]


def test_a_new_name_is_one_the_store_takes_and_never_the_same(store: DirectoryStore) -> None:
    first, second = new_name(), new_name()
    assert first != second
    store.put(first, b"a")
    store.put(f"{first}.1", b"its first page")
    assert store.get(f"{first}.1") == b"its first page"


def test_the_first_two_digits_name_the_folder(store: DirectoryStore, root: Path) -> None:
    store.put(NAME, b"a")
    assert (root / "0f" / NAME).is_file()


def test_nobody_but_the_owner_may_read_or_list(store: DirectoryStore, root: Path) -> None:
    store.put(NAME, b"a")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (root, root / "0f", root / "0f" / NAME)]
    assert modes == [0o700, 0o700, 0o600]


def test_deleting_twice_is_no_error(store: DirectoryStore) -> None:
    store.put(NAME, b"a")
    store.delete(NAME)
    store.delete(NAME)
    assert list(store.names()) == []
    with pytest.raises(FileNotFoundError):
        store.get(NAME)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../../etc/passwd",
        "0f/" + "3c" * 15,
        "0F" + "3C" * 15,
        NAME[:-1],
        NAME + "0",
        NAME + "\n",
        NAME + ".",
        NAME + ".1234",
        NAME + ".new",
        NAME + ".1/..",
    ],
)
def test_a_name_of_another_shape_is_refused(store: DirectoryStore, name: str) -> None:
    for use in (store.get, store.delete, lambda refused: store.put(refused, b"a")):
        with pytest.raises(ValueError, match="not a name of the store"):
            use(name)
    assert list(store.names()) == []


def test_what_was_never_finished_is_not_there_but_can_be_removed(
    store: DirectoryStore, root: Path
) -> None:
    (root / "0f").mkdir(parents=True)
    (root / "0f" / f"{NAME}.new").write_bytes(b"ha")
    with pytest.raises(FileNotFoundError):
        store.get(NAME)
    assert [name for name, _ in store.names()] == [NAME]
    store.delete(NAME)
    assert list((root / "0f").iterdir()) == []


def test_a_failed_write_keeps_what_was_there_and_leaves_nothing(
    store: DirectoryStore, root: Path
) -> None:
    store.put(NAME, b"first")
    with pytest.raises(TypeError):
        store.put(NAME, "text instead of bytes")  # type: ignore[arg-type]
    assert store.get(NAME) == b"first"
    assert [path.name for path in (root / "0f").iterdir()] == [NAME]


def test_strangers_in_the_directory_are_left_alone(store: DirectoryStore, root: Path) -> None:
    store.put(NAME, b"a")
    (root / "0f" / "README").write_text("put here by the operator")
    (root / "probe").touch()
    assert [name for name, _ in store.names()] == [NAME]
