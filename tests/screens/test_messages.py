"""Messages on the screen: prepared, read, changed, sent by a click, and kept on the card."""

import pytest
from streamlit.testing.v1 import AppTest

from core.services.agents import AgentForm, add_agent
from core.services.messages.plans import list_plans
from core.services.messages.preferences import Preferences, change_preferences, preferences
from core.services.messages.reminding import prepare_due
from core.services.messages.templates import list_templates
from core.services.messages.views import MessageFilter, MessageLine, list_messages, message_view
from core.terms import CaseKind, Language, MessageStatus
from tests.cast import Cast, enrol
from tests.screens.shown import run_screen, texts_of


def button(app: AppTest, label: str) -> AppTest:
    return next(each for each in app.button if each.label.startswith(label)).click().run(timeout=30)


def links(app: AppTest) -> list[str]:
    return [element.proto.url for element in app.get("link_button")]


def reminder(cast: Cast, **more: object) -> MessageLine:
    """Prepare the reminders of one student and return that of his registration."""
    enrol(cast.staff, cast.medicine, **more)
    prepare_due(cast.staff)
    return registration(cast)


def registration(cast: Cast) -> MessageLine:
    rows = list_messages(cast.staff, MessageFilter()).rows
    return next(line for line in rows if line.kind is CaseKind.REGISTRATION)


def sign(cast: Cast) -> None:
    change_preferences(
        cast.head,
        Preferences(executor="Aida Demo", phone="+996 555 000 111", sender="office@example.org"),
    )


def test_a_chat_is_opened_by_its_link_and_marked_as_sent_by_a_click(cast: Cast) -> None:
    line = reminder(cast, phone="+996 555 123 456")
    app = run_screen("messages", cast.staff, message=str(line.message_id))
    # The gap of the signature is marked, and there is no link before it is filled in.
    assert "Settings" in app.warning[0].value
    assert any("orange-badge" in str(each.value) for each in app.markdown)
    assert links(app) == []
    app = button(app, "Mark as sent")
    assert "signed with the executor" in app.error[0].value
    sign(cast)
    app = run_screen("messages", cast.staff, message=str(line.message_id))
    assert not app.warning
    (link,) = links(app)
    assert link.startswith("https://wa.me/996555123456?text=Dear%20TESTOV%20KARIM%2C%0A%0AYou")
    app = button(app, "Mark as sent")
    assert not app.exception
    assert app.success[0].value == "The message is marked as sent\\."
    sent = registration(cast)
    assert (sent.status, sent.sent_by) == (MessageStatus.SENT, "Sam")
    assert [each.label for each in app.button if each.label.startswith(("Mark", "Change"))] == []


def test_a_text_is_changed_before_it_goes_out(cast: Cast) -> None:
    line = reminder(cast, email="karim@example.org")
    app = run_screen("messages", cast.staff, message=str(line.message_id))
    app = button(app, "Change the text")
    area = next(each for each in app.text_area if each.label == "Text")
    area.input(area.value.replace("{executor}", "{someone}"))
    app = button(app, "Save")
    assert "someone" in app.error[0].value
    area = next(each for each in app.text_area if each.label == "Text")
    area.input("Come <b>today</b>! {executor} {phone}")
    app = button(app, "Save")
    assert not app.error
    assert message_view(cast.staff, line.message_id).body.startswith("Come <b>today</b>!")
    # What stands in a message is shown letter by letter.
    assert any("\\<b\\>today\\<" in str(each.value) for each in app.markdown)


def test_mail_without_a_server_says_what_to_do(cast: Cast) -> None:
    line = reminder(cast, email="karim@example.org")
    sign(cast)
    app = run_screen("messages", cast.staff, message=str(line.message_id))
    app = button(app, "Send by e-mail")
    assert "WhatsApp" in app.error[0].value
    assert registration(cast) == line


def test_the_rector_reads_a_message_and_finds_no_way_to_send_it(cast: Cast) -> None:
    line = reminder(cast, phone="+996 555 123 456")
    sign(cast)
    app = run_screen("messages", cast.rector, message=str(line.message_id))
    assert any("TESTOV KARIM" in text for text in texts_of(app))
    labels = {each.label for each in app.button}
    assert labels == {"All messages", "TESTOV KARIM"}
    assert links(app) == []


def test_the_card_tells_what_was_written_and_begins_a_message(cast: Cast) -> None:
    agent_id = add_agent(cast.staff, AgentForm(name="Arjun", email="arjun@example.org"))
    line = reminder(cast, agent_id=agent_id)
    person_id = message_view(cast.staff, line.message_id).people[0][0]
    app = run_screen("students", cast.staff, person=str(person_id), tab="messages")
    assert not app.exception
    assert [each.label for each in app.expander if "Arjun" in each.label]
    app = button(app, "Write a message")
    assert not app.exception
    assert next(each for each in app.selectbox if each.label == "To").options == [
        "Arjun (representative)"
    ]
    begin = next(each for each in app.selectbox if each.label == "Begin with")
    app = begin.select_index(1).run(timeout=30)
    area = next(each for each in app.text_area if each.label == "Text")
    assert "TESTOV KARIM" in area.value
    area.input("Please call us. {executor} {phone}")
    app = button(app, "Keep it")
    assert not app.exception
    assert app.success[0].value
    written = list_messages(cast.staff, MessageFilter()).rows[0]
    assert message_view(cast.staff, written.message_id).body.startswith("Please call us.")
    # Looking at it as the rector: the same history, no way to write.
    app = run_screen("students", cast.rector, person=str(person_id), tab="messages")
    assert len([each for each in app.expander if "Arjun" in each.label]) == 3
    assert "Write a message" not in {each.label for each in app.button}


