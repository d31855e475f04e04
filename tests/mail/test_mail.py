"""Mail against a real server: delivered as written, refused, put off, cut off, or too late."""

import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core import mail, settings
from core.mail import Mail, MailFault
from core.settings import ConfigurationError, SmtpServer
from core.terms import MailTrouble
from tests.databases import free_port
from tests.mail.server import Running

LETTER = Mail(
    sender_name="EIMU, International Department",
    sender="international@example.org",
    recipient_name="KARIM TESTOV",
    recipient="karim@example.org",
    subject="Визаны узартуу: ө ү ң",
    body="Саламатсызбы!\n\n. a line with a dot\n.\nТел. +996 555 000 111",
    mail_id="<0123@international-department.invalid>",
    written_at=datetime(2026, 9, 1, 6, tzinfo=UTC),
)


def trouble(letter: Mail, server: SmtpServer) -> tuple[MailTrouble, str]:
    with pytest.raises(MailFault) as fault:
        mail.send(letter, server)
    return fault.value.trouble, fault.value.words


def test_a_letter_arrives_as_it_was_written(server: Running) -> None:
    mail.send(LETTER, server.address)
    (arrived,) = server.delivered()
    assert arrived["From"] == '"EIMU, International Department" <international@example.org>'
    assert arrived["To"] == "KARIM TESTOV <karim@example.org>"
    assert arrived["Subject"] == "Визаны узартуу: ө ү ң"
    assert arrived["Message-ID"] == "<0123@international-department.invalid>"
    assert arrived["Date"].datetime == datetime(2026, 9, 1, 6, tzinfo=UTC)
    assert arrived.get_content().replace("\r\n", "\n").rstrip("\n") == LETTER.body


def test_a_line_break_in_a_name_or_subject_begins_no_header(server: Running) -> None:
    letter = replace(
        LETTER,
        sender_name="EIMU\r\nBcc: first@example.org",
        recipient_name="KARIM\nBcc: second@example.org\0",
        subject="Visa\r\n\r\nBcc: third@example.org",
    )
    mail.send(letter, server.address)
    (arrived,) = server.delivered()
    assert "Bcc" not in arrived
    assert arrived["Subject"] == "Visa Bcc: third@example.org"
    assert [address.addr_spec for address in arrived["To"].addresses] == ["karim@example.org"]
    assert [address.addr_spec for address in arrived["From"].addresses] == [LETTER.sender]


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ("never", (MailTrouble.REFUSED, "550 5.1.1 No such user here")),
        ("later", (MailTrouble.TRY_AGAIN, "451 4.7.1 Greylisted, come back")),
        ("full", (MailTrouble.TRY_AGAIN, "452 4.2.2 Mailbox full")),
        ("spam", (MailTrouble.REFUSED, "554 5.7.1 Looks like spam")),
    ],
)
def test_what_the_server_says_decides_and_is_kept(
    server: Running, recipient: str, expected: tuple[MailTrouble, str]
) -> None:
    letter = replace(LETTER, recipient=f"{recipient}@example.org")
    assert trouble(letter, server.address) == expected
    assert server.delivered() == []


def test_a_line_cut_before_the_text_can_be_tried_again(server: Running) -> None:
    letter = replace(LETTER, recipient="cut-before@example.org")
    assert trouble(letter, server.address)[0] is MailTrouble.TRY_AGAIN
    assert server.delivered() == []


def test_a_line_cut_after_the_text_leaves_it_uncertain_although_it_arrived(
    server: Running,
) -> None:
    letter = replace(LETTER, recipient="cut-after@example.org")
    assert trouble(letter, server.address)[0] is MailTrouble.UNCERTAIN
    assert len(server.delivered()) == 1


def test_an_answer_that_comes_too_late_leaves_it_uncertain(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.7)
    letter = replace(LETTER, recipient="slow@example.org")
    assert trouble(letter, server.address)[0] is MailTrouble.UNCERTAIN


def test_a_server_that_is_not_there_can_be_tried_again() -> None:
    nowhere = SmtpServer(host="127.0.0.1", port=free_port())
    kind, words = trouble(LETTER, nowhere)
    assert kind is MailTrouble.TRY_AGAIN
    assert "refused" in words


@pytest.mark.parametrize(
    "greeting", [b"", b"421 4.3.2 Shutting down\r\n", b"554 5.3.2 Go away\r\n"]
)
def test_a_server_that_hangs_up_at_once_can_be_tried_again(greeting: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            line, _ = listener.accept()
            line.sendall(greeting)
            line.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        server = SmtpServer(host="127.0.0.1", port=listener.getsockname()[1])
        assert trouble(LETTER, server)[0] is MailTrouble.TRY_AGAIN
        thread.join()


def test_a_password_is_not_sent_in_plain(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_THIS_MACHINE", frozenset())
    secret = SmtpServer(host="127.0.0.1", port=server.port, username="a", password="b")
    kind, words = trouble(LETTER, secret)
    assert kind is MailTrouble.TRY_AGAIN
    assert "no TLS" in words


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", SmtpServer(host="mail.example.org", port=587)),
        ("smtp://mail.example.org:25/", SmtpServer(host="mail.example.org", port=25)),
        (
            "smtps://me%40example.org:p%3Aw%2F@mail.example.org",
            SmtpServer(
                host="mail.example.org",
                port=465,
                is_tls=True,
                username="me@example.org",
                password="p:w/",
            ),
        ),
    ],
)
def test_the_address_of_the_server_is_read(
    url: str, expected: SmtpServer, tmp_path: object
) -> None:
    loaded = settings.load({"VAR_DIR": str(tmp_path), "SMTP_URL": url})
    assert loaded.smtp == expected


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://mail.example.org:mail",
        "smtp://mail.example.org:99999",
        "smtp://mail.example.org/path",
        "smtp://mail.example.org?tls=no",
        "smtp://user@mail.example.org",
        "smtp://[mail",
    ],
)
def test_a_wrong_address_stops_the_start_with_the_other_faults(url: str, tmp_path: object) -> None:
    with pytest.raises(ConfigurationError) as wrong:
        settings.load({"VAR_DIR": str(tmp_path), "SMTP_URL": url, "TIME_ZONE": "Mars"})
    assert [fault.split(":")[0] for fault in wrong.value.faults] == ["TIME_ZONE", "SMTP_URL"]


def test_the_password_is_in_no_trace(tmp_path: object) -> None:
    url = "smtp://me:SECRETWORD@mail.example.org"
    assert "SECRETWORD" not in repr(settings.load({"VAR_DIR": str(tmp_path), "SMTP_URL": url}))
