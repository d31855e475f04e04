"""Mail by SMTP: one message, one recipient, and in which of three ways it did not go out.

What was handed over but not answered is neither sent nor unsent: nobody may send it again by
himself. Every fault before the last line of the text is one that can be tried again, unless the
server said no for good.
"""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE

from core.settings import SmtpServer
from core.terms import MailTrouble

#: How long the server may take for one answer, in seconds.
TIMEOUT = 30

_CODE_OF_NEVER = 500
_GO_AHEAD = 354
_ACCEPTED = 250

#: A server with a password in plain may only be one on this machine.
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})

#: How much of a server's answer is kept, in characters.
_LONGEST_ANSWER = 500


class MailFault(Exception):
    """Mail did not go out, or perhaps did; ``words`` are the server's own, or what happened."""

    def __init__(self, trouble: MailTrouble, words: str) -> None:
        super().__init__(words)
        self.trouble = trouble
        self.words = words[:_LONGEST_ANSWER]


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A message as it goes out; ``mail_id`` is the same at every attempt."""

    sender_name: str
    sender: str
    recipient_name: str
    recipient: str
    subject: str
    body: str
    mail_id: str
    written_at: datetime


def send(mail: Mail, server: SmtpServer) -> None:
    """Hand ``mail`` over to ``server``; return once it has said that it will deliver it.

    Raises :class:`MailFault`.
    """
    content = _on_the_wire(mail)
    try:
        connection = _connected(server)
    except (OSError, smtplib.SMTPException) as fault:
        raise MailFault(MailTrouble.TRY_AGAIN, _words_of(fault)) from fault
    try:
        _hand_over(connection, mail, content)
    finally:
        _leave(connection)


def _on_the_wire(mail: Mail) -> bytes:
    message = EmailMessage()
    message["From"] = Address(_in_a_header(mail.sender_name), addr_spec=mail.sender)
    message["To"] = Address(_in_a_header(mail.recipient_name), addr_spec=mail.recipient)
    message["Subject"] = _in_a_header(mail.subject)
    message["Date"] = mail.written_at
    message["Message-ID"] = mail.mail_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body, charset="utf-8", cte="base64")
    return message.as_bytes(policy=WIRE)


def _in_a_header(text: str) -> str:
    """Return ``text`` in one line: a line break in a header would begin another header."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())


def _connected(server: SmtpServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.is_tls:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=TIMEOUT, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    try:
        connection.ehlo_or_helo_if_needed()
        if not server.is_tls and connection.has_extn("starttls"):
            connection.starttls(context=context)
            connection.ehlo()
        _log_in(connection, server)
    except (OSError, smtplib.SMTPException):
        connection.close()
        raise
    return connection


def _log_in(connection: smtplib.SMTP, server: SmtpServer) -> None:
    if not server.username:
        return
    is_secret = isinstance(connection.sock, ssl.SSLSocket)
    if not is_secret and server.host not in _THIS_MACHINE:
        raise smtplib.SMTPException("The server offers no TLS; a password is not sent in plain.")
    connection.login(server.username, server.password)


def _hand_over(connection: smtplib.SMTP, mail: Mail, content: bytes) -> None:
    try:
        _refuse_unless(connection.mail(mail.sender), _ACCEPTED)
        _refuse_unless(connection.rcpt(mail.recipient), _ACCEPTED)
        _refuse_unless(connection.docmd("DATA"), _GO_AHEAD)
        connection.send(_dotted(content))
    except (OSError, smtplib.SMTPException) as fault:
        raise MailFault(MailTrouble.TRY_AGAIN, _words_of(fault)) from fault
    # From here on the server may have the whole message.
    try:
        answer = connection.getreply()
    except (OSError, smtplib.SMTPException) as fault:
        raise MailFault(MailTrouble.UNCERTAIN, _words_of(fault)) from fault
    _refuse_unless(answer, _ACCEPTED)


def _dotted(content: bytes) -> bytes:
    """Return the text as DATA takes it: a line with a dot at its beginning gets another one."""
    lines = content.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n")
    return b"\r\n".join(b"." + each if each.startswith(b".") else each for each in lines) + (
        b"\r\n.\r\n"
    )


def _refuse_unless(answer: tuple[int, bytes], wanted: int) -> None:
    code, words = answer
    if code // 10 == wanted // 10:
        return
    told = f"{code} {words.decode('utf-8', 'replace')}".strip()
    is_final = code >= _CODE_OF_NEVER
    raise MailFault(MailTrouble.REFUSED if is_final else MailTrouble.TRY_AGAIN, told)


def _words_of(fault: OSError | smtplib.SMTPException) -> str:
    """Return what happened, in the server's words where it said something."""
    if isinstance(fault, smtplib.SMTPResponseException):
        text = fault.smtp_error
        words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        return f"{fault.smtp_code} {words}".strip()
    return str(fault).strip() or type(fault).__name__


def _leave(connection: smtplib.SMTP) -> None:
    """Say good-bye; what the server makes of that changes nothing any more."""
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()
