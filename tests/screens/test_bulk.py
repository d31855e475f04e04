"""Acts for many cases at once: what is offered to whom, and what is told afterwards."""

from collections.abc import Sequence

import pytest
from streamlit.testing.v1 import AppTest

from core.i18n import use_language
from core.permissions import Actor
from core.services.case_views import CaseView, cases_of_person
from core.services.cases import complete_case
from core.terms import CaseKind, Language
from tests.cast import Cast, enrol, passport

EXTENSION, REGISTRATION = CaseKind.STUDY_VISA_EXTENSION, CaseKind.REGISTRATION


def _bulk(username: str, case_ids: list[int], versions: list[int]) -> None:
    from dataclasses import replace

    import streamlit as st

    from core.permissions import SYSTEM_ACTOR
    from core.services.case_views import case_view
    from core.services.users import actor_named
    from pages.cases.bulk import Chosen, place_of_acts, show_bulk
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
    assert submits(app) == ["Move", "Assign"]
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
    assert submits(app) == ["Assign"]
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
