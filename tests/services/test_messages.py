"""Reminders: prepared once, for the right recipient, in his language, and never for nothing."""

import datetime as dt
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from core.errors import Conflict, DomainError, Refused
from core.services import audit
from core.services.agents import AgentForm, add_agent
from core.services.case_views import cases_of_person
from core.services.cases import complete_case
from core.services.decisions import reject_item
from core.services.documents import upload_document
from core.services.merging import merge_people
from core.services.messages.outbox import change_text, mark_sent, withdraw_message
from core.services.messages.plans import change_plan, list_plans
from core.services.messages.preferences import (
    Preferences,
    change_preferences,
    preferences,
)
from core.services.messages.previews import preview_template
from core.services.messages.reminding import (
    due_reminders,
    plan_reminding,
    prepare_due,
    remind_of,
)
from core.services.messages.sending import withdraw_settled
from core.services.messages.templates import TemplateForm, change_template, list_templates
from core.services.messages.views import (
    MessageFilter,
    MessageView,
    list_messages,
    message_counts,
    message_view,
)
from core.services.messages.writing import (
    WrittenForm,
    addresses_of,
    begin_message,
    write_message,
)
from core.services.names import Names
from core.services.person_history import person_history
from core.services.person_identity import IdentityForm, change_identity
from core.terms import CaseKind, Language, MessageChannel, MessageStatus, Party
from db.engine import reading, writing
from db.models.audit import AuditEntry
from db.models.cases import Case, Deadline
from db.models.messages import Message, MessagePerson
from db.models.people import Person
from tests.cast import TODAY, Cast, enrol, passport
from tests.services.test_documents import picture

REGISTRATION, EXTENSION = CaseKind.REGISTRATION, CaseKind.STUDY_VISA_EXTENSION


def student(cast: Cast, number: int, **more: Any) -> int:
    name = passport(number=f"ZZ{number}", surname=f"STUDENT{number}")
    return enrol(cast.staff, cast.medicine, passport=name, **more)


def agent(cast: Cast, **more: Any) -> int:
    form = AgentForm(**{"name": "Arjun Agent", "email": "arjun@example.org", **more})
    return add_agent(cast.staff, form)


def case_of(cast: Cast, person_id: int, kind: CaseKind = REGISTRATION) -> int:
    cases = cases_of_person(cast.staff, person_id)
    return next(case.case_id for case in cases if case.kind is kind)


def views(cast: Cast, **chosen: Any) -> list[MessageView]:
    """Return the messages there are, the oldest first."""
    lines = list_messages(cast.staff, MessageFilter(**chosen)).rows
    return [message_view(cast.staff, line.message_id) for line in reversed(lines)]


def only(cast: Cast, kind: CaseKind) -> MessageView:
    (view,) = (view for view in views(cast) if view.line.kind is kind)
    return view


def lines() -> list[tuple[int | None, str | None]]:
    with reading() as session:
        rows = session.execute(
            sa.select(MessagePerson.case_id, MessagePerson.reminder_key).order_by(MessagePerson.id)
        )
        return [(row[0], row[1]) for row in rows]


def refusal(code: str) -> Any:
    return pytest.raises(DomainError, match=code.replace(".", r"\."))


@pytest.fixture
def later() -> Iterator[Any]:
    """Give a function that moves the clock to noon in Bishkek of another day."""
    travels: list[Any] = []

    def travel(day: date) -> None:
        noon = dt.datetime.combine(day, dt.time(6), tzinfo=dt.UTC)
        travels.append(time_machine.travel(noon, tick=True))
        travels[-1].start()

    yield travel
    for each in reversed(travels):
        each.stop()


