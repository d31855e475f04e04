"""What readers see while somebody else writes."""

import sqlalchemy as sa

from db.engine import is_sqlite, one_snapshot, reading, refresh_statistics, writing
from db.models.access import Faculty
from tests.cast import Cast, enrol


def _names() -> list[str]:
    with reading() as session:
        return [*session.scalars(sa.select(Faculty.name_en).order_by(Faculty.name_en))]


def _rename(faculty_id: int, name: str) -> None:
    with writing() as session:
        session.get_one(Faculty, faculty_id).name_en = name


def _rename_elsewhere(database: str, faculty_id: int, name: str) -> None:
    other = sa.create_engine(database)
    with other.begin() as connection:
        connection.execute(sa.update(Faculty).where(Faculty.id == faculty_id).values(name_en=name))
    other.dispose()


def test_questions_within_one_snapshot_do_not_see_what_others_write_meanwhile(
    cast: Cast, database: str
) -> None:
    before = _names()
    with one_snapshot():
        assert _names() == before
        _rename_elsewhere(database, cast.medicine, "Renamed meanwhile")
        assert _names() == before
    assert "Renamed meanwhile" in _names()


def test_a_question_after_a_write_of_ones_own_sees_it(cast: Cast) -> None:
    with one_snapshot():
        assert "Renamed here" not in _names()
        _rename(cast.medicine, "Renamed here")
        assert "Renamed here" in _names()


def test_a_question_asked_during_a_write_of_ones_own_holds_nothing_old(cast: Cast) -> None:
    with one_snapshot():
        with writing() as session:
            session.get_one(Faculty, cast.medicine).name_en = "Renamed here"
            session.flush()
            assert "Renamed here" not in _names()
        assert "Renamed here" in _names()


def test_a_snapshot_holds_no_connection_while_its_own_writer_works(cast: Cast) -> None:
    with one_snapshot():
        with reading() as question:
            question.scalar(sa.select(1))
            pool = question.get_bind().engine.pool
        assert isinstance(pool, sa.QueuePool)
        assert pool.checkedout() == 1
        with writing() as session:
            session.scalar(sa.select(1))
            assert pool.checkedout() == 1
        assert pool.checkedout() == 0


def test_sqlite_sees_how_many_rows_an_index_has(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    refresh_statistics()
    with reading() as session:
        if not is_sqlite():
            return
        seen = session.scalar(
            sa.text("SELECT stat FROM sqlite_stat1 WHERE idx = :index"),
            {"index": "uq_visa_case_open"},
        )
    assert seen is not None
    assert seen.split()[0] == "2"
