"""The documents screen: the office queue and the dean's door, as they are clicked."""

import io
import json

import pytest
from PIL import Image
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from core.services.case_views import case_view, cases_of_person
from core.services.decisions import accept_item, office_queue
from core.services.documents import upload_document
from core.terms import CaseKind, ItemStatus
from tests.cast import Cast, enrol


def picture(color: str = "white") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), color).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def case_id(cast: Cast) -> int:
    person_id = enrol(cast.staff, cast.medicine)
    cases = cases_of_person(cast.staff, person_id)
    return next(c.case_id for c in cases if c.kind is CaseKind.STUDY_VISA_EXTENSION)


@pytest.fixture
def waiting(cast: Cast, case_id: int) -> list[int]:
    """The items of three papers that wait, the oldest first."""
    items = case_view(cast.dean, case_id).items
    for number, code in enumerate(("photo_digital", "contract_copy", "passport")):
        upload_document(
            cast.dean,
            case_item_id=next(item.case_item_id for item in items if item.item_code == code),
            file_name=f"{code}.png",
            content=picture(f"#0000{number:02x}"),
        )
    return [line.case_item_id for line in office_queue(cast.staff).rows]


def screen(username: str, **address: str) -> AppTest:
    def run(username: str) -> None:
        from core.services.users import actor_named
        from pages.documents.screen import render

        render(actor_named(username))

    app = AppTest.from_function(run, kwargs={"username": username}, default_timeout=20)
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def clicked_row(app: AppTest, row: int) -> WidgetState:
    """What the browser keeps sending about the table after a click, until the table is gone."""
    state = WidgetState(id=app.dataframe[0].proto.id)
    state.string_value = json.dumps({"selection": {"cells": [[row, "name"]]}})
    return state


def run_with(app: AppTest, click: WidgetState) -> None:
    """Run once more with everything the browser sends, ``click`` among it."""
    states = app._tree.get_widget_states()
    states.widgets.append(click)
    app._run(states)


def address_of(app: AppTest, name: str) -> str | None:
    values = app.query_params.get(name)
    return values[0] if values else None


def press(app: AppTest, ending: str) -> None:
    next(button for button in app.button if (button.key or "").endswith(ending)).click()


def test_the_oldest_paper_is_open_and_named_in_the_address(cast: Cast, waiting: list[int]) -> None:
    app = screen("sam")
    assert not app.exception
    assert address_of(app, "item") == str(waiting[0])
    assert any("/page/1.png" in shown.value for shown in app.markdown)


def test_after_a_decision_the_next_paper_is_open(cast: Cast, waiting: list[int]) -> None:
    app = screen("sam")
    press(app, "_accept")
    app.run()
    assert not app.exception
    assert len(app.success) == 1
    assert office_queue(cast.staff).total == len(waiting) - 1
    assert address_of(app, "item") == str(waiting[1])


def test_the_click_on_the_last_row_is_forgotten_once_that_row_is_decided(
    cast: Cast, waiting: list[int]
) -> None:
    app = screen("sam")
    last = len(waiting) - 1
    click = clicked_row(app, last)
    run_with(app, click)
    assert address_of(app, "item") == str(waiting[last])
    press(app, "_accept")
    run_with(app, click)
    assert not app.exception
    left = [line.case_item_id for line in office_queue(cast.staff).rows]
    assert left == waiting[:last]
    assert address_of(app, "item") == str(waiting[0])


def test_the_last_decision_can_be_taken_back(cast: Cast, waiting: list[int]) -> None:
    app = screen("sam")
    assert not [button for button in app.button if button.key == "documents_take_back"]
    press(app, "_accept")
    app.run()
    app.button(key="documents_take_back").click().run()
    assert not app.exception
    assert not app.error
    assert [line.case_item_id for line in office_queue(cast.staff).rows] == waiting
    assert address_of(app, "item") == str(waiting[0])


def test_a_paper_decided_by_a_colleague_meanwhile_is_said_so(
    cast: Cast, waiting: list[int]
) -> None:
    app = screen("sam", item=str(waiting[1]))
    line = office_queue(cast.staff).rows[1]
    accept_item(cast.head, line.case_item_id, version=line.version)
    press(app, f"{waiting[1]}_{line.version}_accept")
    app.run()
    assert not app.exception
    assert "no longer waits" in app.info[0].value
    assert not app.success
    assert office_queue(cast.staff).total == len(waiting) - 1


def test_a_rejection_without_a_reason_says_what_is_missing(cast: Cast, waiting: list[int]) -> None:
    app = screen("sam")
    next(button for button in app.button if button.label == "Reject with this reason").click()
    app.run()
    assert not app.exception
    assert len(app.error) == 1
    assert office_queue(cast.staff).total == len(waiting)


def test_addresses_that_lead_nowhere_do_no_harm(cast: Cast, waiting: list[int]) -> None:
    for address in ({"p": "9"}, {"p": "0"}, {"item": "999999999"}, {"item": "x", "faculty": "x"}):
        app = screen("sam", **address)
        assert not app.exception
        assert address_of(app, "item") == str(waiting[0])


def test_an_empty_queue_says_so(cast: Cast) -> None:
    app = screen("sam", p="3", item="1")
    assert not app.exception
    assert any("Nothing waits" in shown.value for shown in app.markdown)


def test_a_dean_delivers_what_is_missing_and_can_open_it(cast: Cast, case_id: int) -> None:
    app = screen("dora")
    assert not app.exception
    app.file_uploader(key=f"documents_file_{case_id}").upload("scan.png", picture(), "image/png")
    chosen = app.selectbox(key=f"documents_item_{case_id}").value
    next(
        button
        for button in app.button
        if button.label == "Deliver" and f"documents_{case_id}" in button.form_id
    ).click()
    app.run()
    assert not app.exception
    assert not app.error
    assert len(app.success) == 1
    item = next(
        item
        for item in case_view(cast.dean, case_id).items
        if item.case_item_id == chosen.case_item_id
    )
    assert item.status is ItemStatus.PENDING
    links = [link.proto.url for link in app.get("link_button")]
    assert f"/files/{item.document_id}" in links


def test_a_dean_is_not_led_to_what_the_department_delivered(cast: Cast, case_id: int) -> None:
    item = case_view(cast.staff, case_id).items[0]
    document_id = upload_document(
        cast.staff, case_item_id=item.case_item_id, file_name="a.png", content=picture()
    )
    links = [link.proto.url for link in screen("dora").get("link_button")]
    assert f"/letters/checklist/{case_id}.pdf?lang=en" in links
    assert f"/files/{document_id}" not in links


def test_the_dean_of_another_faculty_finds_an_empty_door(cast: Cast, case_id: int) -> None:
    app = screen("dean-two")
    assert not app.exception
    assert any("Nothing is missing" in shown.value for shown in app.markdown)
    assert not app.get("file_uploader")
