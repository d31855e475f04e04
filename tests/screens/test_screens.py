"""Every screen for every role and language: it renders or refuses, and speaks one language."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from core.errors import NotFound
from core.i18n import LOCALES, use_language
from core.messages import describe
from core.permissions import Role
from core.rules.deadlines import REGISTRATION
from core.services.case_views import cases_of_person
from core.services.charges import ChargeForm, put_charge
from core.services.countries import ExemptionForm, change_exemption
from core.services.documents import upload_document
from core.services.shipped import SHIPPED, rows_of, shipped_rows
from core.terms import CaseKind, ChargeKind, ItemStatus, Language
from db.engine import writing
from db.models.reference import RuleRow
from pages.settings.release import COLUMNS, KINDS
from pages.settings.screen import SECTIONS
from pages.shell.navigation import SCREENS
from tests.cast import TODAY, Cast, enrol
from tests.screens.shown import run_screen, texts_of
from tests.services.test_documents import picture

ONE_DAY = timedelta(days=1)

#: Which role is led to which screen, written by hand.
SEEN = {
    "home": {Role.STAFF, Role.HEAD, Role.DEAN, Role.RECTOR, Role.ADMIN},
    "imports": {Role.STAFF, Role.HEAD},
    "intake": {Role.STAFF, Role.HEAD},
    "students": {Role.STAFF, Role.HEAD, Role.DEAN, Role.RECTOR},
    "messages": {Role.STAFF, Role.HEAD, Role.RECTOR},
    "tracker": {Role.STAFF, Role.HEAD, Role.DEAN, Role.RECTOR},
    "batches": {Role.STAFF, Role.HEAD, Role.RECTOR},
    "custody": {Role.STAFF, Role.HEAD, Role.RECTOR},
    "agents": {Role.STAFF, Role.HEAD, Role.RECTOR},
    "documents": {Role.STAFF, Role.HEAD, Role.DEAN},
    "partners": {Role.STAFF, Role.HEAD, Role.RECTOR},
    "settings": {Role.STAFF, Role.HEAD, Role.DEAN, Role.RECTOR, Role.ADMIN},
    "account": {Role.STAFF, Role.HEAD, Role.DEAN, Role.RECTOR, Role.ADMIN},
}


RULES = {Role.STAFF, Role.HEAD, Role.DEAN, Role.RECTOR, Role.ADMIN}

#: Which role is led to which section of the settings, and an address inside it; written by hand.
SECTIONS_SEEN: dict[str, tuple[set[Role], dict[str, str]]] = {
    "users": ({Role.ADMIN}, {"user": "1"}),
    "faculties": ({Role.ADMIN}, {"faculty": "1"}),
    "house": (RULES, {}),
    "rules": (RULES, {"rule": "1"}),
    "checklists": (RULES, {"procedure": "registration", "item": "4"}),
    "countries": (RULES, {"state": "KZ"}),
    "holidays": (RULES, {"year": "2027"}),
    "steps": (RULES, {"procedure": "study_visa"}),
    "messages": ({Role.STAFF, Role.HEAD, Role.RECTOR}, {"part": "texts", "text": "2"}),
    "charges": (RULES, {}),
    "release": ({Role.HEAD}, {}),
    "audit": ({Role.ADMIN}, {}),
    "jobs": ({Role.ADMIN}, {}),
}


def settle_something(cast: Cast) -> None:
    """Give every section of the settings something to show."""
    enrol(cast.staff, cast.medicine)
    put_charge(
        cast.head,
        ChargeForm(
            kind=ChargeKind.FEE,
            name_en="FICTITIOUS",
            amount="1",
            source="ACT",
            in_force_from=TODAY,
        ),
    )
    with writing() as session:
        rule = session.scalars(sa.select(RuleRow).filter_by(code=REGISTRATION)).one()
        rule.amount, rule.reference_digest, rule.recheck_by = 7, "earlier", TODAY - ONE_DAY


def test_the_table_names_every_section() -> None:
    assert set(SECTIONS_SEEN) == set(SECTIONS)


@pytest.mark.parametrize("name", sorted(SECTIONS_SEEN))
def test_every_role_gets_a_section_or_his_first_one(cast: Cast, name: str) -> None:
    settle_something(cast)
    roles, address = SECTIONS_SEEN[name]
    for role, actor in cast.everybody().items():
        app = run_screen("settings", actor, section=name, **address)
        assert not app.exception, (role, app.exception)
        assert not app.error, role
        first = "users" if role is Role.ADMIN else "house"
        assert app.session_state["settings_section"] == (name if role in roles else first), role


@pytest.mark.parametrize("name", ["rules", "checklists", "countries", "holidays", "steps"])
def test_only_the_head_finds_a_way_to_change_the_rules(cast: Cast, name: str) -> None:
    settle_something(cast)
    for role, actor in cast.everybody().items():
        app = run_screen("settings", actor, section=name, **SECTIONS_SEEN[name][1])
        ways = [*app.button, *app.number_input, *app.date_input, *app.checkbox]
        assert bool(ways) == (role is Role.HEAD), role


def test_the_head_is_told_what_waits_for_him_and_nobody_else_is(cast: Cast) -> None:
    settle_something(cast)
    for role, actor in cast.everybody().items():
        keys = {button.key for button in run_screen("home", actor).button}
        assert ("home_release" in keys, "home_rule_1" in keys) == (role is Role.HEAD,) * 2, role


def test_every_column_a_release_may_change_has_its_words() -> None:
    shipped = {
        name for table in SHIPPED for values in shipped_rows(table).values() for name in values
    }
    assert set(COLUMNS) == shipped
    assert set(KINDS) == {table.model.__tablename__ for table in SHIPPED}


def test_the_table_names_every_screen() -> None:
    assert set(SEEN) == {screen.name for screen in SCREENS}


@pytest.mark.parametrize("name", sorted(SEEN))
def test_every_role_gets_its_screen_or_is_refused(cast: Cast, name: str) -> None:
    enrol(cast.staff, cast.medicine)
    for role, actor in cast.everybody().items():
        app = run_screen(name, actor)
        assert not app.exception, (role, app.exception)
        said = [error.value for error in app.error]
        if role in SEEN[name]:
            assert said == [], role
            assert app.title, role
        else:
            assert len(said) == 1, role
            assert not app.title, role


def catalogue(language: Language) -> dict[str, str]:
    from babel.messages.pofile import read_po

    with (LOCALES / language.value / "LC_MESSAGES" / "messages.po").open("rb") as lines:
        found = read_po(lines, locale=language.value)
    return {m.id: m.string for m in found if isinstance(m.id, str) and m.id}


@pytest.mark.parametrize("language", [Language.RUSSIAN, Language.KYRGYZ])
def test_no_english_sentence_is_left_on_any_screen(cast: Cast, language: Language) -> None:
    settle_something(cast)
    person_id = 1
    case = cases_of_person(cast.staff, person_id)[0]
    item = case.items[0].case_item_id
    upload_document(cast.dean, case_item_id=item, file_name="a.png", content=picture())
    english = {
        text
        for text, translated in catalogue(language).items()
        if "%(" not in text and len(text) > 3 and text != translated
    }
    # The register of partners quotes the department's page, which is English.
    quoted = {row["stage_words"] for row in rows_of("partners.csv")}
    for screen in SCREENS:
        for role in SEEN[screen.name]:
            actor = cast.everybody()[role]
            addresses = [{}, {"person": str(person_id)}]
            if screen.name == "settings":
                addresses = [
                    {"section": name, **address}
                    for name, (roles, address) in SECTIONS_SEEN.items()
                    if role in roles
                ]
            for address in addresses:
                app = run_screen(screen.name, actor, language=language, **address)
                assert not app.exception
                left = (english & set(texts_of(app))) - quoted
                assert left == set(), (screen.name, role, address)


#: A part of a shipped note, in English and as the reader of another language sees it.
NOTES = {
    "rules": ("day 0 is an assumption", "день 0 — допущение", "0-күн деген — божомол"),
    "checklists": ("EIMU hostel", "общежитии университета", "университеттин жатаканасында"),
    "countries": ("Border Service", "Пограничной службой ГКНБ", "УКМКнын Чек ара кызматы"),
    "steps": ("not needed under 14", "до 14 лет не требуется", "14 жашка чейин керек эмес"),
}


@pytest.mark.parametrize("name", sorted(NOTES))
def test_a_caveat_of_the_law_speaks_the_language_of_its_reader(cast: Cast, name: str) -> None:
    for seen, language in enumerate(Language):
        app = run_screen(
            "settings", cast.dean, language=language, section=name, **SECTIONS_SEEN[name][1]
        )
        said = " ".join(texts_of(app)).replace("\\", "")
        assert [part in said for part in NOTES[name]] == [i == seen for i in range(3)], language


@pytest.mark.parametrize("language", Language)
def test_a_note_of_the_head_in_one_language_is_read_in_every_other(
    cast: Cast, language: Language
) -> None:
    form = ExemptionForm(
        iso2="KZ", days=20, in_force_from=TODAY, source="ACT", note_ky="КЫРГЫЗЧА ГАНА"
    )
    change_exemption(cast.head, form, accepts_late=True)

    app = run_screen("settings", cast.dean, language=language, section="countries", state="KZ")

    assert "КЫРГЫЗЧА ГАНА" in " ".join(texts_of(app))


def _why(username: str, case_id: int) -> None:
    from core.i18n import use_language
    from core.services.case_views import case_view
    from core.services.users import actor_named
    from core.terms import Language
    from pages.cases.panel import why

    with use_language(Language.RUSSIAN):
        why(case_view(actor_named(username), case_id).due)


def test_why_a_date_is_what_it_is_has_its_caveat_in_russian(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    case = next(c for c in cases_of_person(cast.dean, person_id) if c.kind is CaseKind.REGISTRATION)
    given = {"username": cast.dean.username, "case_id": case.case_id}

    said = " ".join(texts_of(AppTest.from_function(_why, kwargs=given).run(timeout=30)))

    assert "день 0 — допущение" in said
    assert "day 0 is an assumption" not in said


def test_the_address_of_another_faculty_s_student_says_not_found(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    app = run_screen("students", cast.other_dean, person=str(person_id))
    missing = run_screen("students", cast.other_dean, person="999999")
    with use_language(Language.ENGLISH):
        words = describe(NotFound())
    for each in (app, missing):
        assert [error.value.replace("\\", "") for error in each.error] == [words]
        assert "TESTOV" not in " ".join(texts_of(each))


@pytest.mark.parametrize("nonsense", ["abc", "-1", "99999999999999", "1 OR 1=1", "١"])
def test_nonsense_in_the_address_is_no_fault(cast: Cast, nonsense: str) -> None:
    enrol(cast.staff, cast.medicine)
    for screen in SCREENS:
        address = dict.fromkeys(
            ("person", "batch", "case", "p", "faculty", "item", "due", "kind", "of"), nonsense
        )
        app = run_screen(screen.name, cast.staff, **address)
        assert not app.exception, screen.name


def test_lines_are_pasted_checked_and_fill_the_form(cast: Cast) -> None:
    from tests.rules.test_mrz import PAKISTAN

    app = run_screen("intake", cast.staff)
    app.text_area(key="intake_lines").input(PAKISTAN)
    app = next(b for b in app.button if "Read the lines" in b.label).click().run(timeout=30)
    assert not app.exception
    values = {field.label: field.value for field in app.text_input}
    assert values["Surname as in the passport"] == "TESTOV"
    assert values["Passport number"] == "ZZ1234567"


def test_a_wrong_digit_is_named_and_fills_nothing(cast: Cast) -> None:
    from tests.rules.test_mrz import PAKISTAN

    app = run_screen("intake", cast.staff)
    app.text_area(key="intake_lines").input(PAKISTAN.replace("ZZ12345678", "ZZ12345679"))
    app = next(b for b in app.button if "Read the lines" in b.label).click().run(timeout=30)
    said = " ".join(error.value for error in app.error)
    assert "Document number" in said
    assert "9 but must be 8" in said
    values = {field.label: field.value for field in app.text_input}
    assert values["Passport number"] == ""


def test_the_dean_confirms_only_a_complete_application(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    app = run_screen("documents", cast.dean)
    button = next(b for b in app.button if "Confirm" in b.label)
    app = button.click().run(timeout=30)
    assert any("missing or rejected" in error.value for error in app.error)
    case = next(
        c for c in cases_of_person(cast.dean, person_id) if c.kind is CaseKind.STUDY_VISA_EXTENSION
    )
    assert all(item.status is ItemStatus.MISSING for item in case.items)


def test_a_stored_name_is_never_markup(cast: Cast) -> None:
    from tests.cast import passport

    form = passport(surname="**BOLD** ![x](https://evil.example/x.png) :red[X]")
    person_id = enrol(cast.staff, cast.medicine, passport=form)
    app = run_screen("students", cast.staff, person=str(person_id))
    assert not app.exception
    shown = " ".join(str(element.value) for element in app.title)
    assert "![x]" not in shown
    assert r"\!\[x\]" in shown
