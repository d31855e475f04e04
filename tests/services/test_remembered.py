"""What is remembered holds until something is written, and not a moment longer."""

import pytest
import sqlalchemy as sa
import time_machine

from core.errors import NotFound
from core.services.agents import AgentForm, add_agent, agent_names
from core.services.cards import person_card
from core.services.jobs import advance, beat, claim_job, start_job
from core.services.moment import one_moment
from core.services.people import add_student, register_student
from core.services.reference import load_reference_data
from core.services.remembered import remembered
from core.terms import JobKind
from db.engine import reading, writing
from db.models.people import Person
from db.models.reference import HouseSetting
from tests.cast import Cast, enrol, student


class Asked:
    """A question that counts how often it was really asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, key: str = "a key") -> int:
        def count() -> int:
            self.times += 1
            return session.scalar(sa.select(sa.func.count()).select_from(Person)) or 0

        with reading() as session:
            return remembered(session, key, count)


def test_a_question_is_asked_once_until_somebody_writes(cast: Cast) -> None:
    asked = Asked()
    assert [asked(), asked(), asked()] == [0, 0, 0]
    assert asked.times == 1
    enrol(cast.staff, cast.medicine)
    assert [asked(), asked()] == [1, 1]
    assert asked.times == 2
    assert asked("another key") == 1
    assert asked.times == 3


def test_whoever_only_looks_and_whoever_is_refused_lets_nothing_be_forgotten(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    asked = Asked()
    assert asked() == 1
    person_card(cast.staff, person_id)
    with pytest.raises(NotFound):
        person_card(cast.other_dean, person_id)
    assert (asked(), asked.times) == (1, 1)


def test_a_piece_of_work_lets_be_forgotten_what_it_wrote(cast: Cast) -> None:
    job_id = start_job(cast.admin, JobKind.SWEEP)
    assert claim_job() is not None
    asked = Asked()
    assert asked() == 0
    with writing() as session:
        assert advance(session, job_id, cursor=7, done=7, total=9)
    asked()
    assert asked.times == 2


def test_work_that_no_cursor_counts_is_noticed_although_the_clock_stands_still(cast: Cast) -> None:
    with time_machine.travel("2026-09-01T06:00:00Z", tick=False):
        job_id = start_job(cast.admin, JobKind.SWEEP)
        assert claim_job() is not None
        asked = Asked()
        for count, times in ((0, 1), (3, 2)):
            with writing() as session:
                assert beat(session, job_id, count=count)
            asked()
            assert asked.times == times


def test_another_release_lets_be_forgotten_what_it_may_have_changed(cast: Cast) -> None:
    start_job(cast.admin, JobKind.RECOMPUTE_DEADLINES)
    asked = Asked()
    load_reference_data()
    assert [asked(), asked()] == [0, 0]
    assert asked.times == 1
    with writing() as session:
        stored = session.get_one(HouseSetting, "reference_digest")
        stored.value = {"digest": "of the release before"}
    load_reference_data()
    asked()
    assert asked.times == 2


def test_a_name_that_somebody_changes_in_his_copy_stays_the_same_for_others(cast: Cast) -> None:
    agent_id = add_agent(cast.staff, AgentForm(name="Fictitious Agency"))
    agent_names(cast.staff).clear()
    assert agent_names(cast.rector) == {agent_id: "Fictitious Agency"}


def test_one_moment_goes_on_remembering_it_and_its_own_writing_ends_it(cast: Cast) -> None:
    asked = Asked()
    with one_moment():
        assert [asked(), asked()] == [0, 0]
        register_student(cast.staff, student(cast.medicine))
        assert [asked(), asked()] == [1, 1]
    assert asked.times == 2


def test_what_was_not_committed_lets_nothing_be_forgotten(cast: Cast) -> None:
    asked = Asked()
    assert asked() == 0
    with writing() as session:
        add_student(session, cast.staff, student(cast.medicine))
        session.rollback()
    assert (asked(), asked.times) == (0, 1)
    add_agent(cast.staff, AgentForm(name="A representative"))
    assert (asked(), asked.times) == (0, 2)
