"""Acts for many cases at once: what is offered to whom, and what is told afterwards."""

from collections.abc import Sequence
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from core.i18n import use_language
from core.permissions import Actor
from core.services.case_views import CaseView, cases_of_person
from core.services.cases import complete_case
from core.services.person_forms import VisaForm
from core.services.radar import RadarFilter, radar_list
from core.services.responsible import assign_case
from core.terms import CaseKind, Language, VisaEntries
from tests.cast import Cast, enrol, passport
from tests.screens.shown import run_screen, texts_of

EXTENSION, REGISTRATION = CaseKind.STUDY_VISA_EXTENSION, CaseKind.REGISTRATION


def _bulk(username: str, case_ids: list[int], versions: list[int]) -> None:
    from dataclasses import replace

    import streamlit as st

    from core.permissions import SYSTEM_ACTOR
    from core.services.case_views import case_view
    from core.services.users import actor_named
    from pages.cases.bulk import place_of_acts, show_bulk
    from pages.cases.chosen import Chosen
    from pages.shell.parts import title

    title("Screen")
    cases = tuple(
        replace(case_view(SYSTEM_ACTOR, case_id), version=version)
        for case_id, version in zip(case_ids, versions, strict=True)
    )
    names = {case.case_id: f"STUDENT {case.person_id}" for case in cases}
    with place_of_acts("x"):
        # As in a table, nothing is ticked any more after an act.
        if not st.session_state.get("x_turn"):
            show_bulk(actor_named(username), Chosen(screen="x", cases=cases, names=names))


def run(actor: Actor, cases: Sequence[CaseView]) -> AppTest:
    given = {
        "username": actor.username,
        "case_ids": [case.case_id for case in cases],
        "versions": [case.version for case in cases],
    }
    with use_language(Language.ENGLISH):
        return AppTest.from_function(_bulk, kwargs=given).run(timeout=30)


@pytest.fixture
def cases(cast: Cast) -> list[CaseView]:
    """The extensions of three students."""
    people = [
        enrol(cast.staff, cast.medicine, passport=passport(number=f"ZZ{n}", surname=f"N{n}"))
        for n in range(3)
    ]
    return [case_of(cast, person_id) for person_id in people]


def case_of(cast: Cast, person_id: int, kind: CaseKind = EXTENSION) -> CaseView:
    return next(case for case in cases_of_person(cast.staff, person_id) if case.kind is kind)


def links_of(app: AppTest) -> list[tuple[str, str]]:
    return [(each.proto.label, each.proto.url) for each in app.get("link_button")]