def test_a_representative_gets_one_message_for_all_his_students(cast: Cast) -> None:
    agent_id = agent(cast)
    people = [student(cast, number, agent_id=agent_id) for number in range(3)]
    # Each has a registration due on 7 September and an extension due on 27 October.
    assert prepare_due(cast.staff) == 6
    registration, extension = only(cast, REGISTRATION), only(cast, EXTENSION)
    assert registration.line.recipient == "Arjun Agent"
    assert registration.line.channel is MessageChannel.EMAIL
    assert registration.line.address == "arjun@example.org"
    assert registration.subject == "Registration of your students (3): first due 7 Sept 2026"
    assert [name for _id, name in registration.people] == [
        "STUDENT0 KARIM",
        "STUDENT1 KARIM",
        "STUDENT2 KARIM",
    ]
    assert [person for person, _name in extension.people] == people
    for number in range(3):
        line = f"{number + 1}. STUDENT{number} KARIM — 7 Sept 2026 — missing: Passport (original);"
        assert line in registration.body
    assert "27 Oct 2026" in extension.body


def test_a_student_without_a_representative_gets_his_own_in_his_language(cast: Cast) -> None:
    student(cast, 1, email="karim@example.org")
    other = student(cast, 2, phone="0555 123 456", is_new_person=True)
    change_identity(
        cast.staff,
        other,
        IdentityForm(phone="0555 123 456", language=Language.KYRGYZ),
        version=version_of(other),
    )
    prepare_due(cast.staff)
    mail, chat = (view for view in views(cast) if view.line.kind is REGISTRATION)
    assert mail.line.language is Language.ENGLISH
    assert mail.body.startswith("Dear STUDENT1 KARIM,\n\nYou have to be registered")
    assert "by 7 Sept 2026" in mail.body
    assert "\n- Passport (original)\n" in mail.body
    assert (chat.line.channel, chat.line.address) == (MessageChannel.WHATSAPP, "+996555123456")
    assert chat.body.startswith("Саламатсызбы, STUDENT2 KARIM!\n\nСиз жүргөн жериңиз боюнча")
    assert "2026-ж." in chat.body or "2026" in chat.body
    assert "- Паспорт" in chat.body


def version_of(person_id: int) -> int:
    with reading() as session:
        return session.get_one(Person, person_id).version


def test_a_message_is_written_in_the_representative_s_language(cast: Cast) -> None:
    student(cast, 1, agent_id=agent(cast, language=Language.RUSSIAN))
    prepare_due(cast.head)
    body = only(cast, REGISTRATION).body
    assert body.startswith("Здравствуйте, Arjun Agent!\n\nЭтих студентов нужно зарегистрировать")
    assert "1. STUDENT1 KARIM — 7 сент. 2026" in body


def test_whoever_cannot_be_reached_is_counted_and_told(cast: Cast) -> None:
    silent = student(cast, 1)
    mute = agent(cast, name="Mute Agent", email="no address", phone="")
    with_mute = student(cast, 2, agent_id=mute, email="two@example.org")
    gone = agent(cast, name="Gone Agent", is_active=False)
    with_gone = student(cast, 3, agent_id=gone, email="three@example.org")
    due = due_reminders(cast.staff)
    assert (due.reminders, due.messages, due.mails, due.unreachable) == (4, 4, 4, 2)
    plan = plan_reminding(
        cast.staff, [case_of(cast, person) for person in (silent, with_mute, with_gone)]
    )
    # Where the representative cannot be reached, or is no longer at work, the student is.
    assert [each.recipient for each in plan.messages] == ["STUDENT2 KARIM", "STUDENT3 KARIM"]
    assert plan.unreachable == ((silent, "STUDENT1 KARIM"),)
    assert prepare_due(cast.staff) == 4


def test_the_dry_count_writes_nothing_and_is_what_is_prepared_then(cast: Cast) -> None:
    agent_id = agent(cast)
    for number in range(3):
        student(cast, number, agent_id=agent_id)
    student(cast, 9, phone="+996 555 123 456")
    due = due_reminders(cast.staff)
    assert (due.reminders, due.messages, due.mails, due.unreachable) == (8, 4, 2, 0)
    assert lines() == []
    assert prepare_due(cast.staff) == 8
    assert message_counts(cast.staff)[MessageStatus.PREPARED] == 4
    assert due_reminders(cast.staff).reminders == 0


