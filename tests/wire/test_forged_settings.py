"""The messages of the head's forms in Settings, sent by those who may only read."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from streamlit.proto.WidgetStates_pb2 import WidgetState

from core.services.holidays import year_of_holidays
from db.base import Base
from db.engine import reading
from tests.server import Server
from tests.wire.socket import Tab
from tests.wire.test_sockets import token_of

#: Every section the head writes in, with a row open where the section has rows.
SECTIONS = (
    "house",
    "rules&rule=5",
    "checklists&procedure=registration&item=1",
    "countries&state=KZ",
    "holidays&year=2027",
    "steps&procedure=study_visa",
    "charges",
    "release",
)

READERS = ("sam", "dora", "rita", "ada")

#: What signing in and looking at screens writes.
_OF_VISITS = {"login_session", "sign_in_attempt", "known_device"}


def stored() -> dict[str, list[Any]]:
    """Return every row of the database but those of visits; of the log, what is not a sign-in."""
    with reading() as session:
        tables = [table for table in Base.metadata.sorted_tables if table.name not in _OF_VISITS]
        rows = {
            table.name: session.execute(sa.select(table).order_by(*table.primary_key)).all()
            for table in tables
        }
    rows["audit_entry"] = [row for row in rows["audit_entry"] if row.subject_kind != "user"]
    rows.pop("audit_head")
    return rows


def claimed(widgets: Mapping[str, str]) -> list[WidgetState]:
    """Return the states of ``widgets`` as if all buttons were pressed and all fields filled."""
    states = []
    for widget_id, kind in widgets.items():
        state = WidgetState(id=widget_id)
        if kind == "button":
            state.trigger_value = True
        elif kind == "checkbox":
            state.bool_value = True
        elif kind == "number_input":
            state.double_value = 5
        elif kind == "text_input":
            state.string_value = "a fictitious act"
        elif kind == "date_input":
            state.string_array_value.data.append("2035/01/01")
        else:
            continue
        states.append(state)
    return states


def of_key(widgets: Mapping[str, str], ending: str) -> dict[str, str]:
    return {name: kind for name, kind in widgets.items() if name.endswith(ending)}


@pytest.fixture(scope="module")
def heads_widgets(warm_server: Server) -> dict[str, dict[str, str]]:
    """Return the widgets of the head by section, those of the forms he can open among them."""
    warm_server.use()
    found = {}
    for section in SECTIONS:
        query = f"section={section}"
        with Tab(warm_server, token_of(warm_server, "helen")) as tab:
            widgets = tab.widgets("settings", query=query)
            for opener in of_key(widgets, "_edit"):
                pressed = claimed({opener: "button"})
                widgets |= tab.widgets("settings", query=query, states=pressed)
        # Those of the frame around it, such as signing out, are everybody's own.
        found[section] = {name: kind for name, kind in widgets.items() if "settings_" in name}
    return found


def keys(widgets: Iterable[str]) -> str:
    return " ".join(widgets)


def test_the_head_has_what_is_forged_below(heads_widgets: dict[str, dict[str, str]]) -> None:
    drawn = {section: keys(widgets) for section, widgets in heads_widgets.items()}
    for section, key in (
        ("house", "settings_house_"),
        ("rules&rule=5", "settings_rule_withdraw_5"),
        ("rules&rule=5", "settings_margin_months_"),
        ("checklists&procedure=registration&item=1", "settings_item_up"),
        ("countries&state=KZ", "settings_exempt_KZ"),
        ("holidays&year=2027", "settings_year_confirm"),
        ("steps&procedure=study_visa", "settings_step_down_"),
        ("charges", "settings_charge_new"),
    ):
        assert key in drawn[section], section


@pytest.mark.parametrize("username", READERS)
def test_the_heads_messages_change_nothing_for_who_may_only_read(
    server: Server, heads_widgets: dict[str, dict[str, str]], username: str
) -> None:
    before = stored()
    with Tab(server, token_of(server, username)) as tab:
        tab.run("settings")
        for section, widgets in heads_widgets.items():
            # All buttons at once, each by itself, and under the address of another section.
            buttons = [name for name, kind in widgets.items() if kind == "button"]
            fields = {name: kind for name, kind in widgets.items() if kind != "button"}
            presses = [claimed(widgets), *(claimed({**fields, one: "button"}) for one in buttons)]
            for states in presses:
                text = tab.run("settings", query=f"section={section}", states=states)
                assert "administrator the number" not in text
            tab.run("settings", query="section=audit", states=claimed(widgets))
    after = stored()
    assert [table for table in before if before[table] != after[table]] == []


def test_the_same_message_of_the_head_does_change(
    server: Server, heads_widgets: dict[str, dict[str, str]]
) -> None:
    confirm = of_key(heads_widgets["holidays&year=2027"], "settings_year_confirm")
    actor = server.cast.head
    assert year_of_holidays(actor, 2027).confirmed_by is None
    with Tab(server, token_of(server, "helen")) as tab:
        query = "section=holidays&year=2027"
        tab.run("settings", query=query)
        tab.run("settings", query=query, states=claimed(confirm))
    assert year_of_holidays(actor, 2027).confirmed_by == "Helen"
