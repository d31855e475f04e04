"""Two records of one person made one: nothing is lost, nothing is current twice."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from core import clock
from core.errors import Conflict, DomainError, NotFound, Refused
from core.services import audit
from core.services.cards import person_card
from core.services.case_views import cases_of_person
from core.services.crossings import CrossingForm, add_crossing
from core.services.decisions import office_queue
from core.services.documents import open_document, upload_document
from core.services.duplicates import possible_duplicates, tell_apart
from core.services.faculty_door import faculty_door
from core.services.merging import merge_people, records_of
from core.services.people_list import PeopleFilter, list_people
from core.services.person_history import person_history
from core.services.radar import RadarFilter, radar_list
from core.terms import (
    CaseKind,
    CaseOutcome,
    CrossingDirection,
    EngagementKind,
    EnrolmentStatus,
    FamilyRelation,
    ImportAction,
    ImportStatus,
    Language,
    Party,
    ResidenceKind,
    Sex,
    VisaEntries,
    VisaStatus,
)
from db.base import Base
from db.engine import reading, writing
from db.models.audit import AuditEntry
from db.models.cases import Case, CaseItem, Deadline, Expiry
from db.models.documents import Document
from db.models.duplicates import NotTheSame, PossiblePair
from db.models.imports import ImportBatch, ImportRow
from db.models.people import (
    Crossing,
    Enrolment,
    Passport,
    Person,
    PlannedTrip,
    Registration,
    Residence,
    StatusChange,
    Visa,
)
from db.models.relations import Agent, EmergencyContact, Engagement, FamilyLink, PersonNote
from tests.cast import TODAY, Cast, enrol, passport
from tests.services.test_documents import picture

IN, OUT = CrossingDirection.IN, CrossingDirection.OUT

#: What a merge does with each column that names a person; a new one must be thought of here.
THOUGHT_OF = {
    "visa_case.person_id": "moved",
    "deadline.person_id": "moved",
    "expiry.person_id": "computed anew",
    "document.person_id": "moved",
    "passport.person_id": "moved",
    "crossing.person_id": "moved, once where both have it",
    "visa.person_id": "moved, once where both have it",
    "registration.person_id": "moved",
    "residence.person_id": "moved",
    "enrolment.person_id": "moved",
    "status_change.person_id": "moved",
    "planned_trip.person_id": "moved",
    "custody.person_id": "moved",
    "custody_move.person_id": "moved",
    "emergency_contact.person_id": "moved",
    "engagement.person_id": "moved",
    "person_note.person_id": "moved",
    "message.person_id": "moved",
    "message_person.person_id": "moved",
    "family_link.person_id": "moved, unless it is there already",
    "family_link.relative_id": "moved, unless it is there already",
    "not_the_same.first_id": "repeated for the kept one",
    "not_the_same.second_id": "repeated for the kept one",
    "possible_pair.first_id": "computed anew",
    "possible_pair.second_id": "computed anew",
    "import_row.person_id": "stays with the record the file made",
    "person.merged_into_id": "stays: the chain is followed",
}

#: Everything that is told and not computed; the log is looked at by itself.
TABLES = [
    table
    for table in Base.metadata.sorted_tables
    if table not in (PossiblePair.__table__, Expiry.__table__)
    and not table.name.startswith("audit")
]


def version_of(person_id: int) -> int:
    with reading() as session:
        return session.get_one(Person, person_id).version


def merge(cast: Cast, keep_id: int, drop_id: int) -> None:
    merge_people(
        cast.staff,
        keep_id=keep_id,
        drop_id=drop_id,
        keep_version=version_of(keep_id),
        drop_version=version_of(drop_id),
    )


def rows(table: type[Any], **values: object) -> list[Any]:
    with reading() as session:
        return list(session.scalars(sa.select(table).filter_by(**values).order_by(table.id)))


def keys() -> dict[str, set[tuple[Any, ...]]]:
    """Return the primary keys of every row of every table."""
    with reading() as session:
        return {
            table.name: {
                tuple(row) for row in session.execute(sa.select(*table.primary_key.columns))
            }
            for table in TABLES
        }


def two(cast: Cast) -> tuple[int, int]:
    """Return the ids of two records of one person, the second typed in with a newer passport."""
    first = enrol(cast.staff, cast.medicine)
    second = enrol(
        cast.staff,
        cast.medicine,
        passport=passport(number="ZZ7654321", expires_on=date(2034, 1, 1)),
        is_new_person=True,
    )
    return first, second


def furnish(cast: Cast, person_id: int, relative_id: int) -> None:
    """Give a person one row of everything a record can hold besides what intake makes."""
    now = clock.utc_now()
    with writing() as session:
        enrolment = session.scalars(sa.select(Enrolment).filter_by(person_id=person_id)).one()
        batch = ImportBatch(
            file_name="list.xlsx",
            digest="0" * 64,
            store_name=f"batch{person_id}",
            status=ImportStatus.COMMITTED,
            created_at=now,
            created_by="Sam",
        )
        session.add(batch)
        session.flush()
        session.add_all(
            [
                Registration(person_id=person_id, number=f"R{person_id}"),
                StatusChange(
                    person_id=person_id,
                    enrolment_id=enrolment.id,
                    before=EnrolmentStatus.INVITED,
                    after=EnrolmentStatus.ARRIVED,
                    happened_on=date(2026, 8, 28),
                    recorded_at=now,
                    recorded_by="Sam",
                ),
                PlannedTrip(
                    person_id=person_id,
                    leaves_on=date(2026, 10, 1),
                    returns_on=date(2026, 10, 20),
                ),
                EmergencyContact(person_id=person_id, name="A Mother"),
                Engagement(person_id=person_id, kind=next(iter(EngagementKind))),
                PersonNote(person_id=person_id, text="seen", written_at=now, written_by="Sam"),
                FamilyLink(
                    person_id=person_id, relative_id=relative_id, relation=FamilyRelation.SPOUSE
                ),
                ImportRow(
                    batch_id=batch.id,
                    row_number=2,
                    action=ImportAction.NEW,
                    person_id=person_id,
                    person_version=1,
                    is_done=True,
                ),
            ]
        )
    case = next(c for c in cases_of_person(cast.staff, person_id) if c.items)
    upload_document(
        cast.staff,
        case_item_id=case.items[0].case_item_id,
        file_name="scan.png",
        content=picture("navy" if person_id % 2 else "olive"),
    )


def wife(cast: Cast) -> int:
    form = passport(number="ZZ9", surname="WIFE", birth_date=date(2005, 5, 5))
    return enrol(cast.staff, cast.dentistry, passport=form)


def test_every_column_that_names_a_person_is_thought_of() -> None:
    named = {
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "person"
    }
    assert named - set(THOUGHT_OF) == set()


def test_a_merge_of_two_full_records_loses_no_row_and_moves_them_all(cast: Cast) -> None:
    keep, drop = two(cast)
    relative = wife(cast)
    for person_id in (keep, drop):
        furnish(cast, person_id, relative)
    before = keys()

    merge(cast, keep, drop)

    after = keys()
    assert {name: before[name] - after[name] for name in before} == {name: set() for name in before}
    grown = {name for name in before if len(after[name]) != len(before[name])}
    assert grown == set()
    moved = (Passport, Visa, Registration, Residence, Enrolment, StatusChange, Document)
    moved += (PlannedTrip, EmergencyContact, Engagement, PersonNote, Case, Deadline)
    for table in moved:
        assert rows(table, person_id=drop) == [] or table is Visa, table
    # The same entry and the same visa were noted in both: they count once.
    assert [len(rows(table, person_id=keep)) for table in (Crossing, Visa)] == [1, 1]
    assert [len(rows(table, person_id=drop)) for table in (Crossing, Visa)] == [1, 1]
    assert len(rows(Passport, person_id=keep)) == 2
    assert len(rows(Document, person_id=keep)) == 2
    assert [row.person_id for row in rows(ImportRow)] == [keep, drop]


def test_the_history_of_the_kept_record_is_that_of_both(cast: Cast) -> None:
    keep, drop = two(cast)
    third = enrol(cast.staff, cast.medicine, passport=passport(number="ZZ3", surname="THIRD"))
    merge(cast, drop, third)
    merge(cast, keep, drop)
    lines = person_history(cast.staff, keep).rows
    registered = {line.record_id for line in lines if line.action == "person.register"}
    assert registered == {keep, drop, third}
    merges = [
        (line.action, line.record_id, line.clear["other_id"])
        for line in lines
        if "merge" in line.action
    ]
    assert merges == [
        ("person.merged_into", drop, keep),
        ("person.merge", keep, drop),
        ("person.merged_into", third, drop),
        ("person.merge", drop, third),
    ]
    assert person_history(cast.staff, keep).total == len(lines)


def test_what_can_be_current_once_stays_the_kept_record_s(cast: Cast) -> None:
    keep, drop = two(cast)
    for person_id in (keep, drop):
        furnish(cast, person_id, wife(cast) if person_id == keep else rows(Person)[-1].id)
    merge(cast, keep, drop)
    assert [p.number for p in rows(Passport, person_id=keep, is_current=True)] == ["ZZ1234567"]
    assert [r.number for r in rows(Registration, person_id=keep, is_current=True)] == [f"R{keep}"]
    assert len(rows(Enrolment, person_id=keep, is_current=True)) == 1
    # The flat of the dropped record ended on the day of the merge.
    assert [r.until_on for r in rows(Residence, person_id=keep)] == [None, date(2026, 9, 1)]


def test_what_the_kept_record_lacks_becomes_current(cast: Cast) -> None:
    bare = passport(number="", expires_on=None, sex=Sex.UNSPECIFIED)
    keep = enrol(cast.staff, cast.medicine, passport=bare, residence=None, visa=None)
    drop = enrol(
        cast.staff,
        cast.medicine,
        is_new_person=True,
        phone="+996 555 000 001",
        native_name="کریم",
        email="karim@example.org",
    )
    with writing() as session:
        agent = Agent(
            name="A Fictitious Agent",
            name_key="a fictitious agent",
            language=Language.ENGLISH,
            created_at=clock.utc_now(),
            created_by="Sam",
        )
        session.add(agent)
        session.flush()
        session.get_one(Person, drop).agent_id = agent.id
        agent_id = agent.id
    merge(cast, keep, drop)
    person = rows(Person, id=keep)[0]
    assert (person.phone, person.native_name) == ("+996 555 000 001", "کریم")
    assert (person.email, person.agent_id) == ("karim@example.org", agent_id)
    assert person.sex is Sex.MALE
    assert "996555000001" in person.search_text
    assert "zz1234567" in person.search_text
    assert [p.number for p in rows(Passport, person_id=keep, is_current=True)] == ["ZZ1234567"]
    assert [r.until_on for r in rows(Residence, person_id=keep)] == [None]
    assert rows(Person, id=drop)[0].phone == "+996 555 000 001"


def test_what_the_kept_record_says_is_not_overwritten(cast: Cast) -> None:
    keep = enrol(cast.staff, cast.medicine, phone="111111")
    other = passport(number="ZZ7654321")
    drop = enrol(cast.staff, cast.medicine, passport=other, phone="222222", is_new_person=True)
    merge(cast, keep, drop)
    assert [row.phone for row in rows(Person)] == ["111111", "222222"]


def test_an_enrolment_that_ended_gives_way_to_one_that_runs(cast: Cast) -> None:
    keep, drop = two(cast)
    with writing() as session:
        left = session.scalars(sa.select(Enrolment).filter_by(person_id=keep)).one()
        left.status = EnrolmentStatus.LEFT
    running = rows(Enrolment, person_id=drop)[0].id
    merge(cast, keep, drop)
    assert [row.id for row in rows(Enrolment, person_id=keep, is_current=True)] == [running]
    assert list_people(cast.dean).total == 1


def test_of_a_kind_one_case_stays_open_and_the_other_keeps_its_papers(cast: Cast) -> None:
    keep, drop = two(cast)
    superseded = {case.id for case in rows(Case, person_id=drop)}
    items = {item.id for item in rows(CaseItem) if item.case_id in superseded}
    kept_open = {case.id for case in rows(Case, person_id=keep)}
    merge(cast, keep, drop)
    cases = cases_of_person(cast.staff, keep)
    assert {case.case_id for case in cases if case.closed_at is None} == kept_open
    past = [case for case in cases if case.closed_at is not None]
    assert {case.case_id for case in past} == superseded
    assert {case.outcome for case in past} == {CaseOutcome.SUPERSEDED}
    assert {item.case_item_id for case in past for item in case.items} == items
    assert cases_of_person(cast.staff, drop) == ()


def test_the_registration_that_goes_on_is_that_of_the_later_entry(cast: Cast) -> None:
    keep = enrol(cast.staff, cast.medicine, entered_on=date(2026, 8, 20))
    drop = enrol(
        cast.staff,
        cast.medicine,
        passport=passport(number="ZZ7654321"),
        entered_on=date(2026, 8, 28),
        is_new_person=True,
    )
    merge(cast, keep, drop)
    registrations = [
        case for case in cases_of_person(cast.staff, keep) if case.kind is CaseKind.REGISTRATION
    ]
    assert [case.outcome for case in registrations] == [None, CaseOutcome.SUPERSEDED]
    assert registrations[0].due is not None
    # Entered Friday 28 August; Monday 31 is Independence Day: 1 2 3 4 7 September.
    assert registrations[0].due.on == date(2026, 9, 7)


def test_a_passport_both_records_hold_becomes_void_once(cast: Cast) -> None:
    keep = enrol(cast.staff, cast.medicine)
    typed = passport(number="zz 1234567")
    drop = enrol(
        cast.staff,
        cast.medicine,
        passport=typed,
        entered_on=date(2026, 8, 30),
        is_new_person=True,
    )
    own = rows(Passport, person_id=keep)[0].id
    merge(cast, keep, drop)
    held = rows(Passport, person_id=keep)
    assert [(p.number, p.is_current, p.voided_at is None) for p in held] == [
        ("ZZ1234567", True, True),
        ("zz 1234567", False, False),
    ]
    assert {row.passport_id for row in rows(Crossing, person_id=keep)} == {own}
    assert [p.number for p in person_card(cast.staff, keep).passports] == ["ZZ1234567"]


def test_links_to_relatives_never_lead_to_oneself_nor_twice(cast: Cast) -> None:
    keep, drop = two(cast)
    relative, child = (
        wife(cast),
        enrol(
            cast.staff, cast.dentistry, passport=passport(number="ZZ8", birth_date=date(2020, 1, 1))
        ),
    )
    ended = clock.utc_now()
    with writing() as session:
        for person_id, relative_id, ended_at in (
            (keep, drop, None),
            (keep, relative, ended),
            (drop, relative, None),
            (child, drop, None),
        ):
            session.add(
                FamilyLink(
                    person_id=person_id,
                    relative_id=relative_id,
                    relation=FamilyRelation.OTHER,
                    ended_at=ended_at,
                )
            )
    merge(cast, keep, drop)
    links = [(link.person_id, link.relative_id, link.ended_at is None) for link in rows(FamilyLink)]
    assert links == [
        (keep, drop, False),
        (keep, relative, True),
        (drop, relative, False),
        (child, keep, True),
    ]


def test_scans_count_on_in_the_order_they_came_and_open_for_whoever_may(cast: Cast) -> None:
    keep, drop = two(cast)
    relative = wife(cast)
    furnish(cast, drop, relative)
    furnish(cast, keep, relative)
    merge(cast, keep, drop)
    scans = rows(Document, person_id=keep)
    assert [scan.version_number for scan in scans] == [1, 2]
    assert all(open_document(cast.staff, scan.id).content for scan in scans)


def test_the_dropped_record_is_closed_and_leads_to_the_kept_one(cast: Cast) -> None:
    keep, drop = two(cast)
    merge(cast, keep, drop)
    with pytest.raises(DomainError) as refusal:
        person_card(cast.staff, drop)
    assert refusal.value.code == "person.merged"
    assert refusal.value.values["person_id"] == keep
    dropped = rows(Person, id=drop)[0]
    assert (dropped.surname, dropped.given_names) == ("TESTOV", "KARIM")
    assert dropped.closed_reason is not None
    with pytest.raises(NotFound):
        person_card(cast.dean, drop)
    with pytest.raises(DomainError) as closed:
        add_crossing(cast.staff, drop, CrossingForm(direction=OUT, crossed_on=date(2026, 9, 1)))
    assert closed.value.code == "person.merged"


def test_a_chain_of_merges_leads_to_the_last(cast: Cast) -> None:
    first, second = two(cast)
    other = passport(number="ZZ3333333")
    third = enrol(cast.staff, cast.medicine, passport=other, is_new_person=True)
    merge(cast, second, first)
    merge(cast, third, second)
    with pytest.raises(DomainError) as refusal:
        person_card(cast.staff, first)
    assert refusal.value.values["person_id"] == third
    with reading() as session:
        assert records_of(session, third) == (first, second, third)
        assert records_of(session, second) == (first, second)
    assert len(rows(Passport, person_id=third)) == 3


def test_no_list_and_no_count_shows_the_dropped_record(cast: Cast) -> None:
    keep, drop = two(cast)
    relative = wife(cast)
    furnish(cast, drop, relative)
    furnish(cast, keep, relative)
    merge(cast, keep, drop)
    shown = {
        "list": [
            line.person_id for line in list_people(cast.staff, PeopleFilter(search="testov")).rows
        ],
        "door": [line.person_id for line in faculty_door(cast.staff, search="testov").rows],
        "due": [line.person_id for line in radar_list(cast.staff, RadarFilter()).rows],
        "queue": [line.person_id for line in office_queue(cast.staff).rows],
    }
    assert {name: drop in people for name, people in shown.items()} == dict.fromkeys(shown, False)
    assert {name: keep in people for name, people in shown.items()} == dict.fromkeys(shown, True)
    assert list_people(cast.dean).total == 1
    assert faculty_door(cast.dean).total == 2
    # The namesake asked about is the kept one.
    with pytest.raises(DomainError) as question:
        enrol(cast.staff, cast.medicine, passport=passport(number="ZZ5555555"))
    assert question.value.values["person_id"] == keep
    with pytest.raises(DomainError) as taken:
        enrol(cast.staff, cast.medicine, passport=passport(number="ZZ7654321"))
    assert (taken.value.code, taken.value.values["person_id"]) == ("passport.number.taken", keep)


def test_both_histories_stay_and_the_merge_is_written_on_both(cast: Cast) -> None:
    keep, drop = two(cast)
    merge(cast, keep, drop)
    with reading() as session:
        entries = session.scalars(
            sa.select(AuditEntry)
            .where(AuditEntry.action.in_(("person.register", "person.merge", "person.merged_into")))
            .order_by(AuditEntry.sequence)
        ).all()
        assert [(entry.action, entry.person_id) for entry in entries] == [
            ("person.register", keep),
            ("person.register", drop),
            ("person.merge", keep),
            ("person.merged_into", drop),
        ]
        assert audit.unsealed(session, entries[1])["passport"] == [None, "ZZ7654321"]
        assert "TESTOV" not in str([entry.clear for entry in entries])
    assert audit.verify().faults == ()


def test_both_records_count_a_change_so_that_no_file_is_undone_under_them(cast: Cast) -> None:
    keep, drop = two(cast)
    seen = version_of(keep), version_of(drop)
    merge(cast, keep, drop)
    assert version_of(keep) > seen[0]
    assert version_of(drop) > seen[1]


def test_what_was_told_apart_from_the_dropped_one_is_told_apart_from_the_kept(cast: Cast) -> None:
    keep, drop = two(cast)
    third = enrol(
        cast.staff, cast.medicine, passport=passport(number="ZZ3333333"), is_new_person=True
    )
    with writing() as session:
        session.execute(sa.delete(NotTheSame))
    tell_apart(cast.staff, drop, third)
    merge(cast, keep, drop)
    assert possible_duplicates(cast.staff).total == 0


@pytest.mark.parametrize(
    ("keep", "drop", "code"),
    [
        ("first", "first", "person.same_record"),
        ("first", "merged", "person.merged"),
        ("merged", "first", "person.merged"),
        ("first", "closed", "person.closed"),
    ],
)
def test_what_cannot_be_merged_is_refused(cast: Cast, keep: str, drop: str, code: str) -> None:
    first, second = two(cast)
    closed = wife(cast)
    merge(cast, first, second)
    with writing() as session:
        session.get_one(Person, closed).closed_at = clock.utc_now()
    ids = {"first": first, "merged": second, "closed": closed}
    with pytest.raises(DomainError) as refusal:
        merge(cast, ids[keep], ids[drop])
    assert refusal.value.code == code


def test_who_may_not_edit_people_merges_nobody(cast: Cast) -> None:
    keep, drop = two(cast)
    for actor in (cast.dean, cast.rector, cast.admin):
        with pytest.raises(Refused):
            merge_people(actor, keep_id=keep, drop_id=drop, keep_version=1, drop_version=1)
    with pytest.raises(NotFound):
        merge_people(cast.staff, keep_id=keep, drop_id=999_999, keep_version=1, drop_version=1)
    assert rows(Person, id=drop)[0].closed_at is None


@pytest.mark.parametrize(("off_keep", "off_drop"), [(1, 0), (0, 1), (-1, 0), (0, -1)])
def test_a_record_changed_meanwhile_stops_the_merge(
    cast: Cast, off_keep: int, off_drop: int
) -> None:
    keep, drop = two(cast)
    before = keys()
    with pytest.raises(Conflict):
        merge_people(
            cast.staff,
            keep_id=keep,
            drop_id=drop,
            keep_version=version_of(keep) + off_keep,
            drop_version=version_of(drop) + off_drop,
        )
    assert keys() == before
    assert len(rows(Passport, person_id=drop)) == 1


def at_once(*calls: Callable[[], None]) -> list[str]:
    """Run ``calls`` in threads that start together; return what each came to."""
    gate, results = threading.Barrier(len(calls)), []

    def run(call: Callable[[], None]) -> None:
        gate.wait()
        try:
            call()
        except DomainError as refusal:
            results.append(refusal.code)
        else:
            results.append("done")

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


@pytest.mark.parametrize("is_crossed", [False, True], ids=["same way", "crosswise"])
def test_of_two_merges_of_one_record_at_once_one_wins(cast: Cast, is_crossed: bool) -> None:
    first, second = two(cast)
    versions = {person_id: version_of(person_id) for person_id in (first, second)}

    def merging(keep: int, drop: int) -> Callable[[], None]:
        return lambda: merge_people(
            cast.staff,
            keep_id=keep,
            drop_id=drop,
            keep_version=versions[keep],
            drop_version=versions[drop],
        )

    other = merging(second, first) if is_crossed else merging(first, second)
    results = at_once(merging(first, second), other)
    assert results[0] == "done"
    assert results[1] in {"person.merged", "version.conflict"}
    assert len([person for person in rows(Person) if person.closed_at is None]) == 1
    assert audit.verify().faults == ()


def test_a_crossing_noted_during_a_merge_is_never_left_behind(cast: Cast) -> None:
    keep, drop = two(cast)
    form = CrossingForm(direction=OUT, crossed_on=date(2026, 9, 1))
    versions = version_of(keep), version_of(drop)
    at_once(
        lambda: add_crossing(cast.staff, drop, form) and None,
        lambda: merge_people(
            cast.staff,
            keep_id=keep,
            drop_id=drop,
            keep_version=versions[0],
            drop_version=versions[1],
        ),
    )
    left = [row.person_id for row in rows(Crossing, direction=OUT)]
    is_merged = rows(Person, id=drop)[0].merged_into_id is not None
    assert left in ([[], [keep]] if is_merged else [[drop]])


_DAYS = st.dates(date(2026, 8, 1), date(2026, 8, 31))
_LIFE = st.fixed_dictionaries(
    {
        "number": st.sampled_from(["", "AA1", "aa 1", "BB2"]),
        "entries": st.lists(_DAYS, max_size=3, unique=True),
        "visas": st.lists(st.sampled_from(["S", "J", "B"]), max_size=3),
        "homes": st.integers(0, 2),
        "is_registered": st.booleans(),
        "status": st.sampled_from(list(EnrolmentStatus)),
        "case_kinds": st.sets(st.sampled_from(list(CaseKind))),
        "links": st.sets(st.sampled_from(["other", "relative"])),
    }
)


def live(person_id: int, others: dict[str, int], life: dict[str, Any]) -> None:
    """Write the rows of ``life`` straight into the tables."""
    with writing() as session:
        enrolment = session.scalars(sa.select(Enrolment).filter_by(person_id=person_id)).one()
        enrolment.status = life["status"]
        session.add_all(
            [
                *(
                    Crossing(person_id=person_id, direction=IN, crossed_on=day)
                    for day in life["entries"]
                ),
                *(
                    Visa(
                        person_id=person_id,
                        category=category,
                        entries=VisaEntries.SINGLE,
                        valid_until=date(2026, 12, 1) + timedelta(days=number),
                        status=VisaStatus.ACTIVE,
                    )
                    for number, category in enumerate(life["visas"])
                ),
                *(
                    Residence(person_id=person_id, kind=ResidenceKind.HOSTEL)
                    for _ in range(life["homes"])
                ),
                *(
                    FamilyLink(
                        person_id=person_id,
                        relative_id=others[name],
                        relation=FamilyRelation.OTHER,
                    )
                    for name in life["links"]
                ),
            ]
        )
        if life["is_registered"]:
            session.add(Registration(person_id=person_id))
        present = set(
            session.scalars(sa.select(Case.kind).filter_by(person_id=person_id, closed_at=None))
        )
        for kind in life["case_kinds"] - present:
            session.add(
                Case(
                    person_id=person_id,
                    kind=kind,
                    step="department",
                    step_since=clock.utc_now(),
                    moved_on=TODAY,
                    waits_for=Party.DEPARTMENT,
                    opened_on=date(2026, 9, 1),
                    opened_by="Sam",
                )
            )


@profile(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(lives=st.tuples(_LIFE, _LIFE))
def test_whatever_two_records_hold_no_row_is_lost_and_nothing_is_current_twice(
    cast: Cast, lives: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    with writing() as session:
        # Each example leaves its people behind; their numbers are free for the next.
        session.execute(sa.update(Passport).values(voided_at=clock.utc_now(), is_current=False))
    ids = []
    for life in lives:
        taken = ids and life["number"] == lives[0]["number"]
        form = passport(number="CC3" if taken else life["number"], expires_on=date(2030, 1, 1))
        ids.append(
            enrol(
                cast.staff,
                cast.medicine,
                passport=form,
                entered_on=None,
                visa=None,
                residence=None,
                is_new_person=True,
            )
        )
    relative = enrol(
        cast.staff,
        cast.medicine,
        passport=passport(number="", surname="RELATIVE"),
        is_new_person=True,
    )
    keep, drop = ids
    for own, other, life in ((keep, drop, lives[0]), (drop, keep, lives[1])):
        live(own, {"other": other, "relative": relative}, life)
    before = keys()

    merge(cast, keep, drop)

    after = keys()
    assert {name for name in before if before[name] - after[name]} == set()
    for table in (Passport, Enrolment, Registration):
        assert len(rows(table, person_id=keep, is_current=True)) <= 1, table
    for table in (Passport, Enrolment, Registration, Residence, Case, Document):
        assert rows(table, person_id=drop) == [], table
    open_kinds = [case.kind for case in rows(Case, person_id=keep) if case.closed_at is None]
    assert len(open_kinds) == len(set(open_kinds))
    entries = [row.crossed_on for row in rows(Crossing, person_id=keep)]
    assert sorted(entries) == sorted(set(lives[0]["entries"]) | set(lives[1]["entries"]))
    live_links = [link for link in rows(FamilyLink) if link.ended_at is None]
    assert all(drop not in {link.person_id, link.relative_id} for link in live_links)