def test_nobody_is_reminded_of_the_same_twice(cast: Cast, later: Any) -> None:
    student(cast, 1, email="one@example.org")
    assert [prepare_due(cast.staff) for _run in range(3)] == [2, 0, 0]
    keys = [key for _case, key in lines()]
    # The registration opened six days before its date, the extension fifty-six.
    assert [key.split(":", 1)[1] for key in keys if key] == [
        "2026-09-07:7:self",
        "2026-10-27:60:self",
    ]
    later(date(2026, 9, 6))
    assert prepare_due(cast.staff) == 0
    later(date(2026, 9, 7))
    assert prepare_due(cast.staff) == 1
    # From the forty-fifth day on the server was off until the seventh.
    later(date(2026, 10, 20))
    assert prepare_due(cast.staff) == 1
    assert (lines()[-1][1] or "").endswith(":2026-10-27:7:self")
    later(date(2026, 10, 28))
    assert prepare_due(cast.staff) == 0


def test_a_message_that_waits_takes_in_whoever_comes_later(cast: Cast, later: Any) -> None:
    agent_id = agent(cast)
    student(cast, 1, agent_id=agent_id)
    prepare_due(cast.staff)
    student(cast, 2, agent_id=agent_id)
    assert prepare_due(cast.staff) == 2
    registration = only(cast, REGISTRATION)
    assert (registration.line.students, registration.line.version) == (2, 2)
    assert "2. STUDENT2 KARIM" in registration.body
    # One that somebody changed is his, and one that went out is gone: then a new one is prepared.
    text = registration.body + "\n\nPS"
    change_text(
        cast.staff,
        registration.line.message_id,
        subject="Mine",
        body=text,
        version=registration.line.version,
    )
    student(cast, 3, agent_id=agent_id)
    prepare_due(cast.staff)
    found = [view for view in views(cast) if view.line.kind is REGISTRATION]
    assert [(view.subject, view.line.students) for view in found] == [
        ("Mine", 2),
        ("Registration of your students (1): first due 7 Sept 2026", 1),
    ]


def test_what_is_settled_leaves_the_message_that_grows(cast: Cast) -> None:
    agent_id = agent(cast)
    first = student(cast, 1, agent_id=agent_id)
    prepare_due(cast.staff)
    close(cast, case_of(cast, first))
    student(cast, 2, agent_id=agent_id)
    prepare_due(cast.staff)
    registration = only(cast, REGISTRATION)
    assert [name for _id, name in registration.people] == ["STUDENT2 KARIM"]
    assert "STUDENT1" not in registration.body


def test_what_is_settled_leaves_a_message_that_waits_though_nobody_joins_it(cast: Cast) -> None:
    agent_id = agent(cast)
    first, _second = (student(cast, number, agent_id=agent_id) for number in (1, 2))
    prepare_due(cast.staff)
    close(cast, case_of(cast, first))
    assert prepare_due(cast.staff) == 0
    registration = only(cast, REGISTRATION)
    assert [name for _id, name in registration.people] == ["STUDENT2 KARIM"]
    assert "1. STUDENT2 KARIM" in registration.body
    assert "STUDENT1" not in registration.body
    assert registration.line.version == 2
    # Nothing has changed since, so whoever has it open is told of no change.
    prepare_due(cast.staff)
    assert only(cast, REGISTRATION) == registration


def close(cast: Cast, case_id: int) -> None:
    with reading() as session:
        version = session.get_one(Case, case_id).version
    complete_case(cast.staff, case_id, version=version)


def test_a_reminder_whose_case_is_closed_is_withdrawn_and_not_sent(cast: Cast) -> None:
    person_id = student(cast, 1, email="one@example.org")
    prepare_due(cast.staff)
    assert withdraw_settled(cast.staff) == 0
    close(cast, case_of(cast, person_id))
    assert withdraw_settled(cast.staff) == 1
    assert only(cast, REGISTRATION).line.status is MessageStatus.WITHDRAWN
    assert only(cast, EXTENSION).line.status is MessageStatus.PREPARED


