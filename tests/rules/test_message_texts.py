"""Texts with fields: what they may hold, how they are filled in, and where they can be sent."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from core.rules.addresses import dialled, is_mail_address, link_with
from core.rules.templates import fields_for, fill, one_line, open_fields, refuse_unknown_fields
from core.services.shipped import rows_of
from core.terms import MessageAudience, MessageChannel

CHANNELS = (MessageChannel.WHATSAPP, MessageChannel.TELEGRAM)


def test_fields_are_filled_in_and_the_others_stay_open() -> None:
    text = "Dear {name}, by {due_on}. {executor}"
    filled = fill(text, {"name": "KARIM", "due_on": "1 Dec 2026"})
    assert filled == "Dear KARIM, by 1 Dec 2026. {executor}"
    assert open_fields(filled) == ("executor",)
    assert open_fields("{phone} {executor} {phone}") == ("phone", "executor")


def test_what_is_put_in_is_not_read_for_fields_again() -> None:
    filled = fill("Dear {name}. {executor}", {"name": "{executor}", "executor": "Aida"})
    assert filled == "Dear (executor). Aida"
    assert open_fields(fill("{name}", {"name": "{phone}"})) == ()


@pytest.mark.parametrize(
    "text",
    [
        "{name.__class__}",
        "{name[0]}",
        "{name!r}",
        "{name:>99}",
        "{0}",
        "{}",
        "{{name}}",
        "{Name}",
        "{ name }",
        "a } b",
        "a { b",
        "{name",
    ],
)
def test_nothing_but_a_plain_name_may_stand_in_braces(text: str) -> None:
    with pytest.raises(DomainError, match=r"template\.brace"):
        refuse_unknown_fields(text, ("name",))


def test_an_unknown_field_is_refused_with_those_that_may_be_used() -> None:
    with pytest.raises(DomainError) as refusal:
        refuse_unknown_fields("Dear {nome}", ("name", "due_on"))
    assert refusal.value.code == "template.field_unknown"
    assert refusal.value.values == {"field": "{nome}", "fields": ("{name}", "{due_on}")}


def test_a_text_to_a_representative_has_no_field_of_one_student() -> None:
    agent = fields_for(MessageAudience.AGENT, is_reminder=True)
    student = fields_for(MessageAudience.STUDENT, is_reminder=True)
    assert "students" in agent
    assert "missing_papers" not in agent
    assert "missing_papers" in student
    assert "students" not in student
    free = fields_for(MessageAudience.STUDENT, is_reminder=False)
    assert "name" in free
    assert "due_on" not in free


@given(st.text(), st.text())
def test_filling_never_fails_whatever_stands_there(text: str, value: str) -> None:
    filled = fill(text, {"name": value})
    assert "{name}" not in filled


def test_one_line_has_no_line_break_of_any_kind() -> None:
    assert one_line("A\r\nBcc: all@example.org\v\u2028 B \t C") == "A Bcc: all@example.org B C"


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org",
        "first.last+tag@mail.example.org",
        "o'neil@example.co",
        f"{'a' * 64}@example.org",
    ],
)
def test_a_plain_address_can_be_written_to(address: str) -> None:
    assert is_mail_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "karim",
        "karim@",
        "@example.org",
        "karim@localhost",
        "karim@@example.org",
        "a b@example.org",
        "a@example.org\nBcc: b@example.org",
        "a@example.org\r",
        "a@exam_ple.org",
        "a@-example.org",
        ".a@example.org",
        "a..b@example.org",
        "Karim <a@example.org>",
        "a@example.org,b@example.org",
        "карим@example.org",
        "a@пример.kg",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 250}.org",
    ],
)
def test_anything_else_cannot(address: str) -> None:
    assert not is_mail_address(address)


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("+996 555 123 456", "996555123456"),
        ("+91-98765-43210", "919876543210"),
        ("+1234567", ""),
        ("+12345678", "12345678"),
        ("+123456789012345", "123456789012345"),
        ("+1234567890123456", ""),
        ("0555 123 456", ""),
        ("", ""),
        ("+", ""),
        ("+٩٩٦٥٥٥١٢٣٤٥٦", ""),
    ],
)
def test_a_number_is_dialled_with_its_country(number: str, digits: str) -> None:
    assert dialled(number) == digits


def test_the_link_holds_the_text_percent_encoded() -> None:
    text = "Саламатсызбы, ӨҮҢ!\n1. A & B = 100% #?+"
    assert link_with(MessageChannel.WHATSAPP, "+996 555 123 456", "Hi ү\nA&B") == (
        "https://wa.me/996555123456?text=Hi%20%D2%AF%0AA%26B"
    )
    assert link_with(MessageChannel.TELEGRAM, "+996 555 123 456", "Hi") == (
        "https://t.me/+996555123456?text=Hi"
    )
    for channel in CHANNELS:
        link = link_with(channel, "+996555123456", text)
        assert re.fullmatch(r"https://[\w./+]+\?text=[\w.~%-]*", link, re.ASCII)
        assert parse_qs(urlsplit(link).query)["text"] == [text]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_comes_out_of_the_link_as_it_went_in(text: str) -> None:
    link = link_with(MessageChannel.WHATSAPP, "+996555123456", text)
    assert parse_qs(urlsplit(link).query, keep_blank_values=True, separator="&")["text"] == [text]


def test_there_is_no_link_for_mail_or_to_nowhere() -> None:
    assert link_with(MessageChannel.EMAIL, "+996555123456", "Hi") == ""
    assert link_with(MessageChannel.WHATSAPP, "a@example.org", "Hi") == ""


def test_every_shipped_text_uses_fields_it_has_in_all_three_languages() -> None:
    for row in rows_of("templates.csv"):
        audience = MessageAudience(row["audience"])
        allowed = fields_for(audience, is_reminder=row["reminder"] == "Y")
        used = []
        for language in ("en", "ru", "ky"):
            text = row[f"subject_{language}"] + row[f"body_{language}"]
            refuse_unknown_fields(text, allowed)
            assert {"executor", "phone"} <= set(open_fields(text)), row["code"]
            used.append(sorted(open_fields(text)))
        # What a student is told in one language he is told in the others.
        assert used[0] == used[1] == used[2], row["code"]
