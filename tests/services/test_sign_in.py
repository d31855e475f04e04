"""Signing in: constant answers, throttling that ends, sessions that end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine

from core import clock
from core.errors import DomainError
from core.permissions import SYSTEM_ACTOR, Actor, Role
from core.services import sign_in as accounts
from core.services import throttling
from core.services.login_sessions import (
    ABSOLUTE_LIMIT,
    IDLE_LIMIT,
    TokenState,
    actor_of_session,
    dead_among,
    identify,
)
from core.services.sign_in import SignedIn, sign_in
from core.services.users import (
    UserForm,
    actor_named,
    change_user,
    create_first_administrator,
    create_user,
    list_users,
    reset_password,
)
from tests.cast import Cast

HOME, ELSEWHERE = "10.0.0.1", "203.0.113.9"
LONG = "a sentence of my own, longer than seventy-two bytes, with пробелы and ң ө ү in it"


@pytest.fixture
def password(cast: Cast) -> str:
    """Sam's password, set by himself."""
    first = reset_password(SYSTEM_ACTOR, cast.staff.user_id).password
    accounts.change_own_password(cast.staff, old=first, new=LONG, network=HOME)
    return LONG


def enter(username: str, password: str, network: str = HOME) -> SignedIn:
    return sign_in(username, password, network=network, old_token=None)


def test_the_right_password_opens_a_session(cast: Cast, password: str) -> None:
    signed_in = enter(" SAM ", password)
    identity = identify(signed_in.token)
    assert identity.state is TokenState.ALIVE
    assert identity.actor == cast.staff
    assert not signed_in.must_change_password


def test_a_one_time_password_must_be_changed(cast: Cast) -> None:
    once = reset_password(SYSTEM_ACTOR, cast.dean.user_id).password
    signed_in = enter("dora", once)
    assert signed_in.must_change_password
    assert identify(signed_in.token).must_change_password


@pytest.mark.parametrize(
    ("username", "entered"), [("sam", "wrong"), ("nobody", LONG), ("sam", LONG + " "), ("", "")]
)
def test_every_failure_gives_the_same_answer(
    cast: Cast, password: str, username: str, entered: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        enter(username, entered)
    assert (refusal.value.code, dict(refusal.value.values)) == ("sign_in.wrong", {})


def test_a_disabled_user_gets_the_same_answer_and_his_sessions_end(
    cast: Cast, password: str
) -> None:
    token = enter("sam", password).token
    view = next(user for user in list_users(cast.admin) if user.username == "sam")
    form = UserForm(username="sam", full_name="Sam", role=Role.STAFF, is_active=False)
    change_user(cast.admin, view.user_id, form, version=view.version)
    assert identify(token).state is TokenState.DEAD
    with pytest.raises(DomainError) as refusal:
        enter("sam", password)
    assert refusal.value.code == "sign_in.wrong"


def fail(username: str = "sam", network: str = ELSEWHERE, device: str | None = None) -> str:
    with pytest.raises(DomainError) as refusal:
        sign_in(username, "wrong", network=network, old_token=None, device=device)
    return refusal.value.code


@pytest.mark.parametrize("username", ["sam", "nobody"])
def test_five_failures_are_free_and_the_sixth_attempt_waits(
    cast: Cast, password: str, username: str
) -> None:
    codes = [fail(username) for _ in range(6)]
    assert codes == [*["sign_in.wrong"] * 5, "sign_in.wait"]


@pytest.mark.parametrize(
    ("failures", "seconds"), [(5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 480)]
)
def test_each_further_failure_doubles_the_wait_up_to_eight_minutes(
    cast: Cast, password: str, failures: int, seconds: int
) -> None:
    with time_machine.travel(clock.utc_now(), tick=False) as traveller:
        for number in range(failures):
            assert fail() == "sign_in.wrong"
            if number >= 4:
                traveller.shift(timedelta(minutes=8))
        traveller.shift(timedelta(seconds=seconds - 1) - timedelta(minutes=8))
        with pytest.raises(DomainError) as refusal:
            enter("sam", password, ELSEWHERE)
        assert (refusal.value.code, refusal.value.values["minutes"]) == ("sign_in.wait", 1)
        traveller.shift(timedelta(seconds=1))
        assert enter("sam", password, ELSEWHERE).token


def test_attempts_during_a_wait_do_not_prolong_it(cast: Cast, password: str) -> None:
    with time_machine.travel(clock.utc_now(), tick=False) as traveller:
        for _ in range(5):
            fail()
        for _ in range(29):
            traveller.shift(timedelta(seconds=1))
            assert fail() == "sign_in.wait"
        traveller.shift(timedelta(seconds=1))
        assert enter("sam", password, ELSEWHERE).token


def test_the_right_password_makes_earlier_failures_forgotten(cast: Cast, password: str) -> None:
    for _ in range(4):
        fail()
    enter("sam", password, ELSEWHERE)
    assert [fail() for _ in range(5)] == ["sign_in.wrong"] * 5


def test_simultaneous_guesses_do_not_pass_as_the_first(cast: Cast, password: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: fail(), range(12)))
    assert codes.count("sign_in.wrong") == 5