def test_a_date_that_moved_makes_a_new_reminder_and_takes_the_old_one_back(cast: Cast) -> None:
    student(cast, 1, email="one@example.org")
    prepare_due(cast.staff)
    with writing() as session:
        session.execute(
            sa.update(Deadline)
            .where(Deadline.due_on == date(2026, 9, 7))
            .values(due_on=date(2026, 9, 8))
        )
    assert withdraw_settled(cast.staff) == 1
    assert prepare_due(cast.staff) == 1
    statuses = [view.line.status for view in views(cast) if view.line.kind is REGISTRATION]
    assert statuses == [MessageStatus.WITHDRAWN, MessageStatus.PREPARED]


@pytest.mark.parametrize(
    ("waits_for", "count"),
    [
        (Party.STUDENT, 1),
        (Party.DEAN, 1),
        (Party.DEPARTMENT, 1),
        (Party.SCNB, 0),
        (Party.DCS, 0),
        (Party.EMBASSY, 0),
    ],
)
def test_nobody_is_reminded_while_an_authority_has_the_case(
    cast: Cast, waits_for: Party, count: int
) -> None:
    person_id = student(cast, 1, email="one@example.org", visa=None)
    with writing() as session:
        case = session.get_one(Case, case_of(cast, person_id))
        case.waits_for = waits_for
    assert prepare_due(cast.staff) == count


def test_the_reason_of_a_rejected_paper_is_in_the_text(cast: Cast) -> None:
    person_id = student(cast, 1, email="one@example.org")
    case = next(c for c in cases_of_person(cast.staff, person_id) if c.kind is REGISTRATION)
    item = case.items[0]
    upload_document(
        cast.staff,
        case_item_id=item.case_item_id,
        file_name="scan.png",
        content=picture("navy"),
    )
    (fresh,) = (
        each
        for each in cases_of_person(cast.staff, person_id)[0].items
        + cases_of_person(cast.staff, person_id)[1].items
        if each.case_item_id == item.case_item_id
    )
    reject_item(cast.staff, item.case_item_id, reason="grey background", version=fresh.version)
    prepare_due(cast.staff)
    assert "- Passport (original) (rejected: grey background)" in only(cast, REGISTRATION).body


def test_reminding_by_hand_needs_no_plan_and_happens_once_a_day(cast: Cast, later: Any) -> None:
    first, second = (student(cast, number, email=f"{number}@example.org") for number in (1, 2))
    cases = [case_of(cast, person, EXTENSION) for person in (first, second)]
    assert len(remind_of(cast.staff, [*cases, *cases])) == 2
    assert remind_of(cast.head, cases) == ()
    plan = plan_reminding(cast.staff, cases)
    assert (plan.messages, plan.reminded) == ((), ("STUDENT1 KARIM", "STUDENT2 KARIM"))
    # It stands for the sixtieth day of the plan, which began two days ago.
    assert prepare_due(cast.staff) == 2
    assert {view.line.kind for view in views(cast)} == {REGISTRATION, EXTENSION}
    later(date(2026, 9, 2))
    # Unsent, it takes its own case in again only if that is asked for on another day.
    assert len(remind_of(cast.staff, cases)) == 2
    assert sum(key is not None and ":2026-09-02:" in key for _case, key in lines()) == 2


def test_a_channel_may_be_chosen_and_the_students_themselves(cast: Cast) -> None:
    agent_id = agent(cast, phone="+91 98765 43210")
    person_id = student(cast, 1, agent_id=agent_id, phone="+996 555 123 456")
    cases = [case_of(cast, person_id)]
    plan = plan_reminding(cast.staff, cases, channel=MessageChannel.TELEGRAM)
    assert [(each.recipient, each.channel) for each in plan.messages] == [
        ("Arjun Agent", MessageChannel.TELEGRAM)
    ]
    plan = plan_reminding(cast.staff, cases, to_students=True)
    assert [(each.recipient, each.channel) for each in plan.messages] == [
        ("STUDENT1 KARIM", MessageChannel.WHATSAPP)
    ]
    plan = plan_reminding(cast.staff, cases, channel=MessageChannel.EMAIL, to_students=True)
    assert (plan.messages, len(plan.unreachable)) == ((), 1)