def test_nobody_to_write_to_is_told_so(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    app = run_screen("students", cast.staff, person=str(person_id), tab="messages")
    app = button(app, "Write a message")
    assert "can be reached" in app.warning[0].value


def _reminding(username: str, case_ids: list[int]) -> None:
    from core.services.users import actor_named
    from pages.messages.remind import show_reminding
    from pages.shell import links

    links.register({})
    show_reminding(actor_named(username), case_ids)


def test_reminding_tells_how_many_and_who_is_not_reached(cast: Cast) -> None:
    from core.services.case_views import cases_of_person
    from tests.cast import passport

    agent_id = add_agent(cast.staff, AgentForm(name="Arjun", email="arjun@example.org"))
    people = [
        enrol(
            cast.staff,
            cast.medicine,
            passport=passport(number=f"ZZ{number}", surname=f"S{number}"),
            agent_id=agent_id if number < 3 else None,
            phone="+996 555 123 456" if number == 3 else "",
        )
        for number in range(5)
    ]
    case_ids = [
        case.case_id
        for person in people
        for case in cases_of_person(cast.staff, person)
        if case.kind is CaseKind.REGISTRATION
    ]
    app = AppTest.from_function(
        _reminding, kwargs={"username": cast.staff.username, "case_ids": case_ids}
    ).run(timeout=30)
    assert not app.exception
    assert "2 messages, to 1 representative, to 1 student" in [
        str(each.value) for each in app.markdown
    ]
    assert "S4 KARIM" in app.warning[0].value
    assert list(app.dataframe[0].value["to"]) == ["Arjun", "S3 KARIM"]
    assert list(app.dataframe[0].value["count"]) == [3, 1]
    assert list_messages(cast.staff, MessageFilter()).total == 0


@pytest.mark.parametrize("part", ["conduct", "texts", "plans"])
def test_only_the_head_finds_a_way_to_change_how_the_house_writes(cast: Cast, part: str) -> None:
    for actor, may in ((cast.head, True), (cast.staff, False), (cast.rector, False)):
        app = run_screen("settings", actor, section="messages", part=part)
        assert not app.exception
        assert not app.error
        assert bool([e for e in app.button if e.label.startswith("Change")]) is may


def test_the_head_fills_in_the_signature(cast: Cast) -> None:
    app = run_screen("settings", cast.head, section="messages")
    app = button(app, "Change")
    fields = {each.label: each for each in app.text_input}
    fields["Executor: the name under every message"].input("Aida Demo")
    fields["Address mail comes from"].input("nonsense")
    app = button(app, "Save")
    assert "no e\\-mail address" in app.error[0].value
    {each.label: each for each in app.text_input}["Address mail comes from"].input(
        "office@example.org"
    )
    app = button(app, "Save")
    assert not app.error
    own = preferences(cast.head)
    assert (own.executor, own.sender) == ("Aida Demo", "office@example.org")


def test_a_text_shows_what_is_typed_and_what_is_wrong_with_it(cast: Cast) -> None:
    text = list_templates(cast.head)[0]
    address = {"part": "texts", "text": str(text.template_id)}
    app = run_screen("settings", cast.head, section="messages", **address)
    app = button(app, "Change the text")
    subject = next(each for each in app.text_input if each.label == "Subject line")
    app = subject.input("Hello {nome}").run(timeout=30)
    assert "nome" in app.error[0].value
    subject = next(each for each in app.text_input if each.label == "Subject line")
    app = subject.input("Hello {name}").run(timeout=30)
    assert not app.error
    assert "**Hello SAMPLE STUDENT ONE**" in [str(each.value) for each in app.markdown]
    app = button(app, "Save")
    assert list_templates(cast.head)[0].form.subject.en == "Hello {name}"


@pytest.mark.parametrize("language", [Language.RUSSIAN, Language.KYRGYZ])
def test_the_screens_of_messages_speak_one_language(cast: Cast, language: Language) -> None:
    line = reminder(cast, phone="+996 555 123 456")
    english = ("Mark as sent", "Change the text", "Withdraw", "Prepared", "About", "Signature")
    for name, address in (
        ("messages", {}),
        ("messages", {"message": str(line.message_id)}),
        *(("settings", {"section": "messages", "part": p}) for p in ("conduct", "texts", "plans")),
    ):
        app = run_screen(name, cast.staff, language=language, **address)
        assert not app.exception
        said = " ".join(texts_of(app))
        assert [word for word in english if word in said] == []


def test_a_plan_that_cannot_be_read_is_refused_beside_what_was_typed(cast: Cast) -> None:
    app = run_screen("settings", cast.head, section="messages", part="plans")
    app = button(app, "Change")
    field = next(each for each in app.text_input if each.label.startswith("Days before"))
    field.input("soon")
    app = button(app, "Save")
    assert "60, 45, 30" in app.error[0].value
    field = next(each for each in app.text_input if each.label.startswith("Days before"))
    assert field.value == "soon"
    field.input("21 3")
    app = button(app, "Save")
    assert not app.error
    assert list_plans(cast.head)[0].days_before == (21, 3)
