"""``python -m core``: what operators and scripts get, on the console and as an exit code."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from core import settings
from core.commands.parser import run
from core.permissions import Role
from core.services.case_views import cases_of_person
from core.services.sign_in import sign_in
from core.terms import Language
from db import engine
from db.engine import reading, writing
from db.migrate import is_at_head
from db.models.access import Faculty, User
from db.models.audit import AuditEntry
from db.models.messages import Message
from db.models.people import Person
from tests.cast import Cast, enrol
from tests.inspection.test_tables import workbook
from tests.recognition.pictures import sample
from tests.services.test_passport_scans import no_passport

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """A command run under the settings in force, giving its exit code and what it said."""

    def execute(*arguments: str, **environment: str) -> tuple[int, str]:
        chosen = settings.current()
        given = {
            "VAR_DIR": str(chosen.var_dir),
            "DATABASE_URL": chosen.database_url,
            **environment,
        }
        for name in ("MASTER_KEY", "MASTER_KEY_FILE", "PUBLIC_URL", "SMTP_URL", "TIME_ZONE"):
            monkeypatch.delenv(name, raising=False)
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        code = run(arguments)
        settings.use(chosen)
        engine.configure(chosen.database_url)
        told = capsys.readouterr()
        return code, told.out + told.err

    return execute


@pytest.mark.parametrize(
    ("citizenship", "entry", "due_on"),
    [
        # India stands in the country table with 30 calendar days.
        ("IN", "2026-09-01", "2026-10-01"),
        # Wed 29 April is day 0; Thu 30, then days off from 1 to 10 May, Mon, Tue, Wed, Thu.
        ("pk", "2026-04-29", "2026-05-14"),
    ],
)
def test_a_registration_is_explained_without_a_database(
    command: Command, citizenship: str, entry: str, due_on: str, tmp_path: Path
) -> None:
    settings.use(settings.load({"VAR_DIR": str(tmp_path)}))
    code, told = command("explain-registration", "--citizenship", citizenship, "--entry", entry)
    answer = json.loads(told)
    assert (code, answer["due_on"]) == (0, due_on)
    assert set(answer) == {"due_on", "target_on", "rule_id", "source", "confidence", "steps"}
    assert answer["source"]
    assert len(answer["steps"]) > 1
    assert not list(tmp_path.glob("*.sqlite3"))


CROSSINGS = "date,direction\n2026-01-13,in\n2026-02-01,out\n2026-03-01,in\n"


def test_a_stay_is_counted_without_a_database(command: Command, tmp_path: Path) -> None:
    settings.use(settings.load({"VAR_DIR": str(tmp_path / "var")}))
    file = tmp_path / "crossings.csv"
    file.write_text(CROSSINGS)
    code, told = command(
        "stay", "--citizenship", "kz", "--crossings", str(file), "--on", "2026-03-05"
    )
    # 13 January to 1 February are 20 days, 1 to 5 March 5; the 65 left end on Saturday 9 May.
    assert (code, json.loads(told)) == (
        0,
        {"rule": "90/180", "days_used": 25, "days_left": 65, "last_safe_day": "2026-05-09"},
    )


@pytest.mark.parametrize(
    ("citizenship", "text", "said"),
    [
        ("QQ", CROSSINGS, "These are no codes of states: QQ."),
        ("IN", CROSSINGS, "No visa-free term that counts days is known for this state"),
        ("KZ", "date,direction\n2026-02-30,in\n", "Line 2 of the crossings is not a date"),
        ("KZ", "day,way\n2026-02-01,in\n", "Line 2 of the crossings is not a date"),
        ("KZ", "date,direction\n2026-02-01,in\n2026-03-01,in\n", "a crossing is missing"),
        ("KZ", None, "cannot be read"),
    ],
)
def test_a_stay_that_cannot_be_counted_is_refused_in_a_sentence(
    command: Command, tmp_path: Path, citizenship: str, text: str | None, said: str
) -> None:
    settings.use(settings.load({"VAR_DIR": str(tmp_path / "var")}))
    file = tmp_path / "crossings.csv"
    if text is not None:
        file.write_text(text)
    code, told = command(
        "stay", "--citizenship", citizenship, "--crossings", str(file), "--on", "2026-03-05"
    )
    assert code == 1
    assert said in told


def test_a_registration_of_no_state_is_refused_in_a_sentence(
    command: Command, tmp_path: Path
) -> None:
    settings.use(settings.load({"VAR_DIR": str(tmp_path)}))
    code, told = command("explain-registration", "--citizenship", "QQ", "--entry", "2026-09-01")
    assert (code, told) == (1, "These are no codes of states: QQ.\n")


def test_a_date_no_calendar_knows_is_refused_by_the_parser(
    command: Command, empty_database: str
) -> None:
    with pytest.raises(SystemExit) as refusal:
        command("explain-registration", "--citizenship", "IN", "--entry", "2026-02-30")
    assert refusal.value.code == 2


def test_migrate_brings_an_empty_database_up_and_may_be_called_again(
    command: Command, tmp_path: Path
) -> None:
    settings.use(settings.load({"VAR_DIR": str(tmp_path / "var")}))
    first = command("migrate")
    assert (first[0], is_at_head(settings.current().database_url)) == (0, True)
    assert not first[1].startswith("0 ")
    assert command("migrate") == (0, "0 reference rows added, 0 updated\n")
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


def test_a_user_made_on_the_console_signs_in_with_the_password_it_printed(
    command: Command, database: str, quick_hashes: None
) -> None:
    code, number = command("create-faculty", "Faculty of Fiction", "--ru", "Факультет вымысла")
    assert code == 0
    arguments = ("--name", "Dinara Example", "--role", "dean", "--faculty", number.strip())
    code, told = command("create-user", "dinara", *arguments, "--language", "ky")
    assert code == 0
    password = told.removeprefix("One-time password of dinara: ").strip()
    with reading() as session:
        user = session.scalars(sa.select(User).filter_by(username="dinara")).one()
        assert (user.role, user.language) == (Role.DEAN, Language.KYRGYZ)
        assert session.scalars(sa.select(Faculty.name_ru)).one() == "Факультет вымысла"
    signed_in = sign_in("dinara", password, network="192.0.2.1", old_token=None)
    assert signed_in.must_change_password


def test_an_account_that_exists_is_refused_in_a_sentence(
    command: Command, cast: Cast, quick_hashes: None
) -> None:
    code, told = command("create-user", "sam", "--name", "Another Sam", "--role", "staff")
    assert (code, told.count("\n")) == (1, 1)
    assert "Traceback" not in told


def test_a_command_acts_as_whom_it_says_and_only_as_far_as_he_may(
    command: Command, cast: Cast
) -> None:
    assert command("--as", "ada", "create-faculty", "Faculty of Names")[0] == 0
    assert command("--as", "sam", "create-faculty", "Faculty of Others")[0] == 1
    assert command("--as", "nobody-here", "create-faculty", "Faculty of Nobody")[0] == 1
    with reading() as session:
        statement = sa.select(AuditEntry.actor_name).order_by(AuditEntry.sequence.desc()).limit(2)
        assert session.scalars(statement).all() == ["sam", "ada"]


def test_a_cut_in_the_audit_log_ends_the_check_with_one(command: Command, cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    assert command("verify-audit")[0] == 0
    with writing() as session:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(sa.text("DROP TRIGGER audit_entry_no_update"))
        else:
            session.execute(sa.text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        session.execute(sa.text("UPDATE audit_entry SET action = 'nothing' WHERE sequence = 2"))
    code, told = command("verify-audit")
    assert code == 1
    assert told.startswith("row 2: ")


def test_the_doctor_says_what_is_wrong(
    command: Command, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command("doctor") == (0, "everything is in order\n")
    key = settings.current().var_dir / "master.key"
    key.chmod(0o644)
    code, told = command("doctor")
    assert code == 1
    assert "chmod 600" in told


def test_the_doctor_knows_an_old_schema(command: Command, empty_database: str) -> None:
    with writing() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    code, told = command("doctor")
    assert code == 1
    assert "python -m core migrate" in told


def test_a_new_master_key_takes_over_and_the_old_one_may_go(command: Command, cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    old = (settings.current().var_dir / "master.key").read_text().strip()
    new = "ab" * 32
    assert command("doctor", MASTER_KEY=new)[0] == 1
    code, told = command("rotate-key", MASTER_KEY=f"{new},{old}")
    assert code == 0
    assert int(told.split()[0]) > 0
    assert command("doctor", MASTER_KEY=new)[0] == 0
    assert command("doctor", MASTER_KEY=old)[0] == 1


def test_the_checklist_of_a_case_is_written_to_a_file(
    command: Command, cast: Cast, tmp_path: Path
) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    case = cases_of_person(cast.staff, person_id)[0].case_id
    target = tmp_path / "лист.pdf"
    assert command("checklist", str(case), "-o", str(target), "--language", "ky") == (0, "")
    assert target.read_bytes().startswith(b"%PDF-")
    assert command("checklist", "999999", "-o", str(tmp_path / "none.pdf"))[0] == 1
    assert not (tmp_path / "none.pdf").exists()


def test_sweep_and_purge_say_what_they_did(command: Command, cast: Cast) -> None:
    assert command("sweep") == (0, "1 pieces of work done\n")
    assert command("purge") == (0, "1 pieces of work done\n")


def test_the_demonstration_fills_an_empty_database_and_no_other(
    command: Command, empty_database: str
) -> None:
    code, told = command("demo")
    assert code == 0
    with reading() as session:
        count = session.scalar(sa.select(sa.func.count()).select_from(Person))
    assert told.endswith(f"{count} fictitious people\n")
    assert command("demo")[1].endswith(f"{count} fictitious people\n")
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Person)) == count


def test_nothing_fictitious_gets_among_real_people(command: Command, cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    assert command("demo")[0] == 1
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Person)) == 1


def test_every_fault_of_the_configuration_is_told_at_once(
    command: Command, empty_database: str
) -> None:
    wrong = {"TIME_ZONE": "Mars/Olympus", "PUBLIC_URL": "ftp://x", "DATABASE_URL": "oracle://x"}
    code, told = command("doctor", **wrong)
    assert code == 2
    assert [line.split(":")[0] for line in told.splitlines()] == [
        "TIME_ZONE",
        "DATABASE_URL",
        "PUBLIC_URL",
    ]


def test_a_list_of_people_is_told_apart_and_taken_over_on_demand(
    cast: Cast, command: Command, tmp_path: Path
) -> None:
    enrol(cast.staff, cast.medicine)
    file = tmp_path / "list.xlsx"
    headings = ("Surname", "Birth date", "Citizenship", "Passport number", "Phone")
    file.write_bytes(
        workbook(
            [
                headings,
                ("KHAN", "05.06.2004", "Pakistan", "PK0000001", None),
                ("TESTOV", "29.02.2004", "Pakistan", "ZZ1234567", "+996 555 123456"),
                ("LI", "31.02.2004", "China", "CN0000001", None),
            ]
        )
    )
    answer = {
        "new": 1,
        "updates": 1,
        "errors": [
            {
                "row": 4,
                "column": "Birth date",
                "value": "31.02.2004",
                "reason": "“31.02.2004” is no date.",
            }
        ],
    }
    for arguments, people in (((), 1), (("--commit",), 2)):
        code, told = command("import-people", str(file), *arguments)
        assert (code, json.loads(told)) == (0, answer)
        with reading() as session:
            assert session.scalar(sa.select(sa.func.count()).select_from(Person)) == people


def test_a_list_that_is_not_there_is_refused(cast: Cast, command: Command) -> None:
    code, told = command("import-people", "nowhere.xlsx")
    assert code == 1
    assert "nowhere.xlsx" in told


def test_a_passport_scan_is_told_as_json(command: Command, cast: Cast, tmp_path: Path) -> None:
    scan = tmp_path / "scan.jpg"
    scan.write_bytes(sample("skewed", 1).content)
    code, said = command("read-mrz", str(scan))
    assert code == 0
    assert json.loads(said) == {
        "status": "green",
        "doubts": [],
        "fields": {
            "surname": "JAYAWARDENE",
            "given_names": "ZAINAB",
            "document_number": "TD777662",
            "issuing_state": "PAK",
            "nationality": "PAK",
            "birth_date": "1998-04-06",
            "sex": "F",
            "expiry_date": "2033-09-26",
        },
    }


def test_a_photo_of_something_else_is_red_with_no_field(
    command: Command, cast: Cast, tmp_path: Path
) -> None:
    photo = tmp_path / "cat.jpg"
    photo.write_bytes(no_passport())
    code, said = command("read-mrz", str(photo))
    told = json.loads(said)
    assert (code, told["status"], told["doubts"]) == (0, "red", [])
    assert len(told["fields"]) == 8
    assert set(told["fields"].values()) == {None}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "cannot be read"), (b"", "The file is empty."), (b"words", "This is no PDF")],
)
def test_a_file_that_is_no_scan_is_refused_in_a_sentence(
    command: Command, cast: Cast, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "scan.jpg"
    if content is not None:
        path.write_bytes(content)
    code, said = command("read-mrz", str(path))
    assert code == 1
    assert sentence in said


def test_reminders_are_counted_without_writing_and_prepared_on_demand(
    command: Command, cast: Cast
) -> None:
    enrol(cast.staff, cast.medicine, email="karim@example.org")
    code, told = command("remind")
    # A registration due in six days, an extension due in fifty-six.
    assert (code, json.loads(told)) == (
        0,
        {
            "reminders": 2,
            "messages": 2,
            "mails": 2,
            "unreachable": 0,
            "prepared": 0,
            "sent": 0,
        },
    )
    with reading() as session:
        assert session.scalars(sa.select(Message)).all() == []
    # Without a mail server they are prepared all the same, and it says what is missing.
    code, told = command("remind", "--send")
    answer, refusal = told[: told.index("}") + 1], told[told.index("}") + 1 :]
    assert (code, json.loads(answer)["prepared"], json.loads(answer)["sent"]) == (1, 2, 0)
    assert "SMTP_URL" in refusal
    with reading() as session:
        assert len(session.scalars(sa.select(Message)).all()) == 2


def test_reminders_are_not_for_everybody_to_send(command: Command, cast: Cast) -> None:
    for user, code in (("rita", 1), ("dora", 1), ("ada", 1), ("sam", 0)):
        assert command("--as", user, "remind")[0] == code, user
