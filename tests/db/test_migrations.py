"""Databases of earlier releases: they reach the present schema with everything that is in them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import db.models  # noqa: F401 - the tables must be known
from core import settings
from core.services.reference import load_reference_data
from db import engine
from db.base import Base
from db.migrate import migrate, migrating
from db.search_index import TABLES

RELEASE_2 = Path(__file__).parent / "release_2.sql"


@pytest.fixture(params=["sqlite", "postgres"])
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a database with nothing in it, put in force with settings around it."""
    if request.param == "postgres":
        templates = request.getfixturevalue("postgres")
        url = templates.blank()
    else:
        url = f"sqlite:///{tmp_path / 'blank.sqlite3'}"
    settings.use(settings.load({"VAR_DIR": str(tmp_path / "var"), "DATABASE_URL": url}))
    engine.configure(url)
    yield url
    engine.dispose()
    if request.param == "postgres":
        templates.drop(url)


@pytest.fixture
def release_2(blank: str) -> str:
    """Give the address of a database as release 0002 left it."""
    with migrating(blank) as config:
        command.upgrade(config, "0002")
    with engine.engine().begin() as connection:
        for statement in RELEASE_2.read_text(encoding="utf-8").split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement.replace("%", "%%"))
    return blank


def _rows(question: str) -> list[tuple[Any, ...]]:
    with engine.engine().connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(question))]


def _one(table: str, *columns: str, where: str) -> tuple[Any, ...]:
    stored = sa.Table(table, sa.MetaData(), autoload_with=engine.engine())
    with engine.engine().connect() as connection:
        question = sa.select(*(stored.c[name] for name in columns)).where(sa.text(where))
        return tuple(connection.execute(question).one())


def _difference() -> list[Any]:
    left_out = {"ix_person_search_text"} if engine.is_sqlite() else set()
    options = {
        "compare_type": True,
        "compare_server_default": True,
        "include_name": lambda name, kind, _within: kind != "table" or name not in TABLES,
        "include_object": lambda _thing, name, *_: name not in left_out,
    }
    with engine.engine().connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Base.metadata))


def _checks(metadata_or_database: sa.Engine) -> dict[str, set[str]]:
    seen = sa.inspect(metadata_or_database)
    return {
        table: {str(check["name"]) for check in seen.get_check_constraints(table)}
        for table in seen.get_table_names()
        if table not in ("alembic_version", *TABLES)
    }


def test_the_migrations_lead_to_exactly_what_the_models_say(blank: str) -> None:
    migrate(blank)

    assert _difference() == []
    modelled = sa.create_engine("sqlite://")
    Base.metadata.create_all(modelled)
    assert _checks(engine.engine()) == _checks(modelled)


def test_people_cases_and_crossings_of_release_2_are_all_there_afterwards(release_2: str) -> None:
    migrate(release_2)

    assert _one("crossing", "direction", "version", "changed_by", where="id = 9001") == (
        "in",
        1,
        None,
    )
    assert _rows("SELECT id, crossing_id FROM visa_case") == [(9001, 9001)]
    assert _one(
        "case_item",
        "item_code",
        "copies",
        "needs_original",
        "needs_translation",
        where="id = 9001",
    ) == ("landlord_consent", 1, False, False)
    assert _one("enrolment", "contract_number", "course_until", where="id = 9001") == ("T-1", None)


@pytest.mark.parametrize(
    ("letter", "before", "after"),
    [("L", "active", "exit"), ("L", "replaced", "replaced"), ("S", "active", "active")],
)
def test_a_visa_in_force_of_the_letter_of_exit_becomes_an_exit_visa(
    release_2: str, letter: str, before: str, after: str
) -> None:
    with migrating(release_2) as config:
        command.upgrade(config, "0014")
    with engine.engine().begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO visa (id, person_id, category, entries, valid_until, status, number, "
            f"version) VALUES (9001, 9001, '{letter}', 'single', '2026-10-01', '{before}', '', 1)"
        )

    migrate(release_2)

    assert _one("visa", "status", "carried_over_on", where="id = 9001") == (after, None)


