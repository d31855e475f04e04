"""My account: the address of one's calendar is shown once, and what was done is said."""

from streamlit.testing.v1 import AppTest

from core.services.calendars import calendar_address
from tests.cast import Cast
from tests.screens.shown import run_screen


def addresses(app: AppTest) -> list[str]:
    return [code.value for code in app.code]


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def test_the_address_is_shown_once_and_then_only_that_there_is_one(cast: Cast) -> None:
    app = run_screen("account", cast.staff)
    assert addresses(app) == []
    app.button(key="account_calendar_make").click().run()
    (address,) = addresses(app)
    assert "/calendar/" in address
    assert address.endswith(".ics")
    assert keys(app) == {"account_calendar_renew", "account_calendar_end"}
    app.run()
    assert addresses(app) == []
    app.button(key="account_calendar_renew").click().run()
    (another,) = addresses(app)
    assert another != address


def test_it_is_switched_off_by_one_click(cast: Cast) -> None:
    app = run_screen("account", cast.dean)
    app.button(key="account_calendar_make").click().run()
    app.button(key="account_calendar_end").click().run()
    assert calendar_address(cast.dean) is None
    assert addresses(app) == []
    assert keys(app) == {"account_calendar_make"}
    assert [said.value for said in app.success] != []


def test_who_knows_of_no_dates_is_told_that_his_calendar_stays_empty(cast: Cast) -> None:
    told = "Your role knows of no due dates, so your calendar stays empty."
    for actor, is_told in ((cast.admin, True), (cast.staff, False)):
        captions = [caption.value for caption in run_screen("account", actor).caption]
        assert (told in captions) is is_told
