"""The life of an enrolment, the people beside a person, his notes, history and scans."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from core.errors import Conflict, DomainError, Invalid, NotFound, Refused
from core.permissions import Actor
from core.rules.enrolments import STATUS_STEPS
from core.services.cards import person_card
from core.services.case_views import cases_of_person, next_due_of_person
from core.services.documents import upload_document
from core.services.engagements import (
    add_engagement,
    change_engagement,
    engagements_of_person,
)
from core.services.enrolments import (
    EnrolmentForm,
    EnrolmentView,
    StatusForm,
    add_enrolment,
    change_enrolment,
    change_status,
    enrolments_of_person,
)
from core.services.families import add_relative, end_relative, relatives_of_person
from core.services.passports import change_passport
from core.services.people import register_person
from core.services.person_documents import (
    add_document,
    documents_of_person,
    photo_of_person,
)
from core.services.person_forms import EngagementForm, OtherPersonForm
from core.services.person_history import person_history
from core.services.person_notes import add_note, notes_of_person, withdraw_note
from core.terms import (
    CaseKind,
    CaseOutcome,
    EngagementKind,
    EnrolmentStatus,
    FamilyRelation,
    Funding,
    ItemStatus,
    PersonFact,
)
from db.engine import writing
from db.models.people import Enrolment
from tests.cast import TODAY, Cast, enrol, passport
from tests.services.test_crossings import IN, cross
from tests.services.test_documents import picture
from tests.services.test_person_records import faults_of
from tests.services.test_rule_changes import refusal_of

INVITED, ARRIVED, STUDYING, ON_LEAVE, GRADUATED, TRANSFERRED, EXPELLED, LEFT = EnrolmentStatus


def place_of(cast: Cast, person_id: int) -> EnrolmentView:
    return enrolments_of_person(cast.staff, person_id)[0]


def put_status(person_id: int, status: EnrolmentStatus) -> None:
    with writing() as session:
        session.execute(
            sa.update(Enrolment).where(Enrolment.person_id == person_id).values(status=status)
        )


def step(after: EnrolmentStatus, **changes: object) -> StatusForm:
    form = StatusForm(after=after, happened_on=TODAY, order_number="12-K", reason="His own wish")
    return replace(form, **changes)


def make_step(cast: Cast, person_id: int, form: StatusForm) -> None:
    place = place_of(cast, person_id)
    change_status(cast.staff, place.enrolment_id, form, version=place.version)


# Status


def test_only_the_steps_of_the_table_can_be_made(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    allowed = {(each.before, each.after) for each in STATUS_STEPS}
    for before in EnrolmentStatus:
        for after in EnrolmentStatus:
            put_status(person_id, before)
            if (before, after) in allowed:
                make_step(cast, person_id, step(after))
                assert place_of(cast, person_id).status is after
            else:
                with pytest.raises(DomainError, match=r"status\.step_not_allowed"):
                    make_step(cast, person_id, step(after))
                assert place_of(cast, person_id).status is before


def test_an_expulsion_needs_an_order_and_a_reason_and_opens_the_notice(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    make_step(cast, person_id, step(STUDYING, reason=""))
    bare = step(EXPELLED, order_number=" ", reason="", happened_on=date(2026, 9, 2))
    place = place_of(cast, person_id)
    assert faults_of(
        change_status, cast.staff, place.enrolment_id, bare, version=place.version
    ) == [
        "status.future",
        "status.order.missing",
        "status.reason.missing",
    ]
    make_step(cast, person_id, step(EXPELLED, reason="Debts"))
    cases = {case.kind: case.outcome for case in cases_of_person(cast.staff, person_id)}
    assert cases[CaseKind.STATUS_NOTICE] is None
    assert cases[CaseKind.STUDY_VISA_EXTENSION] is CaseOutcome.WITHDRAWN
    (last, first) = place_of(cast, person_id).steps
    assert (first.before, first.after) == (ARRIVED, STUDYING)
    assert (last.after, last.order_number, last.reason, last.recorded_by) == (
        EXPELLED,
        "12-K",
        "Debts",
        "Sam",
    )


def test_a_step_seen_too_late_is_a_conflict(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    seen = place_of(cast, person_id)
    make_step(cast, person_id, step(STUDYING))
    with pytest.raises(Conflict):
        change_status(cast.head, seen.enrolment_id, step(LEFT), version=seen.version)


def test_an_entry_lets_the_invited_arrive(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine, entered_on=None)
    assert place_of(cast, person_id).status is INVITED
    cross(cast, person_id, IN, "2026-08-30")
    place = place_of(cast, person_id)
    assert place.status is ARRIVED
    assert [(each.after, each.happened_on) for each in place.steps] == [
        (ARRIVED, date(2026, 8, 30))
    ]


# Places


def test_the_dean_loses_a_student_at_once_and_the_other_finds_him(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    place = place_of(cast, person_id)
    moved = replace(place.known, faculty_id=cast.dentistry, funding=Funding.GRANT)
    change_enrolment(cast.staff, place.enrolment_id, moved, version=place.version)
    with pytest.raises(NotFound):
        person_card(cast.dean, person_id)
    assert person_card(cast.other_dean, person_id).faculty_id == cast.dentistry
    with pytest.raises(Conflict):
        change_enrolment(cast.head, place.enrolment_id, place.known, version=place.version)


def test_a_contract_and_a_faculty_that_cannot_be_are_refused(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    place = place_of(cast, person_id)
    wrong = replace(place.known, faculty_id=999_999, contract_until=date(2026, 8, 31))
    assert faults_of(
        change_enrolment, cast.staff, place.enrolment_id, wrong, version=place.version
    ) == ["faculty.missing", "contract.reversed"]


def test_a_new_place_follows_only_an_ended_one(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    again = EnrolmentForm(faculty_id=cast.dentistry, course=2)
    assert refusal_of(add_enrolment, cast.staff, person_id, again) == "enrolment.still_current"
    make_step(cast, person_id, step(LEFT))
    add_enrolment(cast.staff, person_id, again)
    places = enrolments_of_person(cast.staff, person_id)
    assert [(each.status, each.is_current) for each in places] == [(ARRIVED, True), (LEFT, False)]
    # The dean's office of the new place is not told of the earlier one elsewhere.
    assert [each.known.faculty_id for each in enrolments_of_person(cast.other_dean, person_id)] == [
        cast.dentistry
    ]


# People who are no students


def teacher(**changes: object) -> OtherPersonForm:
    form = OtherPersonForm(
        passport=passport(number="T1", surname="TEACHEROV"),
        engagement=EngagementForm(kind=EngagementKind.TEACHER, unit="Anatomy"),
    )
    return replace(form, **changes)


def test_a_teacher_has_a_card_and_no_study_cases(cast: Cast) -> None:
    person_id = register_person(cast.staff, teacher(entered_on=date(2026, 8, 28)))
    card = person_card(cast.staff, person_id)
    assert card.status is None
    # Of whoever is no student neither faculty nor photo is asked.
    assert card.missing == ()
    assert card.share_known == 100
    assert [case.kind for case in cases_of_person(cast.staff, person_id)] == [CaseKind.REGISTRATION]
    (engagement,) = engagements_of_person(cast.staff, person_id)
    assert (engagement.known.kind, engagement.known.unit) == (EngagementKind.TEACHER, "Anatomy")
    with pytest.raises(NotFound):
        person_card(cast.dean, person_id)


def test_somebody_new_must_be_something_to_us(cast: Cast) -> None:
    assert faults_of(register_person, cast.staff, teacher(engagement=None)) == [
        "person.part.missing"
    ]
    assert refusal_of(
        register_person, cast.staff, teacher(engagement=None, relative_id=999_999)
    ) == ("not_found")


def test_a_wife_is_seen_from_both_cards(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    wife = register_person(
        cast.staff,
        teacher(engagement=None, relative_id=person_id, relation=FamilyRelation.SPOUSE),
    )
    assert [(each.person_id, each.relation) for each in relatives_of_person(cast.staff, wife)] == [
        (person_id, FamilyRelation.SPOUSE)
    ]
    # She is no student of his, so the dean's office is not told of her.
    assert relatives_of_person(cast.dean, person_id) == ()


def test_a_child_s_relative_is_his_parent(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    child = register_person(cast.staff, teacher())
    link_id = add_relative(cast.staff, person_id, child, relation=FamilyRelation.CHILD)
    (seen,) = relatives_of_person(cast.staff, child)
    assert (seen.relation, seen.name) == (FamilyRelation.PARENT, "TESTOV KARIM")
    for one, other in ((person_id, child), (child, person_id)):
        again = refusal_of(add_relative, cast.staff, one, other, relation=FamilyRelation.OTHER)
        assert again == "family.taken"
    assert (
        refusal_of(add_relative, cast.staff, child, child, relation=FamilyRelation.OTHER)
        == "family.self"
    )
    end_relative(cast.staff, link_id, version=seen.version)
    assert relatives_of_person(cast.staff, person_id) == ()


def test_an_engagement_is_added_and_ended(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    form = EngagementForm(kind=EngagementKind.VISITOR, from_on=date(2026, 8, 1))
    engagement_id = add_engagement(cast.staff, person_id, form)
    before = replace(form, until_on=date(2026, 7, 31))
    assert faults_of(change_engagement, cast.staff, engagement_id, before, version=1) == [
        "period.reversed"
    ]
    change_engagement(
        cast.staff, engagement_id, replace(form, until_on=date(2026, 8, 1)), version=1
    )
    (seen,) = engagements_of_person(cast.staff, person_id)
    assert seen.known.until_on == date(2026, 8, 1)


# Notes and history


def test_notes_are_for_the_department_and_the_rector(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    assert refusal_of(add_note, cast.staff, person_id, " ") == "note.empty"
    assert refusal_of(add_note, cast.staff, person_id, "x" * 4001) == "note.too_long"
    note_id = add_note(cast.staff, person_id, "Came with his father")
    for reader in (cast.staff, cast.head, cast.rector):
        assert [note.text for note in notes_of_person(reader, person_id)] == [
            "Came with his father"
        ]
    for outsider in (cast.dean, cast.admin):
        with pytest.raises(Refused):
            notes_of_person(outsider, person_id)
    withdraw_note(cast.head, note_id, version=1)
    assert notes_of_person(cast.staff, person_id) == ()
    with pytest.raises(Conflict):
        withdraw_note(cast.staff, note_id, version=1)


def told(actor: Actor, person_id: int) -> str:
    return str(person_history(actor, person_id).rows)


def test_the_history_opens_values_to_those_who_may_change_them(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    (seen,) = person_card(cast.staff, person_id).passports
    change_passport(
        cast.staff, seen.passport_id, replace(seen.known, surname="NEWNAME"), version=seen.version
    )
    newest = person_history(cast.head, person_id).rows[0]
    assert (newest.actor_name, newest.action) == ("sam", "passport.change")
    assert newest.values == {"surname": ["TESTOV", "NEWNAME"]}
    assert "passport.change" in told(cast.rector, person_id)
    assert "NEWNAME" not in told(cast.rector, person_id)
    for outsider in (cast.dean, cast.admin):
        with pytest.raises(Refused):
            person_history(outsider, person_id)
    looked = {line.action for line in person_history(cast.staff, person_id, with_views=True).rows}
    assert "person.view" in looked
    assert "person.view" not in told(cast.staff, person_id)


# Scans


def test_a_photo_given_to_the_person_delivers_the_case_and_is_known(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    assert PersonFact.PHOTO in person_card(cast.staff, person_id).missing
    photo = add_document(
        cast.staff, person_id, kind="photo_digital", file_name="p.png", content=picture()
    )
    case = next(
        each
        for each in cases_of_person(cast.staff, person_id)
        if each.kind is CaseKind.STUDY_VISA_EXTENSION
    )
    item = next(each for each in case.items if each.document_kind == "photo_digital")
    assert (item.status, item.document_id) == (ItemStatus.PENDING, photo)
    assert PersonFact.PHOTO not in person_card(cast.staff, person_id).missing
    assert photo_of_person(cast.rector, person_id) == photo
    # The dean's office opens only what it delivered itself, and is told that there is one.
    assert photo_of_person(cast.dean, person_id) is None
    (kind,) = documents_of_person(cast.dean, person_id)
    assert [(scan.document_id, scan.is_openable) for scan in kind.scans] == [(photo, False)]


def test_a_scan_is_refused_twice_and_under_a_strange_kind(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    scan = {"file_name": "p.png", "content": picture()}
    add_document(cast.staff, person_id, kind="passport", **scan)
    again = refusal_of(add_document, cast.staff, person_id, kind="passport", **scan)
    assert again == "document.same"
    strange = refusal_of(add_document, cast.staff, person_id, kind="../etc", **scan)
    assert strange == "document.kind.unknown"
    with pytest.raises(Refused):
        add_document(cast.dean, person_id, kind="passport", **scan)


def test_versions_go_on_whichever_door_a_scan_came_through(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    add_document(cast.staff, person_id, kind="passport", file_name="a.png", content=picture())
    case = cases_of_person(cast.staff, person_id)[0]
    item = next(each for each in case.items if each.document_kind == "passport")
    upload_document(
        cast.dean,
        case_item_id=item.case_item_id,
        file_name="b.png",
        content=picture("red"),
    )
    (kind,) = documents_of_person(cast.dean, person_id)
    assert [(scan.version_number, scan.is_openable) for scan in kind.scans] == [
        (2, True),
        (1, False),
    ]


def test_the_soonest_open_date_is_due_next(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    assert next_due_of_person(cast.dean, person_id) == (CaseKind.REGISTRATION, date(2026, 9, 7))
    with pytest.raises(NotFound):
        next_due_of_person(cast.other_dean, person_id)


def test_the_form_of_a_step_without_a_day_is_refused(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    place = place_of(cast, person_id)
    with pytest.raises(Invalid):
        change_status(
            cast.staff, place.enrolment_id, step(STUDYING, happened_on=None), version=place.version
        )