@pytest.mark.parametrize(
    ("row_id", "conditions"), [(9001, []), (9002, ["lives_in_flat"]), (9003, [])]
)
def test_the_one_condition_of_a_paper_becomes_a_list(
    release_2: str, row_id: int, conditions: list[str]
) -> None:
    migrate(release_2)

    assert _one(
        "requirement",
        "conditions",
        "citizenships",
        "copies",
        "withdrawn_at",
        where=f"id = {row_id}",
    ) == (conditions, [], 1, None)


def test_the_loader_reports_only_the_rows_that_somebody_had_changed(release_2: str) -> None:
    migrate(release_2)

    report = load_reference_data()

    assert report.differs == ("requirement study_visa passport",)
    assert report.updated == 0
    assert _one("requirement", "note_ru", where="id = 9002") == (
        "не проживает в общежитии университета",
    )
    assert _one("requirement", "name_en", where="id = 9003") == ("Passport, valid for a year",)


def test_a_term_that_somebody_had_ended_stays_ended(release_2: str) -> None:
    migrate(release_2)

    load_reference_data()

    ended = _one("visa_free_term", "in_force_until", where="id = 9001")
    assert [str(day) for day in ended] == ["2026-12-31"]


def test_a_row_nobody_changed_follows_the_next_release_after_the_migration(release_2: str) -> None:
    with engine.engine().begin() as connection:
        # As if release 2 had shipped another note, and the row had been loaded with it.
        connection.execute(
            sa.text(
                "UPDATE registration_exemption SET note = 'older', reference_digest = "
                "'a13a4bfa54a2c62e2ddad047d6ca0c462db53d312532d695239fcebafc7615bb'"
            )
        )
    migrate(release_2)

    assert "exemption KZ 2016-12-26" not in load_reference_data().differs
    assert _one("registration_exemption", "note", where="id = 9001") == (
        "30 d confirmed by GKNB Border Service 2025-12-04 / 2026-01-15",
    )


def test_shipped_notes_come_in_three_languages_and_none_of_their_rows_waits(blank: str) -> None:
    with migrating(blank) as config:
        command.upgrade(config, "0008")
    migrate(blank)
    load_reference_data()
    # As release 0008 left it, with a term that the head changed and a note that he wrote.
    with migrating(blank) as config:
        command.downgrade(config, "0008")
    with engine.engine().begin() as connection:
        for change in (
            "UPDATE registration_exemption SET exempt_days = 20 WHERE iso2 = 'RU'",
            "UPDATE registration_exemption SET note = 'ours' WHERE iso2 = 'CY'",
            "DELETE FROM house_setting WHERE name = 'reference_digest'",
        ):
            connection.exec_driver_sql(change)

    migrate(blank)
    report = load_reference_data()

    # The ten texts and four plans of messages went with their tables and came back with them.
    assert (report.added, report.updated, report.differs) == (14, 0, ())
    written = ("exempt_days", "note", "note_ru", "note_ky")
    assert _one("registration_exemption", *written, where="iso2 = 'RU'") == (
        20,
        "30 d by KR-RF treaty (MFA 2016)",
        "30 дней по договору КР и РФ (МИД, 2016)",
        "КР менен РФтин келишими боюнча 30 күн (ТИМ, 2016)",
    )
    assert _one("registration_exemption", *written[1:], where="iso2 = 'CY'") == ("ours", "", "")
    assert _one("step", "note_ru", where="code = 'scnb' AND procedure = 'study_visa'") == (
        "обязательно, если срок визы скоро истекает; до 14 лет не требуется",
    )


def test_going_back_to_release_2_and_on_again_loses_nothing(release_2: str) -> None:
    migrate(release_2)
    with migrating(release_2) as config:
        command.downgrade(config, "0002")

    assert _rows("SELECT id, condition FROM requirement ORDER BY id") == [
        (9001, "always"),
        (9002, "lives_in_flat"),
        (9003, "always"),
    ]
    assert _one("requirement", "reference_digest", where="id = 9001") == (
        "1421f0ede4b565adbc0b4e7628a7be50ebe2383a1939b6528688085130b4c416",
    )

    migrate(release_2)
    assert _difference() == []
    assert _one("requirement", "conditions", where="id = 9002") == (["lives_in_flat"],)