def test_guessing_many_names_from_one_network_is_stopped(
    cast: Cast, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "NETWORK_LIMIT", 3)
    codes = [fail(f"nobody{number}") for number in range(4)]
    assert codes == [*["sign_in.wrong"] * 3, "sign_in.wait"]
    assert enter("sam", password, HOME).token


def test_whoever_guesses_from_elsewhere_does_not_lock_the_owner_out(
    cast: Cast, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "ACCOUNT_LIMIT", 3)
    enter("sam", password, HOME)
    for number in range(3):
        fail("sam", f"203.0.113.{number}")
    assert fail("sam", "203.0.113.77") == "sign_in.wait"
    assert enter("sam", password, HOME).token


def test_whoever_guesses_at_the_next_desk_does_not_lock_the_owner_out(
    cast: Cast, password: str
) -> None:
    device = enter("sam", password, HOME).device
    codes = [fail("sam", HOME) for _ in range(6)]
    assert codes[-1] == "sign_in.wait"
    assert sign_in("sam", password, network=HOME, old_token=None, device=device).token


def test_a_known_browser_is_throttled_by_its_own_failures(cast: Cast, password: str) -> None:
    device = enter("sam", password, HOME).device
    codes = [fail("sam", HOME, device) for _ in range(6)]
    assert codes == [*["sign_in.wrong"] * 5, "sign_in.wait"]


@pytest.mark.parametrize("forge", ["", ".", "x.y", "{name}.", "{device}0", "ү.ү"])
def test_a_forged_or_foreign_browser_is_not_known(cast: Cast, password: str, forge: str) -> None:
    device = enter("sam", password, HOME).device
    forged = forge.format(device=device, name=device.partition(".")[0])
    for _ in range(5):
        fail("sam", HOME)
        fail("dora", HOME)
    assert fail("sam", HOME, forged) == "sign_in.wait"
    assert fail("dora", HOME, device) == "sign_in.wait"


def test_a_name_with_a_zero_byte_is_an_ordinary_wrong_one(cast: Cast) -> None:
    assert fail("sam\0") == "sign_in.wrong"


def test_signing_in_again_ends_the_session_the_browser_had(cast: Cast, password: str) -> None:
    old = enter("sam", password).token
    fresh = sign_in("sam", password, network=HOME, old_token=old).token
    assert identify(old).state is TokenState.DEAD
    assert identify(fresh).state is TokenState.ALIVE


def test_signing_out_ends_the_session_and_keeps_the_language(cast: Cast, password: str) -> None:
    token = enter("sam", password).token
    session_id = identify(token).session_id
    assert session_id is not None
    accounts.sign_out_of(cast.staff, session_id)
    identity = identify(token)
    assert (identity.state, identity.actor) == (TokenState.DEAD, None)
    assert identity.language is cast.staff.language


