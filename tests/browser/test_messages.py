"""Reminding from the tracker, as a specialist does it: tick, look, prepare, open the chat, mark."""

from collections.abc import Callable

import sqlalchemy as sa
from playwright.sync_api import expect

from core.services.messages.preferences import Preferences, change_preferences
from core.services.messages.views import MessageFilter, list_messages
from core.services.person_identity import IdentityForm, change_identity
from core.terms import MessageStatus
from db.engine import reading
from db.models.people import Person
from tests.browser.conftest import Visitor
from tests.server import MEDIC, Server

Visit = Callable[..., Visitor]


def reachable_medic(server: Server) -> None:
    """Give the student a telephone, and the house a signature."""
    cast = server.cast
    with reading() as session:
        person = session.scalars(sa.select(Person).filter_by(surname=MEDIC)).one()
    form = IdentityForm(phone="+996 555 123 456")
    change_identity(cast.staff, person.id, form, version=person.version)
    change_preferences(cast.head, Preferences(executor="Aida Demo", phone="+996 555 000 111"))


def test_a_specialist_reminds_from_the_tracker_and_marks_it_as_sent(
    visit: Visit, server: Server
) -> None:
    reachable_medic(server)
    sam = visit("sam", path="/tracker?procedure=registration")
    page = sam.page
    table = page.get_by_test_id("stDataFrame").first
    table.wait_for()
    box = table.bounding_box()
    assert box is not None
    # Both students; the table is a canvas, so its boxes are clicked by their places.
    for row in (1, 2):
        page.mouse.click(box["x"] + 15, box["y"] + 35 * row + 18)
        counted = f"Remind of {row} case"
        expect(page.get_by_role("button", name=counted)).to_be_visible()
    page.get_by_role("button", name="Remind of 2 cases").click()
    expect(page.get_by_text("1 message, to 1 student")).to_be_visible()
    expect(page.get_by_text("Not reached that way")).to_contain_text("CANARYDENTIST KARIM")
    page.get_by_role("button", name="Prepare 1 message").click()
    expect(page.get_by_role("heading", name="Messages")).to_be_visible()
    (line,) = list_messages(server.cast.staff, MessageFilter()).rows
    sam.open(f"/messages?message={line.message_id}")
    link = page.get_by_role("link", name="Open in WhatsApp")
    expect(link).to_have_attribute("target", "_blank")
    address = link.get_attribute("href") or ""
    assert address.startswith("https://wa.me/996555123456?text=Dear%20CANARYMEDIC%20KARIM%2C%0A")
    page.get_by_role("button", name="Mark as sent").click()
    expect(page.get_by_text("The message is marked as sent.")).to_be_visible()
    (line,) = list_messages(server.cast.staff, MessageFilter()).rows
    assert (line.status, line.sent_by) == (MessageStatus.SENT, "Sam")
    assert sam.complaints == []
    assert sam.foreign == []
