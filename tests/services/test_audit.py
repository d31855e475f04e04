"""The audit log: chained, sealed, anchored; every way of tampering is found."""

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from core import settings
from core.permissions import SYSTEM_ACTOR
from core.services import audit
from db.engine import engine, reading, writing
from db.models.audit import AuditEntry


def record(action: str = "test", **values: object) -> None:
    with writing() as session:
        audit.record(session, SYSTEM_ACTOR, action=action, subject_kind="thing", **values)


def tamper(statement: str) -> None:
    """Do what somebody with the database's password could do: drop the guard, change a row."""
    with engine().begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("DROP TRIGGER audit_entry_append_only ON audit_entry"))
        else:
            connection.execute(sa.text("DROP TRIGGER audit_entry_no_update"))
            connection.execute(sa.text("DROP TRIGGER audit_entry_no_delete"))
        connection.execute(sa.text(statement))


def test_an_honest_log_has_no_faults(empty_database: str) -> None:
    for number in range(5):
        record(clear={"number": number})
    assert audit.verify() == audit.ChainReport(count=5, faults=())


def test_an_empty_log_has_no_faults(empty_database: str) -> None:
    assert audit.verify() == audit.ChainReport(count=0, faults=())


@pytest.mark.parametrize(
    ("statement", "sequence", "kind"),
    [
        ("UPDATE audit_entry SET action = 'harmless' WHERE sequence = 3", 3, "edited"),
        ("UPDATE audit_entry SET actor_name = 'somebody' WHERE sequence = 1", 1, "edited"),
        ("DELETE FROM audit_entry WHERE sequence = 2", 2, "missing"),
        ("DELETE FROM audit_entry WHERE sequence = 5", 5, "cut"),
        ("DELETE FROM audit_entry", 1, "cut"),
        ("UPDATE audit_entry SET sequence = 12 - sequence WHERE sequence IN (3)", 3, "missing"),
    ],
    ids=["edited", "another name", "deleted", "cut", "emptied", "moved"],
)
def test_tampering_is_found(empty_database: str, statement: str, sequence: int, kind: str) -> None:
    for number in range(5):
        record(clear={"number": number})
    tamper(statement)
    faults = audit.verify().faults
    assert faults
    assert (faults[0].sequence, faults[0].kind) == (sequence, kind)


def test_a_tail_cut_together_with_its_head_is_found_by_the_anchor(empty_database: str) -> None:
    for _ in range(5):
        record()
    with reading() as session:
        fourth = session.get_one(AuditEntry, 4).mac
    tamper("DELETE FROM audit_entry WHERE sequence = 5")
    with engine().begin() as connection:
        connection.execute(
            sa.text("UPDATE audit_head SET sequence = 4, mac = :mac"), {"mac": fourth}
        )
    assert audit.verify().faults == (audit.ChainFault(5, "cut"),)


@pytest.mark.parametrize("verb", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"])
def test_the_database_itself_refuses_changes(empty_database: str, verb: str) -> None:
    record()
    with pytest.raises(sa.exc.DBAPIError), engine().begin() as connection:
        connection.execute(sa.text(verb))


def test_personal_values_are_sealed_and_readable_until_erased(empty_database: str) -> None:
    record(person_id=7, subject_id=7, sealed={"surname": ["CANARYOLD", "CANARYNEW"]})
    with reading() as session:
        entry = session.get_one(AuditEntry, 1)
        assert entry.sealed is not None
        assert b"CANARY" not in entry.sealed
        assert "CANARY" not in str(entry.clear)
        assert audit.unsealed(session, entry) == {"surname": ["CANARYOLD", "CANARYNEW"]}
    with writing() as session:
        audit.erase_person_values(session, 7)
    with reading() as session:
        assert audit.unsealed(session, session.get_one(AuditEntry, 1)) == {}
    record(person_id=7, subject_id=7, sealed={"surname": "AGAIN"})
    assert audit.verify().faults == ()


def test_what_is_rolled_back_leaves_no_row_and_no_anchor(empty_database: str) -> None:
    record()
    with pytest.raises(RuntimeError):
        _record_and_fail()
    record()
    assert audit.verify() == audit.ChainReport(count=2, faults=())


def test_many_writers_leave_no_gap(empty_database: str) -> None:
    threads = [threading.Thread(target=lambda: [record() for _ in range(10)]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert audit.verify() == audit.ChainReport(count=60, faults=())


def test_the_anchor_lies_outside_the_database(empty_database: str) -> None:
    record()
    folder: Path = settings.current().var_dir / "audit"
    assert '"sequence": 1' in (folder / "head.json").read_text()
    assert len((folder / "anchors.jsonl").read_text().splitlines()) == 1


def _record_and_fail() -> None:
    with writing() as session:
        audit.record(session, SYSTEM_ACTOR, action="lost", subject_kind="thing")
        raise RuntimeError