def test_a_changed_password_ends_every_other_session(cast: Cast, password: str) -> None:
    first, second = enter("sam", password).token, enter("sam", password).token
    fresh = accounts.change_own_password(
        cast.staff, old=password, new="another long sentence", network=HOME
    )
    assert identify(first).state is identify(second).state is TokenState.DEAD
    assert identify(fresh.token).state is TokenState.ALIVE


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (LONG, "elevenchars", "password.too_short"),
        ("not it", "twelve chars", "password.wrong"),
        (LONG, LONG, "password.same"),
    ],
)
def test_an_unusable_new_password_is_refused(
    cast: Cast, password: str, old: str, new: str, code: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        accounts.change_own_password(cast.staff, old=old, new=new, network=HOME)
    assert refusal.value.code == code


def test_guessing_the_present_password_in_an_open_browser_is_stopped(
    cast: Cast, password: str
) -> None:
    codes = []
    for _ in range(6):
        with pytest.raises(DomainError) as refusal:
            accounts.change_own_password(
                cast.staff, old="guess", new="twelve chars", network=ELSEWHERE
            )
        codes.append(refusal.value.code)
    assert codes == [*["password.wrong"] * 5, "sign_in.wait"]


def test_the_demonstration_password_is_accepted_in_a_demonstration_only(
    cast: Cast, password: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        accounts.change_own_password(cast.staff, old=password, new="demonstration", network=HOME)
    assert refusal.value.code == "password.public"


def test_twelve_characters_are_enough(cast: Cast, password: str) -> None:
    accounts.change_own_password(cast.staff, old=password, new="twelve chars", network=HOME)
    assert enter("sam", "twelve chars").token


@pytest.mark.parametrize(
    ("after", "state"),
    [
        (IDLE_LIMIT - timedelta(seconds=5), TokenState.ALIVE),
        (IDLE_LIMIT + timedelta(seconds=5), TokenState.DEAD),
    ],
)
def test_a_session_ends_without_use(
    cast: Cast, password: str, after: timedelta, state: TokenState
) -> None:
    token = enter("sam", password).token
    with time_machine.travel(clock.utc_now() + after, tick=True):
        assert identify(token).state is state


def test_use_does_not_outlast_the_absolute_limit(cast: Cast, password: str) -> None:
    token, begin = enter("sam", password).token, clock.utc_now()
    step = IDLE_LIMIT - timedelta(minutes=5)
    moment = begin
    while moment + step < begin + ABSOLUTE_LIMIT:
        moment += step
        with time_machine.travel(moment, tick=True):
            assert identify(token).state is TokenState.ALIVE
    with time_machine.travel(begin + ABSOLUTE_LIMIT + timedelta(seconds=5), tick=True):
        assert identify(token).state is TokenState.DEAD


def test_a_session_stands_for_its_own_user_only(cast: Cast, password: str) -> None:
    session_id = identify(enter("sam", password).token).session_id
    assert session_id is not None
    assert actor_of_session(session_id, cast.staff.user_id) == cast.staff
    assert actor_of_session(session_id, cast.head.user_id) is None
    assert dead_among([session_id, 999]) == {999}
    accounts.sign_out_of(cast.head, session_id)
    assert dead_among([session_id]) == frozenset()
    accounts.sign_out_of(cast.staff, session_id)
    assert dead_among([session_id]) == {session_id}


def test_a_dean_whose_scope_changes_is_signed_out_and_comes_back_with_it(cast: Cast) -> None:
    once = reset_password(SYSTEM_ACTOR, cast.dean.user_id).password
    token = enter("dora", once).token
    view = next(user for user in list_users(cast.admin) if user.username == "dora")
    form = UserForm(
        username="dora",
        full_name="Dora",
        role=Role.DEAN,
        faculty_ids=frozenset({cast.dentistry}),
    )
    change_user(cast.admin, view.user_id, form, version=view.version)
    assert identify(token).state is TokenState.DEAD
    assert actor_named("dora").faculty_ids == {cast.dentistry}


def test_the_first_administrator_is_made_once(database: str, quick_hashes: None) -> None:
    created = create_first_administrator()
    assert created is not None
    assert enter("admin", created.password).must_change_password
    assert create_first_administrator() is None


def form_of(actor: Actor, **changes: object) -> UserForm:
    values = {"username": actor.username, "full_name": actor.full_name, "role": actor.role}
    return UserForm(**{**values, **changes})


def test_the_last_administrator_can_neither_be_demoted_nor_disabled(cast: Cast) -> None:
    for changes in ({"role": Role.STAFF}, {"is_active": False}):
        with pytest.raises(DomainError) as refusal:
            change_user(cast.admin, cast.admin.user_id, form_of(cast.admin, **changes), version=1)
        assert refusal.value.code == "user.last_admin"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"username": "x"}, "user.name_unusable"),
        ({"username": "SAM"}, "user.name_taken"),
        ({"full_name": "  "}, "user.full_name_missing"),
        ({"role": Role.DEAN}, "user.faculty_missing"),
        ({"role": Role.SYSTEM}, "user.role_unusable"),
    ],
)
def test_an_impossible_user_is_refused_by_name(
    cast: Cast, changes: dict[str, object], code: str
) -> None:
    values = {"username": "new.user", "full_name": "New", "role": Role.STAFF}
    with pytest.raises(DomainError) as refusal:
        create_user(cast.admin, UserForm(**{**values, **changes}))
    assert refusal.value.code == code
