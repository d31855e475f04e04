"""Scans from the dean's door to the decision, and who may open what."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from fpdf import FPDF
from PIL import Image
from sqlalchemy.exc import IntegrityError

from core import clock, settings, store
from core.errors import Conflict, DomainError, NotFound, Refused
from core.permissions import SYSTEM_ACTOR, Actor, Role
from core.rules.steps import MoveFacts
from core.services.cards import person_card
from core.services.case_moves import confirm_application, move_case
from core.services.case_views import CaseView, ItemView, case_view, cases_of_person
from core.services.cases import complete_case
from core.services.decisions import (
    accept_item,
    mark_seen_on_paper,
    office_queue,
    reject_item,
    reopen_item,
    waiting_item,
)
from core.services.documents import (
    open_document,
    open_preview,
    openable_documents,
    upload_document,
)
from core.services.faculty_door import faculty_door
from core.services.orphans import sweep_orphans
from core.services.scope import visible_item
from core.services.users import UserForm, actor_named, create_user
from core.services.versions import claim
from core.terms import AuditOutcome, CaseKind, CaseOutcome, ItemStatus, Party, PersonFact
from db.engine import reading, writing
from db.models.audit import AuditEntry, AuditHead
from db.models.cases import CaseItem
from db.models.documents import Document
from db.models.people import Enrolment, Person
from tests.cast import TODAY, Cast, enrol, passport


def picture(color: str = "white", kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), color).save(out, kind)
    return out.getvalue()


@pytest.fixture
def case_id(cast: Cast) -> int:
    """The extension case of a student of medicine; it asks for five documents."""
    person_id = enrol(cast.staff, cast.medicine)
    cases = cases_of_person(cast.staff, person_id)
    return next(c.case_id for c in cases if c.kind is CaseKind.STUDY_VISA_EXTENSION)


def registration_of(cast: Cast, case_id: int) -> CaseView:
    """The registration case of the same student, which asks for the passport too."""
    cases = cases_of_person(cast.staff, view(cast.staff, case_id).person_id)
    return next(case for case in cases if case.kind is CaseKind.REGISTRATION)


def item_of(case: CaseView, code: str) -> ItemView:
    return next(item for item in case.items if item.item_code == code)


def at_once(*works: Callable[[], object]) -> list[BaseException]:
    """Do the works at the same time and return what they raised."""
    gate, raised = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        gate.wait()
        try:
            work()
        except (DomainError, sa.exc.SQLAlchemyError) as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@contextmanager
def long_after_the_uploads() -> Iterator[None]:
    # File times are the machine's own, so the clock is moved relative to them.
    latest = max(written for _, written in store.opened().names())
    now = clock.utc_now()
    with time_machine.travel(now.fromtimestamp(latest, now.tzinfo) + timedelta(hours=2)):
        yield


def wait_for(is_so: Callable[[], bool]) -> None:
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def view(actor: Actor, case_id: int) -> CaseView:
    return case_view(actor, case_id)


def deliver(actor: Actor, case_id: int, code: str, content: bytes | None = None) -> int:
    item = item_of(view(actor, case_id), code)
    return upload_document(
        actor,
        case_item_id=item.case_item_id,
        file_name=f"../{code}.png",
        content=content or picture(),
    )


def status(case: CaseView) -> dict[str, ItemStatus]:
    return {item.item_code: item.status for item in case.items}


def test_a_delivered_scan_waits_in_the_queue(cast: Cast, case_id: int) -> None:
    deliver(cast.dean, case_id, "photo_digital")
    queue = office_queue(cast.staff)
    assert queue.total == 1
    line = queue.rows[0]
    assert (line.person_name, line.uploaded_by, line.version_number) == ("TESTOV KARIM", "Dora", 1)
    assert line.file_name == "photo_digital.png"
    assert status(view(cast.dean, case_id))["photo_digital"] is ItemStatus.PENDING
    # With it the record of the person lacks no photo any more.
    person_id = view(cast.dean, case_id).person_id
    assert PersonFact.PHOTO not in person_card(cast.dean, person_id).missing


def test_one_scan_serves_two_cases_and_the_decision_stays_with_each(
    cast: Cast, case_id: int
) -> None:
    deliver(cast.dean, case_id, "passport")
    registration = registration_of(cast, case_id)
    assert status(registration)["passport"] is ItemStatus.PENDING
    assert status(registration)["passport_copy"] is ItemStatus.PENDING
    item = item_of(registration, "passport")
    accept_item(cast.staff, item.case_item_id, version=item.version)
    assert status(view(cast.staff, case_id))["passport"] is ItemStatus.PENDING


def test_three_of_five_and_why(cast: Cast, case_id: int) -> None:
    codes = [item.item_code for item in view(cast.dean, case_id).items]
    for place, code in enumerate(codes):
        deliver(cast.dean, case_id, code, picture(f"#0000{place:02x}"))
    for item in view(cast.staff, case_id).items[:3]:
        accept_item(cast.staff, item.case_item_id, version=item.version)
    rejected = view(cast.staff, case_id).items[4]
    reject_item(
        cast.staff, rejected.case_item_id, reason="grey background", version=rejected.version
    )
    seen_by_dean = view(cast.dean, case_id)
    assert (seen_by_dean.settled_count, len(seen_by_dean.required_items)) == (3, 5)
    assert seen_by_dean.items[4].reason == "grey background"
    assert seen_by_dean.items[4].status is ItemStatus.REJECTED


def test_a_rejected_item_is_delivered_anew_and_waits_again(cast: Cast, case_id: int) -> None:
    deliver(cast.dean, case_id, "photo_digital")
    item = office_queue(cast.staff).rows[0]
    reject_item(cast.staff, item.case_item_id, reason="blurred", version=item.version)
    assert office_queue(cast.staff).total == 0
    with pytest.raises(DomainError) as refusal:
        deliver(cast.dean, case_id, "photo_digital")
    assert refusal.value.code == "document.same"
    deliver(cast.dean, case_id, "photo_digital", picture("navy"))
    line = office_queue(cast.staff).rows[0]
    assert line.version_number == 2
    assert status(view(cast.dean, case_id))["photo_digital"] is ItemStatus.PENDING


def test_two_decide_at_once_and_one_is_told_who_was_first(cast: Cast, case_id: int) -> None:
    deliver(cast.dean, case_id, "photo_digital")
    line = office_queue(cast.staff).rows[0]
    accept_item(cast.head, line.case_item_id, version=line.version)
    with pytest.raises(Conflict) as refusal:
        reject_item(cast.staff, line.case_item_id, reason="no", version=line.version)
    assert refusal.value.values["changed_by"] == "Helen"
    assert status(view(cast.staff, case_id))["photo_digital"] is ItemStatus.ACCEPTED


def test_a_decision_needs_a_file_and_a_rejection_a_reason(cast: Cast, case_id: int) -> None:
    item = view(cast.staff, case_id).items[0]
    with pytest.raises(DomainError) as refusal:
        accept_item(cast.staff, item.case_item_id, version=item.version)
    assert refusal.value.code == "document.none"
    with pytest.raises(DomainError) as refusal:
        reject_item(cast.staff, item.case_item_id, reason=" ", version=item.version)
    assert refusal.value.code == "document.reason_missing"


def test_paper_seen_counts_and_can_be_taken_back(cast: Cast, case_id: int) -> None:
    item = view(cast.staff, case_id).items[0]
    mark_seen_on_paper(cast.staff, item.case_item_id, version=item.version)
    seen = view(cast.staff, case_id)
    assert (seen.settled_count, seen.items[0].decided_by) == (1, "Sam")
    reopen_item(cast.staff, item.case_item_id, version=seen.items[0].version)
    assert view(cast.staff, case_id).items[0].status is ItemStatus.MISSING


def test_the_dean_of_another_faculty_sees_and_reaches_nothing(cast: Cast, case_id: int) -> None:
    document_id = deliver(cast.dean, case_id, "photo_digital")
    item = view(cast.staff, case_id).items[0]
    for attempt in (
        lambda: case_view(cast.other_dean, case_id),
        lambda: open_document(cast.other_dean, document_id),
        lambda: open_preview(cast.other_dean, document_id, page=1),
        lambda: upload_document(
            cast.other_dean,
            case_item_id=item.case_item_id,
            file_name="a.png",
            content=picture(),
        ),
        lambda: confirm_application(cast.other_dean, case_id, version=1),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert faculty_door(cast.other_dean).total == 0
    assert faculty_door(cast.dean).total == 2


def test_a_dean_opens_the_uploads_of_his_office_and_not_those_of_the_department(
    cast: Cast, case_id: int
) -> None:
    own = deliver(cast.dean, case_id, "photo_digital")
    departments = deliver(cast.staff, case_id, "contract_copy")
    assert open_document(cast.dean, own).media_type == "image/png"
    with pytest.raises(NotFound):
        open_document(cast.dean, departments)
    assert open_document(cast.rector, departments).content


def test_every_opening_is_audited(cast: Cast, case_id: int) -> None:
    document_id = deliver(cast.dean, case_id, "photo_digital")
    open_document(cast.staff, document_id)
    open_preview(cast.staff, document_id, page=1)
    with pytest.raises(NotFound):
        open_preview(cast.staff, document_id, page=2)
    with reading() as session:
        opened = session.scalars(
            sa.select(AuditEntry).filter_by(action="document.open").order_by(AuditEntry.sequence)
        ).all()
    assert [entry.clear["page"] for entry in opened] == [None, 1, 2]


def test_nothing_readable_lies_in_the_store(cast: Cast, case_id: int) -> None:
    deliver(cast.dean, case_id, "photo_digital")
    files = [path for path in settings.current().document_store.rglob("*") if path.is_file()]
    assert len(files) == 2  # the scan and its one preview
    for path in files:
        assert b"PNG" not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0


def test_without_its_key_a_document_is_gone(cast: Cast, case_id: int) -> None:
    document_id = deliver(cast.dean, case_id, "photo_digital")
    with writing() as session:
        session.get_one(Document, document_id).wrapped_key = None
    with pytest.raises(NotFound):
        open_document(cast.staff, document_id)


def test_a_refused_scan_leaves_nothing_behind(cast: Cast, case_id: int) -> None:
    with pytest.raises(DomainError) as refusal:
        deliver(cast.dean, case_id, "photo_digital", b"PK\x03\x04 a document")
    assert refusal.value.code == "scan.wrong_type"
    assert list(store.opened().names()) == []
    assert office_queue(cast.staff).total == 0


def test_what_a_dead_process_left_is_swept_after_a_while(cast: Cast, case_id: int) -> None:
    kept = deliver(cast.dean, case_id, "photo_digital")
    store.opened().put(store.new_name(), b"left behind")
    assert sweep_orphans() == 0
    with long_after_the_uploads():
        assert sweep_orphans() == 1
        assert sweep_orphans() == 0
    assert open_document(cast.staff, kept).content
    assert open_preview(cast.staff, kept, page=1).content


UPLOAD_AND_DIE = """
import sys
from core import settings
from core.services.documents import upload_document
from core.services.users import actor_named
from db import engine
settings.current()
engine.configure(settings.current().database_url)
upload_document(
    actor_named("dora"),
    case_item_id=int(sys.argv[1]),
    file_name="a.png",
    content=sys.stdin.buffer.read(),
)
"""


def test_a_process_killed_before_the_commit_leaves_nothing_but_what_the_sweeper_takes(
    cast: Cast, case_id: int, database: str
) -> None:
    case = view(cast.dean, case_id)
    environment = os.environ | {
        "VAR_DIR": str(settings.current().var_dir),
        "DATABASE_URL": database,
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    with writing() as session:
        # The upload's transaction waits for this one: its bytes are stored, its row is not.
        session.get_one(Person, case.person_id, with_for_update=True)
        child = subprocess.Popen(
            [sys.executable, "-c", UPLOAD_AND_DIE, str(case.items[0].case_item_id)],
            stdin=subprocess.PIPE,
            env=environment,
        )
        assert child.stdin is not None
        child.stdin.write(picture())
        child.stdin.close()
        wait_for(lambda: len(list(store.opened().names())) == 2)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    assert view(cast.dean, case_id).items[0].status is ItemStatus.MISSING
    with long_after_the_uploads():
        assert sweep_orphans() == 2
    assert list(store.opened().names()) == []


def test_the_application_is_confirmed_once_everything_is_delivered(
    cast: Cast, case_id: int
) -> None:
    first = view(cast.dean, case_id)
    with pytest.raises(DomainError) as refusal:
        confirm_application(cast.dean, case_id, version=first.version)
    assert refusal.value.code == "case.items_missing"
    assert len(refusal.value.values["items"]) == 5
    for place, item in enumerate(first.items):
        deliver(cast.dean, case_id, item.item_code, picture(f"#00{place:02x}00"))
    confirm_application(cast.dean, case_id, version=first.version)
    confirmed = view(cast.staff, case_id)
    assert confirmed.waits_for is Party.DEPARTMENT
    assert confirmed.application_confirmed_by == "Dora"
    with pytest.raises(DomainError) as refusal:
        confirm_application(cast.dean, case_id, version=confirmed.version)
    assert refusal.value.code == "case.step_not_allowed"
    back = MoveFacts(moved_on=TODAY, reason="wrong date")
    move_case(cast.staff, case_id, "dean", back, version=confirmed.version)
    returned = view(cast.dean, case_id)
    assert (returned.waits_for, returned.returned_reason) == (Party.DEAN, "wrong date")
    assert returned.application_confirmed_at is None


def test_a_closed_case_is_over(cast: Cast, case_id: int) -> None:
    case = view(cast.staff, case_id)
    complete_case(cast.staff, case_id, version=case.version)
    closed = view(cast.staff, case_id)
    assert closed.outcome is CaseOutcome.DONE
    with pytest.raises(DomainError) as refusal:
        deliver(cast.dean, case_id, "photo_digital")
    assert refusal.value.code == "case.closed"
    with pytest.raises(DomainError) as refusal:
        complete_case(cast.staff, case_id, version=closed.version)
    assert refusal.value.code == "case.closed"
    item = item_of(closed, "photo_digital")
    for decide in (mark_seen_on_paper, reopen_item):
        with pytest.raises(DomainError) as refusal:
            decide(cast.staff, item.case_item_id, version=item.version)
        assert refusal.value.code == "case.closed"


def test_a_refused_delivery_takes_its_bytes_along(cast: Cast, case_id: int) -> None:
    deliver(cast.dean, case_id, "photo_digital")
    before = [name for name, _ in store.opened().names()]
    with pytest.raises(DomainError):
        deliver(cast.dean, case_id, "photo_digital")
    nobody = replace(cast.staff, user_id=987_654)
    with pytest.raises(IntegrityError):
        deliver(nobody, case_id, "contract_copy", picture("red"))
    assert [name for name, _ in store.opened().names()] == before


def test_nothing_of_what_is_inside_a_scan_can_be_read_in_the_store(
    cast: Cast, case_id: int
) -> None:
    canary = "CANARY-OF-A-FICTITIOUS-STUDENT"
    pdf = FPDF()
    pdf.set_compression(False)
    pdf.set_font("helvetica", size=30)
    for _ in range(2):
        pdf.add_page()
        pdf.cell(text=canary)
    document_id = deliver(cast.dean, case_id, "contract_copy", bytes(pdf.output()))
    scan = open_document(cast.staff, document_id).content
    first_page = open_preview(cast.staff, document_id, page=1).content
    assert scan.startswith(b"%PDF-")
    root = settings.current().document_store
    stored = [path.read_bytes() for path in root.rglob("*") if path.is_file()]
    assert len(stored) == 3  # the scan and its two pages
    secrets = (canary.encode(), scan[200:232], first_page[60:92], b"%PDF", b"IHDR")
    assert not any(secret in content for content in stored for secret in secrets)


def test_an_accepted_item_keeps_its_scan_until_a_new_one_is_meant_for_it(
    cast: Cast, case_id: int
) -> None:
    first = deliver(cast.dean, case_id, "passport")
    accepted = item_of(view(cast.staff, case_id), "passport")
    accept_item(cast.staff, accepted.case_item_id, version=accepted.version)
    registration = registration_of(cast, case_id)
    deliver(cast.dean, registration.case_id, "passport", picture("red"))
    kept = item_of(view(cast.staff, case_id), "passport")
    assert (kept.status, kept.document_id) == (ItemStatus.ACCEPTED, first)
    newest = deliver(cast.dean, case_id, "passport", picture("blue"))
    renewed = item_of(view(cast.staff, case_id), "passport")
    assert (renewed.status, renewed.document_id) == (ItemStatus.PENDING, newest)
    assert (renewed.decided_by, renewed.decided_at) == (None, None)
    with reading() as session:
        chain = session.execute(
            sa.select(Document.version_number, Document.replaces_id).order_by(Document.id)
        ).all()
    assert [tuple(link) for link in chain] == [(1, None), (2, first), (3, first + 1)]


def test_of_two_who_accept_at_the_same_moment_one_wins(cast: Cast, case_id: int) -> None:
    deliver(cast.dean, case_id, "photo_digital")
    line = office_queue(cast.staff).rows[0]
    raised = at_once(
        lambda: accept_item(cast.head, line.case_item_id, version=line.version),
        lambda: accept_item(cast.staff, line.case_item_id, version=line.version),
    )
    assert [type(error) for error in raised] == [Conflict]
    item = item_of(view(cast.staff, case_id), "photo_digital")
    assert (item.status, item.version) == (ItemStatus.ACCEPTED, line.version + 1)


@contextmanager
def accepted_while_delivered(cast: Cast, accepted: ItemView, delivered_for: int) -> Iterator[None]:
    """Accept one item in a transaction that is still open when a scan for the other arrives."""
    before = len(list(store.opened().names()))
    delivery = threading.Thread(
        target=lambda: upload_document(
            cast.dean, case_item_id=delivered_for, file_name="b.png", content=picture("red")
        )
    )
    with writing() as session:
        row = visible_item(session, cast.staff, accepted.case_item_id)
        claim(session, row, cast.staff, seen_version=accepted.version)
        row.status = ItemStatus.ACCEPTED
        session.flush()
        delivery.start()
        wait_for(lambda: len(list(store.opened().names())) == before + 2)
        time.sleep(0.5)
    delivery.join()
    yield


def test_a_scan_delivered_while_another_is_accepted_is_not_accepted_unseen(
    cast: Cast, case_id: int
) -> None:
    seen = deliver(cast.dean, case_id, "passport")
    item = item_of(view(cast.staff, case_id), "passport")
    other = item_of(registration_of(cast, case_id), "passport")
    with accepted_while_delivered(cast, item, other.case_item_id):
        after = item_of(view(cast.staff, case_id), "passport")
    assert (after.status, after.document_id) == (ItemStatus.ACCEPTED, seen)


def test_a_scan_delivered_for_the_very_item_being_accepted_waits(cast: Cast, case_id: int) -> None:
    seen = deliver(cast.dean, case_id, "passport")
    item = item_of(view(cast.staff, case_id), "passport")
    with accepted_while_delivered(cast, item, item.case_item_id):
        after = item_of(view(cast.staff, case_id), "passport")
    assert (after.status, after.document_id) == (ItemStatus.PENDING, seen + 1)
    assert after.version == item.version + 2


def test_two_scans_delivered_at_the_same_moment_have_different_numbers(
    cast: Cast, case_id: int
) -> None:
    deliver(cast.dean, case_id, "passport")
    registration = registration_of(cast, case_id)
    for case in (view(cast.staff, case_id), registration):
        for item in case.items:
            if item.document_kind == "passport":
                accept_item(cast.staff, item.case_item_id, version=item.version)
    deliveries = [
        threading.Thread(target=deliver, args=(cast.dean, case, "passport", picture(color)))
        for case, color in ((case_id, "red"), (registration.case_id, "blue"))
    ]
    with writing() as session:
        # The log's head is what every transaction takes last, so both are held on their way.
        session.scalars(sa.select(AuditHead).with_for_update()).one()
        for delivery in deliveries:
            delivery.start()
        wait_for(lambda: len(list(store.opened().names())) == 6)
        time.sleep(0.5)
    for delivery in deliveries:
        delivery.join()
    with reading() as session:
        numbers = session.scalars(sa.select(Document.version_number).order_by(Document.id)).all()
    assert sorted(numbers) == [1, 2, 3]


def test_whoever_is_refused_leaves_a_trace(cast: Cast, case_id: int) -> None:
    document_id = deliver(cast.staff, case_id, "photo_digital")
    with pytest.raises(NotFound):
        open_document(cast.other_dean, document_id)
    with pytest.raises(NotFound):
        open_preview(cast.dean, document_id, page=1)
    with pytest.raises(Refused):
        open_document(cast.admin, document_id)
    with pytest.raises(Refused):
        deliver(cast.rector, case_id, "contract_copy")
    with reading() as session:
        refused = session.execute(
            sa.select(AuditEntry.actor_name, AuditEntry.action)
            .where(AuditEntry.outcome == AuditOutcome.REFUSED)
            .order_by(AuditEntry.sequence)
        ).all()
    assert [tuple(row) for row in refused] == [
        ("dean-two", "open_document"),
        ("dora", "open_preview"),
        ("ada", "open_document"),
        ("rita", "upload_document"),
    ]


def test_a_dean_loses_a_scan_at_once_when_the_student_changes_faculty(
    cast: Cast, case_id: int
) -> None:
    document_id = deliver(cast.dean, case_id, "photo_digital")
    assert openable_documents(cast.dean, [document_id]) == {document_id}
    with writing() as session:
        enrolment = session.scalars(sa.select(Enrolment).filter_by(is_current=True)).one()
        enrolment.faculty_id = cast.dentistry
    with pytest.raises(NotFound):
        open_document(cast.dean, document_id)
    assert openable_documents(cast.dean, [document_id]) == frozenset()
    assert openable_documents(cast.other_dean, [document_id]) == frozenset()
    assert openable_documents(cast.rector, [document_id, 987_654]) == {document_id}


def test_offices_that_share_a_faculty_open_each_others_uploads(cast: Cast, case_id: int) -> None:
    document_id = deliver(cast.dean, case_id, "photo_digital")
    form = UserForm(
        username="diana",
        full_name="Diana",
        role=Role.DEAN,
        faculty_ids=frozenset({cast.medicine, cast.dentistry}),
    )
    create_user(SYSTEM_ACTOR, form)
    diana = actor_named("diana")
    assert open_document(diana, document_id).content
    assert openable_documents(diana, [document_id]) == {document_id}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("passport.png", "passport.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\dean\\скан паспорта.png", "скан паспорта.png"),
        ("a\x00b\x1b\x85c.png", "a_b__c.png"),
        ("photo\u202egnp.exe", "photo_gnp.exe"),
        ("lone\ud800.png", "lone_.png"),
        ('a"b<c>|*?:.png', "a_b_c_____.png"),
        (" . ", "scan"),
        ("x" * 200 + ".png", "x" * 116 + ".png"),
    ],
)
def test_a_file_name_can_neither_mislead_nor_lead_elsewhere(
    cast: Cast, case_id: int, given: str, kept: str
) -> None:
    item = view(cast.dean, case_id).items[0]
    document_id = upload_document(
        cast.dean, case_item_id=item.case_item_id, file_name=given, content=picture()
    )
    assert open_document(cast.dean, document_id).file_name == kept


def test_the_queue_shows_the_oldest_first_and_one_faculty_if_asked(
    cast: Cast, case_id: int
) -> None:
    other = enrol(
        cast.staff, cast.dentistry, passport=passport(number="ZZ7654321", surname="PROBEV")
    )
    cases = cases_of_person(cast.staff, other)
    extension = next(c.case_id for c in cases if c.kind is CaseKind.STUDY_VISA_EXTENSION)
    deliver(cast.dean, case_id, "photo_digital")
    deliver(cast.other_dean, extension, "photo_digital")
    names = [line.person_name for line in office_queue(cast.staff).rows]
    assert names == ["TESTOV KARIM", "PROBEV KARIM"]
    dentistry = office_queue(cast.staff, faculty_id=cast.dentistry)
    assert ([line.person_name for line in dentistry.rows], dentistry.total) == (
        ["PROBEV KARIM"],
        1,
    )


def test_a_page_beyond_the_last_is_the_last(cast: Cast, case_id: int) -> None:
    assert (office_queue(cast.staff, page=7).number, office_queue(cast.staff).total) == (1, 0)
    deliver(cast.dean, case_id, "photo_digital")
    page = office_queue(cast.staff, page=7)
    assert (page.number, len(page.rows)) == (1, 1)
    door = faculty_door(cast.dean, page=7)
    assert (door.number, len(door.rows)) == (1, 2)


def test_a_decided_paper_waits_no_longer(cast: Cast, case_id: int) -> None:
    deliver(cast.dean, case_id, "photo_digital")
    line = office_queue(cast.staff).rows[0]
    assert waiting_item(cast.staff, line.case_item_id) == line
    accept_item(cast.staff, line.case_item_id, version=line.version)
    assert waiting_item(cast.staff, line.case_item_id) is None
    reopen_item(cast.staff, line.case_item_id, version=line.version + 1)
    assert waiting_item(cast.staff, line.case_item_id) == replace(line, version=line.version + 2)


def test_the_reason_of_a_rejection_is_kept_from_the_readers_of_the_log(
    cast: Cast, case_id: int
) -> None:
    deliver(cast.dean, case_id, "photo_digital")
    line = office_queue(cast.staff).rows[0]
    reject_item(cast.staff, line.case_item_id, reason="eyes closed", version=line.version)
    with reading() as session:
        entry = session.scalars(sa.select(AuditEntry).filter_by(action="item.rejected")).one()
        item = session.get_one(CaseItem, line.case_item_id)
    assert entry.sealed is not None
    assert "eyes closed" not in str(entry.clear)
    assert b"eyes closed" not in entry.sealed
    assert (item.reason, item.changed_by) == ("eyes closed", "Sam")