def test_closed_cases_and_too_many_are_told(cast: Cast) -> None:
    person_id = student(cast, 1, email="one@example.org")
    case_id = case_of(cast, person_id)
    close(cast, case_id)
    assert plan_reminding(cast.staff, [case_id, 999]).settled == 2
    assert remind_of(cast.staff, [case_id, 999]) == ()
    with refusal("message.too_many"):
        plan_reminding(cast.staff, range(1001))
    with refusal("message.too_many"):
        remind_of(cast.staff, range(1001))


SIGNED = Preferences(executor="Aida Demo", phone="+996 555 000 111", sender="office@example.org")


def test_nothing_goes_out_unsigned(cast: Cast) -> None:
    student(cast, 1, phone="+996 555 123 456")
    prepare_due(cast.staff)
    unsigned = only(cast, REGISTRATION)
    assert (unsigned.gaps, unsigned.link) == (("executor", "phone"), "")
    with refusal("message.signature_missing"):
        mark_sent(cast.staff, unsigned.line.message_id, version=1)
    change_preferences(cast.head, SIGNED)
    signed = only(cast, REGISTRATION)
    assert signed.gaps == ()
    assert signed.text.endswith("Aida Demo\nInternational Department, EIMU\nTel. +996 555 000 111")
    assert signed.link.startswith("https://wa.me/996555123456?text=Dear%20STUDENT1%20KARIM%2C%0A")
    mark_sent(cast.staff, signed.line.message_id, version=signed.line.version)
    sent = only(cast, REGISTRATION)
    assert (sent.line.status, sent.line.sent_by, sent.link) == (MessageStatus.SENT, "Sam", "")
    assert sent.line.sent_at is not None
    assert sent.line.sent_at.date() == TODAY
    # What went out keeps the name of whoever signed it then.
    change_preferences(
        cast.head, Preferences(executor="Other", phone="1", version=preferences(cast.staff).version)
    )
    assert "Aida Demo" in only(cast, REGISTRATION).text


def test_of_two_who_deal_with_one_message_one_wins(cast: Cast) -> None:
    student(cast, 1, email="one@example.org")
    prepare_due(cast.staff)
    message_id = only(cast, REGISTRATION).line.message_id
    withdraw_message(cast.head, message_id, version=1)
    with pytest.raises(Conflict) as conflict:
        change_text(cast.staff, message_id, subject="S", body="B", version=1)
    assert conflict.value.values["changed_by"] == "Helen"
    with refusal("message.gone"):
        change_text(cast.staff, message_id, subject="S", body="B", version=2)
    with refusal("message.gone"):
        withdraw_message(cast.staff, message_id, version=2)