def test_a_withdrawn_rule_stays_without_effect_in_release_2(release_2: str) -> None:
    migrate(release_2)
    load_reference_data()
    with engine.engine().begin() as connection:
        connection.execute(
            sa.text(
                "UPDATE rule SET withdrawn_at = '2026-09-01 06:00:00', withdrawn_by = 'Helen' "
                "WHERE code = 'visa.extend.papers'"
            )
        )
    with migrating(release_2) as config:
        command.downgrade(config, "0002")

    alive = _rows(
        "SELECT code FROM rule WHERE in_force_until IS NULL OR in_force_until > '2000-01-01' "
        "ORDER BY code"
    )
    assert [code for (code,) in alive] == [
        "registration.exempt",
        "registration.place_of_stay",
        "registration.target",
        "visa.first.papers",
    ]


def test_the_search_index_survives_a_change_of_the_table(release_2: str) -> None:
    migrate(release_2)
    if not engine.is_sqlite():
        pytest.skip("Postgres keeps its index with the table")
    with engine.engine().begin() as connection:
        for action in ("insert", "update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER person_search_{action}")
        connection.exec_driver_sql("UPDATE person SET search_text = 'newname' WHERE id = 9001")

    migrate(release_2)

    found = "SELECT rowid FROM person_search WHERE person_search MATCH "
    assert _rows(found + "'\"newname\"'") == [(9001,)]
    with engine.engine().begin() as connection:
        connection.exec_driver_sql("UPDATE person SET search_text = 'another' WHERE id = 9001")
    assert _rows(found + "'\"newname\"'") == []
    assert _rows(found + "'\"another\"'") == [(9001,)]


def test_references_that_a_migration_would_leave_dangling_stop_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'broken.sqlite3'}"
    migrate(url)

    with pytest.raises(RuntimeError, match="2 references to nothing"), migrating(url) as config:
        config.attributes["connection"].exec_driver_sql(
            "INSERT INTO crossing (id, person_id, passport_id, direction, crossed_on, version) "
            "VALUES (1, 77, 77, 'in', '2026-08-28', 1)"
        )


def test_whoever_looks_like_one_person_today_is_paired(blank: str) -> None:
    with migrating(blank) as config:
        command.upgrade(config, "0006")
    people = (
        (1, "testov karim", "2004-02-29", None),
        (2, "testov karim", "2004-02-29", None),
        (3, "testov karim", "2004-02-28", None),
        (4, "testov karim", "2004-02-29", "2026-09-01"),
        (5, "", "2004-02-29", None),
        (6, "", "2004-02-29", None),
    )
    person = "INSERT INTO person (id, name_key, birth_date, closed_at, surname, given_names, "
    person += "native_name, name_ru, name_ky, phone, email, search_text, missing, missing_count, "
    person += "created_at, created_by, version) VALUES (:id, :name, :born, :closed, "
    person += "'', '', '', '', '', '', '', '', '[]', 0, '2026-09-01', 'test', 1)"
    held = "INSERT INTO passport (person_id, number, issuing_state, nationality, surname, "
    held += "given_names, sex, mrz, kind, is_current, version) VALUES "
    held += "(:id, 'ZZ1', :state, 'PAK', '', '', 'X', '', 'ordinary', true, 1)"
    with engine.engine().begin() as connection:
        for person_id, name, born, closed in people:
            values = {"id": person_id, "name": name, "born": born, "closed": closed}
            connection.execute(sa.text(person), values)
        for person_id, state in ((3, "PAK"), (5, "IND")):
            connection.execute(sa.text(held), {"id": person_id, "state": state})

    migrate(blank)

    pairs = _rows("SELECT first_id, second_id FROM possible_pair ORDER BY first_id, second_id")
    assert pairs == [(1, 2), (3, 5)]