def submits(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_the_department_moves_assigns_prints_and_exports(cast: Cast, cases: list[CaseView]) -> None:
    app = run(cast.staff, cases)
    assert not app.exception
    assert submits(app) == ["Move", "Assign", "Remind of 3 cases…"]
    ids = ",".join(str(case.case_id) for case in cases)
    assert links_of(app) == [
        ("Checklists as PDF", f"/letters/checklists.pdf?cases={ids}"),
        ("These as Excel", f"/files/cases.xlsx?cases={ids}"),
    ]


@pytest.mark.parametrize("who", ["dean", "rector"])
def test_who_only_reads_prints_and_exports(cast: Cast, cases: list[CaseView], who: str) -> None:
    app = run(getattr(cast, who), cases)
    assert submits(app) == []
    assert [label for label, _url in links_of(app)] == ["Checklists as PDF", "These as Excel"]


def test_cases_of_two_steps_are_not_moved_together(cast: Cast, cases: list[CaseView]) -> None:
    app = run(cast.staff, [cases[0], case_of(cast, cases[1].person_id, REGISTRATION)])
    assert submits(app) == ["Assign", "Remind of 2 cases…"]
    assert "Only cases of one procedure and step can be moved together." in [
        caption.value for caption in app.caption
    ]


def test_it_tells_how_many_were_assigned_and_of_each_other_by_name_why_not(
    cast: Cast, cases: list[CaseView]
) -> None:
    complete_case(cast.head, cases[1].case_id, version=cases[1].version)
    app = run(cast.staff, cases)
    who = next(box for box in app.selectbox if box.label == "Responsible")
    assert who.options == ["nobody", "Helen", "Sam"]
    who.set_value(cast.staff.user_id)
    app = next(b for b in app.button if b.label == "Assign").click().run(timeout=30)
    assert not app.exception
    assert [each.value.replace("\\", "") for each in app.success] == ["2 cases are assigned."]
    (error,) = app.error
    told = error.value.replace("\\", "")
    assert told.startswith(f"STUDENT {cases[1].person_id}: ")
    assert "Helen" in told
    names = [case_of(cast, case.person_id).responsible for case in cases]
    assert names == ["Sam", None, "Sam"]


def test_it_tells_how_many_were_moved(cast: Cast, cases: list[CaseView]) -> None:
    app = run(cast.staff, cases)
    app.text_area[0].input("by telephone")
    app = next(b for b in app.button if b.label == "Move").click().run(timeout=30)
    assert [each.value.replace("\\", "") for each in app.success] == ["3 cases are moved."]
    assert not app.error
    assert {case_of(cast, case.person_id).step for case in cases} == {"department"}


def test_what_was_told_is_told_once(cast: Cast, cases: list[CaseView]) -> None:
    app = run(cast.staff, cases)
    app = next(b for b in app.button if b.label == "Assign").click().run(timeout=30)
    assert app.success
    assert not app.run(timeout=30).success


def tick(app: AppTest, screen: str, key: str, rows: list[int]) -> AppTest:
    ticked = {"selection": {"rows": rows, "columns": [], "cells": []}}
    app.session_state[f"{screen}_0_{key}"] = ticked
    return app.run(timeout=30)


def test_the_ticked_lines_of_today_count_by_their_cases(cast: Cast) -> None:
    ends = date(2026, 9, 20)
    enrol(
        cast.staff,
        cast.medicine,
        passport=passport(expires_on=date(2026, 9, 25)),
        visa=VisaForm(category="S", entries=VisaEntries.SINGLE, valid_until=ends),
    )
    app = run_screen("home", cast.staff)
    app = app.toggle(key="home_several").set_value(True).run(timeout=30)
    assert "Tick lines to do something with their cases." in [each.value for each in app.caption]
    lines = radar_list(cast.staff, RadarFilter()).rows
    assert [line.matter.value for line in lines] == ["case", "case", "visa", "passport"]
    app = tick(app, "home", "ticked", [0, 2, 3])
    assert not app.exception
    assert "1 line has no case and is left out\\." in [each.value for each in app.caption]
    extension = lines[2].case
    assert extension is not None
    assert links_of(app)[1:] == [
        ("Checklists as PDF", f"/letters/checklists.pdf?cases={extension.case_id}"),
        ("These as Excel", f"/files/cases.xlsx?cases={extension.case_id}"),
    ]


def test_a_ticked_case_of_the_tracker_can_be_opened_and_moved(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    app = run_screen("tracker", cast.staff, procedure=EXTENSION.value)
    app = tick(app, "tracker", "cases", [0])
    assert not app.exception
    assert {"Open the card", "Move", "Assign"} <= set(submits(app))


def test_the_monday_sheet_is_ones_own_and_for_head_and_rector_anybodys(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    own = "/letters/monday.pdf"
    helens = f"/letters/monday/{cast.head.user_id}.pdf"
    for actor, url in (
        (cast.staff, own),
        (cast.dean, own),
        (cast.head, helens),
        (cast.rector, helens),
    ):
        assert [each for _label, each in links_of(run_screen("home", actor))] == [url]
    assert links_of(run_screen("home", cast.admin)) == []


def test_today_is_narrowed_to_ones_own_cases(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    registration = case_of(cast, person_id, REGISTRATION)
    app = run_screen("home", cast.staff, of=str(cast.staff.user_id))
    assert "Nothing of this is due." in " ".join(texts_of(app)).replace("\\", "")
    assign_case(cast.staff, registration.case_id, cast.staff.user_id, version=registration.version)
    app = run_screen("home", cast.staff, of=str(cast.staff.user_id))
    assert "TESTOV KARIM" in set(texts_of(app))
    assert app.selectbox(key="home_of").options[:2] == ["Everybody's cases", "Nobody's cases"]
    assert "My cases" in app.selectbox(key="home_of").options
    app = run_screen("home", cast.staff, of="0")
    assert "TESTOV KARIM" not in set(texts_of(app))