@pytest.mark.parametrize(
    ("subject", "body", "code"),
    [
        ("", "B", "message.empty"),
        ("S", " \n ", "message.empty"),
        ("S", "Dear {name}", "template.field_unknown"),
        ("S", "a { b", "template.brace"),
        ("S" * 301, "B", "text.too_long"),
        ("S", "B" * 20_001, "text.too_long"),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused(
    cast: Cast, subject: str, body: str, code: str
) -> None:
    student(cast, 1, email="one@example.org")
    prepare_due(cast.staff)
    before = only(cast, REGISTRATION)
    with refusal(code):
        change_text(cast.staff, before.line.message_id, subject=subject, body=body, version=1)
    assert only(cast, REGISTRATION) == before


def test_the_rector_reads_and_the_dean_learns_nothing(cast: Cast) -> None:
    person_id = student(cast, 1, email="one@example.org")
    prepare_due(cast.staff)
    (line, _other) = list_messages(cast.rector, MessageFilter()).rows
    assert message_view(cast.rector, line.message_id).body
    with pytest.raises(Refused):
        withdraw_message(cast.rector, line.message_id, version=1)
    with pytest.raises(Refused):
        remind_of(cast.dean, [case_of(cast, person_id)])
    with pytest.raises(Refused):
        list_messages(cast.dean, MessageFilter())
    with pytest.raises(Refused):
        message_view(cast.admin, line.message_id)


def test_a_message_written_by_hand_counts_as_a_reminder_of_its_case(cast: Cast) -> None:
    agent_id = agent(cast)
    person_id = student(cast, 1, agent_id=agent_id, phone="+996 555 123 456")
    own, representative = addresses_of(cast.staff, person_id)
    assert (own.name, own.is_agent, own.channels) == (
        "STUDENT1 KARIM",
        False,
        (MessageChannel.WHATSAPP, MessageChannel.TELEGRAM),
    )
    assert (representative.name, representative.channels) == (
        "Arjun Agent",
        (MessageChannel.EMAIL,),
    )
    case_id = case_of(cast, person_id)
    text = begin_message(cast.staff, person_id, to_agent=True, case_id=case_id)
    assert text.subject == "Registration of your students (1): first due 7 Sept 2026"
    form = WrittenForm(
        to_agent=True,
        channel=MessageChannel.EMAIL,
        subject=text.subject,
        body=text.body + "\nPlease!",
        case_id=case_id,
    )
    message_id = write_message(cast.staff, person_id, form)
    assert message_view(cast.staff, message_id).body.endswith("Please!")
    assert prepare_due(cast.staff) == 1
    free = begin_message(cast.staff, person_id, to_agent=False)
    assert free.body.startswith("Dear STUDENT1 KARIM,")
    with refusal("message.not_reached"):
        write_message(
            cast.staff,
            person_id,
            WrittenForm(to_agent=False, channel=MessageChannel.EMAIL, subject="S", body="B"),
        )
    other = student(cast, 2, is_new_person=True)
    with refusal("not_found"):
        begin_message(cast.staff, person_id, to_agent=False, case_id=case_of(cast, other))
    with refusal("not_found"):
        begin_message(cast.staff, other, to_agent=True)


def test_the_history_tells_of_messages_without_their_text(cast: Cast) -> None:
    person_id = student(cast, 1, email="one@example.org")
    prepare_due(cast.staff)
    line = only(cast, REGISTRATION).line
    change_text(cast.staff, line.message_id, subject="S", body="SECRETTEXT", version=1)
    withdraw_message(cast.staff, line.message_id, version=2)
    told = [each.action for each in person_history(cast.staff, person_id).rows]
    assert told[:4] == [
        "message.withdraw",
        "message.edit",
        "message.prepare",
        "message.prepare",
    ]
    with reading() as session:
        entries = session.scalars(
            sa.select(AuditEntry).where(AuditEntry.subject_kind == "message")
        ).all()
        assert len(entries) == 4
        assert not any("SECRETTEXT" in str(entry.clear) for entry in entries)
    assert audit.verify().faults == ()


def test_a_merge_carries_the_messages_of_both(cast: Cast) -> None:
    keep = student(cast, 1, email="one@example.org")
    drop = student(cast, 2, email="two@example.org", is_new_person=True)
    prepare_due(cast.staff)
    merge_people(
        cast.staff,
        keep_id=keep,
        drop_id=drop,
        keep_version=version_of(keep),
        drop_version=version_of(drop),
    )
    assert len(views(cast, person_ids=frozenset({keep}))) == 4
    with reading() as session:
        assert set(session.scalars(sa.select(Message.person_id))) == {keep}
        assert set(session.scalars(sa.select(MessagePerson.person_id))) == {keep}


def test_the_head_changes_a_text_and_it_is_used_from_then_on(cast: Cast) -> None:
    text = next(t for t in list_templates(cast.staff) if t.code == "registration.student")
    form = TemplateForm(
        subject=Names(en="Hello {name}", ru="", ky=""),
        body=Names(en="{time_left}. {executor} {phone}", ru="", ky="Кат {name}"),
    )
    shown = preview_template(cast.rector, text.template_id, form, Language.KYRGYZ)
    assert (shown.subject, shown.body) == ("Hello SAMPLE STUDENT ONE", "Кат SAMPLE STUDENT ONE")
    with pytest.raises(Refused):
        change_template(cast.staff, text.template_id, form, version=text.version)
    change_template(cast.head, text.template_id, form, version=text.version)
    student(cast, 1, email="one@example.org")
    prepare_due(cast.staff)
    view = only(cast, REGISTRATION)
    assert (view.subject, view.body) == ("Hello STUDENT1 KARIM", "6 days left. {executor} {phone}")
    with pytest.raises(Conflict):
        change_template(cast.head, text.template_id, form, version=text.version)


@pytest.mark.parametrize(
    ("subject", "body", "code"),
    [
        ("", "B", "template.empty"),
        ("S", "", "template.empty"),
        ("S {students}", "B", "template.field_unknown"),
        ("S", "{executor.name}", "template.brace"),
        ("S" * 201, "B", "text.too_long"),
    ],
)
def test_an_unusable_text_is_refused_and_nothing_changes(
    cast: Cast, subject: str, body: str, code: str
) -> None:
    text = next(t for t in list_templates(cast.staff) if t.code == "registration.student")
    form = TemplateForm(subject=Names(en=subject, ru="", ky=""), body=Names(en=body, ru="", ky=""))
    with refusal(code):
        change_template(cast.head, text.template_id, form, version=text.version)
    with refusal(code):
        preview_template(cast.head, text.template_id, form, Language.ENGLISH)
    assert next(t for t in list_templates(cast.staff) if t.code == text.code) == text


def test_every_shipped_text_can_be_shown_in_every_language(cast: Cast) -> None:
    for text in list_templates(cast.head):
        for language in Language:
            shown = preview_template(cast.head, text.template_id, text.form, language)
            assert "{executor}" in shown.body
            assert "{" not in shown.subject


def test_the_head_changes_a_plan_and_it_holds_at_once(cast: Cast) -> None:
    student(cast, 1, email="one@example.org")
    plans = {plan.code: plan for plan in list_plans(cast.rector)}
    assert set(plans) == {
        "registration.place_of_stay",
        "registration.exempt",
        "visa.first.papers",
        "visa.extend.papers",
    }
    registration, extension = plans["registration.place_of_stay"], plans["visa.extend.papers"]
    assert registration.days_before == (60, 45, 30, 14, 7, 0)
    assert registration.confirmed_by is None
    # The registration is due in six days, the extension in fifty-six.
    change_plan(
        cast.head, registration.plan_id, days="5, 1", is_active=True, version=registration.version
    )
    change_plan(cast.head, extension.plan_id, days="60", is_active=False, version=extension.version)
    assert due_reminders(cast.staff).reminders == 0
    change_plan(cast.head, registration.plan_id, days="6", is_active=True, version=2)
    assert due_reminders(cast.staff).reminders == 1
    with refusal("plan.unreadable"):
        change_plan(cast.head, registration.plan_id, days="soon", is_active=True, version=3)
    with pytest.raises(Conflict):
        change_plan(cast.head, registration.plan_id, days="6", is_active=True, version=2)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (Preferences(sender="nobody"), "message.sender_unusable"),
        (Preferences(sender="a@example.org\nBcc: b@example.org"), "message.sender_unusable"),
        (Preferences(sends_automatically=True), "message.signature_missing"),
        (
            Preferences(executor="Aida", phone=" ", sends_automatically=True),
            "message.signature_missing",
        ),
    ],
)
def test_preferences_that_cannot_hold_are_refused(
    cast: Cast, changed: Preferences, code: str
) -> None:
    with refusal(code):
        change_preferences(cast.head, changed)
    assert preferences(cast.staff) == Preferences()


def test_preferences_come_back_as_they_were_entered(cast: Cast) -> None:
    change_preferences(
        cast.head,
        Preferences(
            executor=" Aida\nDemo ",
            phone="1",
            sender=" a@example.org ",
            quiet_from=dt.time(22, 30),
            quiet_until=dt.time(6, 15),
            sends_automatically=True,
        ),
    )
    assert preferences(cast.rector) == Preferences(
        executor="Aida Demo",
        phone="1",
        sender="a@example.org",
        quiet_from=dt.time(22, 30),
        quiet_until=dt.time(6, 15),
        sends_automatically=True,
        version=1,
    )
    with pytest.raises(Conflict):
        change_preferences(cast.head, Preferences())
    with pytest.raises(Refused):
        change_preferences(cast.staff, Preferences(version=1))
