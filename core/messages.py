"""The words for every code that a rule or a use case answers with.

One table from code to sentence; values are filled in by name. A sentence says what is wrong and
what to do. ``tests/architecture`` holds the table complete against the codes in the source.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from core import settings
from core.errors import DomainError
from core.i18n import (
    N_,
    _,
    country_name,
    format_date,
    format_date_long,
    format_moment,
    ngettext,
    pick,
)
from core.rules.countries import iso2_of
from core.rules.explanation import Step
from core.words import WORDS, word

#: code → sentence; ``%(name)s`` is filled from the values.
SENTENCES: dict[str, str] = {
    "not_found": N_("This does not exist, or you have no access to it."),
    "permission.refused": N_("Your role does not allow this. Ask the head of the department."),
    "version.conflict": N_(
        "%(changed_by)s changed this on %(changed_at)s, after you opened it. "
        "Look at the present values before you go on."
    ),
    "form.invalid": N_("Nothing was saved yet. Please correct the following:"),
    "form.forged": N_("This form is too old. Please fill it in once more."),
    "sign_in.wrong": N_("The user name or the password is not right."),
    "sign_in.wait": N_("Too many attempts. Please try again in %(minutes)s min."),
    "password.too_short": N_("The new password needs at least %(shortest)s characters."),
    "password.public": N_("Everybody can read this password in the manual. Choose another."),
    "password.wrong": N_("The present password is not right."),
    "password.same": N_("The new password is the present one. Choose another."),
    "password.not_repeated": N_("The two new passwords differ. Type the same one twice."),
    "user.name_unusable": N_(
        "A user name has %(shortest)s to %(longest)s letters, digits or . @ + - _ and no spaces."
    ),
    "user.full_name_missing": N_("Enter the person's name."),
    "user.role_unusable": N_("This role cannot be given to a person."),
    "user.name_taken": N_("There is a user %(username)s already. Choose another name."),
    "user.faculty_missing": N_("Choose at least one faculty for a dean's office."),
    "user.last_admin": N_("This is the last active administrator. Make another one first."),
    "faculty.name_missing": N_("Enter the English name of the faculty."),
    "faculty.name_taken": N_("There is a faculty %(name)s already."),
    "faculty.missing": N_("Choose the faculty."),
    "house.name_missing": N_("Enter the English name of the university."),
    "encryption.damaged": N_("What is stored was changed or damaged. Tell the administrator."),
    "encryption.key_missing": N_("The master key %(key)s is missing. Tell the administrator."),
    "mrz.lines": N_(
        "Paste two lines (passport, visa) or three lines (card); there were %(count)s."
    ),
    "mrz.line_length": N_(
        "Line %(line)s has %(length)s characters instead of %(expected)s. Copy the whole line."
    ),
    "mrz.characters": N_(
        "Line %(line)s holds %(characters)s, which no machine-readable line does. "
        "Only A–Z, 0–9 and < are possible."
    ),
    "passport.surname.missing": N_("Enter the name as in the passport."),
    "passport.nationality.unknown": N_("No state has this code of nationality. Look it up again."),
    "passport.issuer.unknown": N_("No state has this code. Look up who issued the passport."),
    "agent.name_missing": N_("Enter the name of the representative."),
    "agent.name_taken": N_("There is a representative %(name)s already. Choose him instead."),
    "agent.phone_unusable": N_("This is no telephone number. Write it as +996 555 123 456."),
    "export.too_many": N_(
        "The list has more than %(most)s people. Narrow it with a filter, then export it."
    ),
    "agent.missing": N_("This representative does not exist any more. Choose another."),
    "passport.nationality.missing": N_("Enter the nationality as in the passport."),
    "passport.expires_before_issue": N_("The passport ends before it was issued."),
    "passport.number.taken": N_("The passport %(number)s is registered already."),
    "person.birth_date.future": N_("The birth date lies in the future."),
    "person.birth_date.too_old": N_("The birth date is more than 110 years ago."),
    "person.maybe_same": N_(
        "%(name)s with the same birth date is registered already. Is it the same person?"
    ),
    "person.has_passport": N_("The passport says this now. Correct it there."),
    "person.part.missing": N_(
        "Say what he is to the university, or choose the person he belongs to."
    ),
    "passport.number.missing": N_("Enter the number of the passport."),
    "passport.void": N_("This passport was taken out of the record."),
    "passport.number.unknown": N_("No passport has this number. Type it as it is printed."),
    "passport.number.of_many": N_(
        "Two states have issued a passport of this number. Take it in on the card of its owner."
    ),
    "custody.not_taken_in": N_("Its owner has the passport. Take it in first."),
    "custody.there_already": N_("The passport is there already."),
    "custody.future": N_(
        "The day lies in the future. Note it once the passport has been handed over."
    ),
    "custody.before_last": N_(
        "The passport came where it is on %(last)s. The day cannot lie before that."
    ),
    "custody.expected_before": N_("The day it is expected back lies before the day itself."),
    "custody.no_numbers": N_("Type the number of at least one passport."),
    "custody.too_many": N_("These are more than %(most)s passports. Take them in in parts."),
    "receipt.none": N_("Choose a passport that was taken in: only that has a receipt."),
    "visa.category.unknown": N_("There is no such letter of a visa. Choose one of the list."),
    "visa.category.abolished": N_(
        "The letter %(category)s was abolished after %(last)s. "
        "A visa with it can be noted as an earlier one only."
    ),
    "visa.carry.not_needed": N_("The visa is in the current passport already."),
    "visa.carry.no_passport": N_("Enter the current passport first."),
    "visa.carry.future": N_("The day lies in the future. Note it once the visa is carried over."),
    "trip.day.missing": N_("Enter the day he leaves and the day he comes back."),
    "trip.reversed": N_("He would come back before he leaves. Look at the two days."),
    "trip.past": N_("This trip is over. Note the crossings of the border instead."),
    "trip.withdrawn": N_("The trip was taken back already."),
    "visa.reason_missing": N_("Say why the visa was annulled."),
    "visa.not_active": N_("Only a visa in force can be annulled."),
    "registration.day.missing": N_("Enter the day of the registration."),
    "registration.future": N_("The day of the registration lies in the future."),
    "registration.reversed": N_("The registration ends before it begins."),
    "residence.from.missing": N_("Enter since when he lives there."),
    "residence.future": N_("The day lies in the future. Enter the address once he lives there."),
    "residence.not_after": N_(
        "He moved to the present address on this day or later. "
        "Choose a later day, or correct the present address."
    ),
    "residence.reversed": N_("He left this address before that day. Choose an earlier one."),
    "enrolment.still_current": N_(
        "He has a place already. Change its status first, then enrol him anew."
    ),
    "status.step_not_allowed": N_(
        "The status cannot change like this. Look at what it is now and choose again."
    ),
    "status.day.missing": N_("Enter since when the new status holds."),
    "status.future": N_("The day lies in the future. Change the status once it has come."),
    "status.order.missing": N_("Enter the number of the order behind this change."),
    "status.reason.missing": N_("Say why the status changes."),
    "contact.name.missing": N_("Enter the name of whom to call."),
    "contact.way.missing": N_("Enter a telephone number or an e-mail address."),
    "family.self": N_("Nobody is his own relative. Choose another person."),
    "family.taken": N_("These two are noted as relatives already."),
    "note.empty": N_("Write the note first."),
    "note.too_long": N_("The note is longer than %(longest)s characters. Shorten it."),
    "payment.name_missing": N_("Say what was paid for."),
    "payment.day_missing": N_("Enter the day of the payment."),
    "payment.future": N_("The day lies in the future. Note a payment once it was made."),
    "payment.withdrawn": N_("This payment was taken back already."),
    "note.withdrawn": N_("The note was withdrawn already."),
    "document.kind.unknown": N_("There is no such kind of document. Choose one of the list."),
    "person.closed": N_("This record is closed and cannot be changed any more."),
    "person.merged": N_("This record was merged into another one, which holds everything now."),
    "person.same_record": N_("This is one and the same record. Choose another one."),
    "person.number.unknown": N_(
        "No record, or more than one, has the number %(number)s. Enter it as in the passport."
    ),
    "crossing.future": N_("The day of entry lies in the future. Enter it once he has arrived."),
    "contract.reversed": N_("The contract ends before it begins."),
    "visa.reversed": N_("The visa ends before it begins."),
    "visa.until.missing": N_("Enter the last day of the visa."),
    "visa.category.missing": N_("Enter the letter of the visa."),
    "case.items_missing": N_(
        "Before you confirm, please deliver what is missing or rejected: %(items)s."
    ),
    "case.step_not_allowed": N_("The case has gone on meanwhile. Look at where it is now."),
    "case.reason_missing": N_("Say why, so that whoever has the case next knows what to do."),
    "case.reference_missing": N_("Enter the number the authority gave; this step asks for one."),
    "case.move.future": N_("The day lies ahead. Enter the day it happened."),
    "case.move.before_last": N_(
        "The case came to its step on %(last)s. Enter that day or a later one."
    ),
    "batch.in_another": N_("It waits in batch %(batch)s already."),
    "batch.with_the_dean": N_("The dean's office has not confirmed the application yet."),
    "batch.not_next": N_("From its present step it does not go there next."),
    "batch.papers_missing": N_("Not accepted yet: %(items)s."),
    "batch.nobody": N_("None of them can go with a batch. Look at what each lacks."),
    "batch.empty": N_("Nobody is in this batch. Gather cases first."),
    "batch.submitted": N_("This batch was submitted already. Gather another one."),
    "batch.not_submitted": N_("This batch was not submitted yet, so there is no answer to it."),
    "batch.closed": N_("This batch is closed: everybody in it has an answer or was taken out."),
    "batch.step_gone": N_(
        "The step this batch goes to is out of use. Take everybody out and gather anew."
    ),
    "batch.hindered": N_(
        "Nothing was submitted, because of: %(people)s Take out whoever cannot go, or put it right."
    ),
    "batch.waits_no_more": N_("In this batch the case waits no longer. Look at it once more."),
    "case.open_already": N_("A case of this kind is open already; it stands on the card."),
    "case.closed": N_("The case is closed already."),
    "case.not_responsible": N_(
        "Cases are the work of active users of the International Department. Choose one of them."
    ),
    "cases.too_many": N_("Choose at most %(most)s cases at once."),
    "document.same": N_("This very file was delivered before. Choose the new one."),
    "document.replaced": N_(
        "A newer version has come meanwhile. Say until what day that one holds."
    ),
    "document.last_day.out_of_range": N_(
        "This last day is more than %(years)s years away. Please check the year."
    ),
    "document.none": N_("No file was delivered for this yet."),
    "document.reason_missing": N_("Say why it is rejected, so that the next one is right."),
    "scan.empty": N_("The file is empty."),
    "scan.too_large": N_("The file is larger than %(megabytes)s MB. Scan it with fewer colours."),
    "scan.wrong_type": N_("This is %(found)s. Please send a PDF, a JPEG or a PNG."),
    "scan.unknown_type": N_("This is no PDF, JPEG or PNG, whatever its name says."),
    "scan.damaged": N_("The file is damaged and cannot be opened. Please scan it once more."),
    "scan.encrypted": N_("The PDF is locked with a password. Save it without and send it again."),
    "scan.no_pages": N_("The PDF has no pages."),
    "scan.too_many_pages": N_("The PDF has more than %(most)s pages. Send only what is asked for."),
    "scan.too_many_pixels": N_("The picture has more than %(megapixels)s megapixels."),
    "scan.busy": N_("Other scans are being read. Please try again in a minute."),
    "scan.too_slow": N_("The file takes too long to open. Please scan it once more, simpler."),
    "scan.too_much": N_("The file cannot be opened safely. Please scan it once more, simpler."),
    "table.empty": N_("The file is empty."),
    "table.too_large": N_("The file is larger than %(megabytes)s MB. Split it into several."),
    "table.old_excel": N_(
        "This is an Excel file of the old kind (.xls), or it is locked with a password. Open it in "
        "Excel and choose “Save as”, “Excel Workbook (.xlsx)”, without a password."
    ),
    "table.other_office": N_(
        "This is a table of another program (.ods, .numbers, .xlsb). Open it there and export or "
        "save it as .xlsx or .csv."
    ),
    "table.no_table": N_("This is no table. Please send an Excel file (.xlsx) or a .csv file."),
    "table.bomb": N_(
        "This Excel file swells to an enormous size when it is opened. Copy only the list into a "
        "new file."
    ),
    "table.damaged": N_("The file is damaged. Open it in Excel, save it anew and send it again."),
    "table.locked": N_("The file is locked with a password. Save it without and send it again."),
    "table.no_rows": N_("Nothing is written in this file."),
    "table.too_many_rows": N_("The file has more than %(most)s rows. Split it into several."),
    "table.too_slow": N_("The file takes too long to open. Copy only the list into a new file."),
    "table.too_much": N_(
        "The file cannot be opened safely. Copy only the list into a new file and send that."
    ),
    "import.no_people": N_("There are headings in this file, but nobody stands below them."),
    "import.purged": N_("The file was deleted meanwhile, as every import is. Send it again."),
    "import.busy": N_("This file is being worked on, or was taken over already."),
    "import.not_checked": N_("Check the file first."),
    "import.not_committed": N_("This file was not taken over, so there is nothing to undo."),
    "import.changed_since": N_(
        "%(count)s people of this file were changed since, so it can no longer be undone as a "
        "whole: %(names)s."
    ),
    "import.field_twice": N_("Two columns are taken for “%(field)s”. Leave one of them out."),
    "import.no_name_column": N_("Say which column holds the name or the passport number."),
    "import.hidden_rows": N_(
        "Hidden rows are read like all others (%(count)s in all: %(rows)s). Delete them from the "
        "file if they are not meant."
    ),
    "import.merged_headings": N_(
        "Some headings are merged cells; each column below them was given the heading. Look "
        "whether it fits."
    ),
    "import.column_twice": N_(
        "These headings stand over more than one column, of which the first is used: %(names)s."
    ),
    "import.sheets": N_(
        "The file has %(count)s sheets; this is “%(sheet)s”. Choose another below."
    ),
    "import.date": N_("“%(value)s” is no date."),
    "import.name": N_("“%(value)s” is no name as passports print them."),
    "import.cyrillic": N_(
        "“%(value)s” holds Cyrillic letters (%(letters)s), which may look like Latin ones. Type "
        "it in Latin letters."
    ),
    "import.passport_number": N_(
        "“%(value)s” is no passport number: it has 4 to 20 Latin letters and digits."
    ),
    "import.state": N_("“%(value)s” is no name and no code of a state."),
    "import.word": N_("“%(value)s” is none of the words of this column. Look at the template."),
    "import.course": N_("“%(value)s” is no course from 1 to %(longest)s."),
    "import.email": N_("“%(value)s” is no e-mail address."),
    "import.phone": N_("“%(value)s” is no telephone number that can be dialled."),
    "import.too_long": N_("This is longer than %(most)s characters."),
    "import.formula": N_("The formula in this cell has no result. Type the value instead."),
    "import.faculty": N_("There is no active faculty “%(value)s”."),
    "import.agent": N_("There is no representative “%(value)s”."),
    "import.row_twice": N_("Row %(row)s is about the same person already."),
    "import.maybe_same": N_(
        "Somebody of this name and birth date is registered with another passport or without one. "
        "Is it the same person?"
    ),
    "import.other_person": N_(
        "This passport belongs to %(name)s, whose surname and birth date are others."
    ),
    "import.overtaken": N_("Somebody changed this person meanwhile. Check the file once more."),
    "letter.glyph_missing": N_("These characters cannot be printed: %(characters)s"),
    "rule.none_in_force": N_("No registration rule is in force on %(on)s."),
    "rule.days.out_of_range": N_("The days must lie between 0 and %(longest)s, not %(amount)s."),
    "rule.days.of_country": N_(
        "How many days a state is exempt for stands under “Countries”. Change it there."
    ),
    "rule.source.empty": N_("A rule needs its source."),
    "rule.code.unknown": N_("There is no rule of the kind %(name)s."),
    "rule.anchor.unknown": N_("A rule of this kind cannot count from that date. Choose another."),
    "rule.citizenship.unknown": N_("These are no codes of states: %(names)s."),
    "rule.category.unknown": N_("These are no letters of visas: %(names)s."),
    "rule.unreachable": N_(
        "Nobody could ever come under this rule. Look at citizenships and letters of visas."
    ),
    "rule.recheck_past": N_("The day of the next recheck must lie ahead."),
    "rule.withdrawn": N_("The rule was withdrawn already."),
    "rule.cases_lost": N_(
        "%(count)s open cases would have no due date any more. Put the right rule in force first."
    ),
    "rule.cases_late": N_(
        "%(count)s open cases would be overdue at once. Look at the list, then tick the box."
    ),
    "text.too_long": N_("“%(text)s” is longer than %(longest)s characters. Shorten it."),
    "text.characters": N_(
        "“%(text)s” holds characters that cannot be written down. Type it by hand."
    ),
    "source.link_unusable": N_("The link must begin with https:// or http:// and have no spaces."),
    "period.reversed": N_("The last day lies before the first."),
    "period.overlap": N_(
        "Another row holds from %(first)s until %(last)s. Choose a later first day, "
        "or withdraw that row."
    ),
    "requirement.name_missing": N_("Enter the English name of the document."),
    "requirement.copies_out_of_range": N_("The copies must lie between 0 and %(most)s."),
    "requirement.taken": N_("“%(name)s” is asked for already. Open it in the list to change it."),
    "requirement.unreachable": N_("Nobody meets all these conditions at once. Leave one out."),
    "step.taken": N_("There is a step “%(name)s” of the same office already. Change that one."),
    "step.name_missing": N_("Enter the English name of the step."),
    "template.empty": N_("Enter the English subject and text."),
    "template.field_unknown": N_("There is no field %(field)s. This text may use: %(fields)s."),
    "template.brace": N_(
        "A brace that belongs to no field stands here: “%(near)s”. Braces stand only round the "
        "name of a field."
    ),
    "plan.unreadable": N_(
        "Write the days before the date as numbers with commas, such as 60, 45, 30: at most "
        "%(most)s numbers, each from 0 to %(longest)s."
    ),
    "message.sender_unusable": N_("“%(address)s” is no e-mail address. Write name@example.org."),
    "message.sender_missing": N_(
        "Nobody has said from which address mail comes. The head enters it under “Settings”, "
        "“Messages”."
    ),
    "message.signature_missing": N_(
        "Messages are signed with the executor's name and telephone, and these are empty. The "
        "head enters them under “Settings”, “Messages”."
    ),
    "message.gone": N_("This message went out, or was withdrawn. It cannot be changed any more."),
    "message.no_mail": N_("This message is not meant for e-mail. Open its link instead."),
    "message.misdirected": N_(
        "%(name)s has another address by now, or does not represent everybody this message is "
        "about. Withdraw it and write another."
    ),
    "message.empty": N_("Enter a subject and a text."),
    "message.too_many": N_("Choose at most %(most)s cases at once."),
    "message.not_reached": N_("%(name)s cannot be reached that way. Choose another."),
    "mail.not_set_up": N_(
        "No server for e-mail is set up. The administrator sets SMTP_URL; until then use WhatsApp "
        "or Telegram."
    ),
    "charge.name_missing": N_("Enter the English name of the fee or fine."),
    "charge.amount_unusable": N_("The amount must be a number such as 1500 or 1500.50."),
    "charge.currency_unusable": N_("The currency has three letters, such as KGS or USD."),
    "country.unknown": N_("There is no such state."),
    "country.not_exempt": N_("The state is not on the list on that day."),
    "holiday.name_missing": N_("Enter the English name of the day."),
    "holiday.day_missing": N_("Choose the day first."),
    "holiday.taken": N_("%(on)s is in the list already."),
    "holiday.struck": N_("%(on)s is in the list, but struck. Choose it there and restore it."),
    "holiday.unknown": N_("%(on)s is not in the list."),
    "holiday.no_weekend": N_("Only a Saturday or a Sunday can be made a working day."),
    "limits.margin_out_of_range": N_("The months must lie between 0 and %(longest)s."),
    "crossing.day.missing": N_("Choose the day first."),
    "crossing.taken": N_("This crossing on %(on)s is noted already."),
    "crossing.no_passport": N_(
        "Enter the passport first; a crossing names the one that was shown."
    ),
    "stay.term.out_of_range": N_(
        "%(days)s days do not fit into a window of %(of)s. Enter fewer days or a longer window."
    ),
    "stay.crossings.disordered": N_("The crossing of %(on)s stands before an earlier one."),
    "stay.crossings.gap": N_(
        "Before %(on)s a crossing is missing: entries and exits must take turns. Add it."
    ),
    "stay.crossings.unreadable": N_(
        "Line %(line)s of the crossings is not a date and “in” or “out”: %(text)s"
    ),
    "file.unreadable": N_("The file %(name)s cannot be read."),
    "stay.no_term": N_("No visa-free term that counts days is known for this state on %(on)s."),
    "demonstration.not_empty": N_("There are real users here; demonstration data was not added."),
    "anchor.entry": N_("entered %(on)s (day 0)"),
    "anchor.visa_expiry": N_("the visa ends %(on)s"),
    "anchor.visa_issue": N_("the visa was issued %(on)s"),
    "anchor.passport_expiry": N_("the passport ends %(on)s"),
    "anchor.contract_end": N_("the contract ends %(on)s"),
    "anchor.status_change": N_("the status changed %(on)s"),
    "count.weekend": N_("%(first)s – %(last)s: weekend"),
    "count.holidays": N_("%(first)s – %(last)s: days off (%(names)s)"),
    "count.working_day": N_("working day number %(number)s: %(on)s"),
    "count.calendar": N_("%(days)s calendar days: %(on)s"),
    "count.exempt": N_("citizens of %(country)s are exempt for %(days)s calendar days"),
    "count.not_after_due": N_("not later than the date of the law: %(on)s"),
    "count.not_before_entry": N_("not before the entry: %(on)s"),
}

_LONG_DATES = frozenset({"on"})
_SHORT_DATES = frozenset({"first", "last"})


def describe(error: DomainError) -> str:
    """Return the sentence for ``error`` in the language of the moment, its values filled in."""
    return sentence(error.code, error.values)


def sentence(code: str, values: Mapping[str, object]) -> str:
    """Return the sentence for ``code``; dates and instants are written as the language does."""
    return _(SENTENCES[code]) % {name: _shown(value) for name, value in values.items()}


def explained(step: Step) -> str:
    """Return one step of a count in words, its ISO dates written as the language does."""
    values = dict(step.values)
    if "names" in values:
        texts = {name: str(values.get(name, "")) for name in ("names", "names_ru", "names_ky")}
        values["names"] = pick(en=texts["names"], ru=texts["names_ru"], ky=texts["names_ky"])
    return sentence(step.code, {name: _step_value(name, v) for name, v in values.items()})


def state_name(code: str) -> str:
    """Return the name of a state by its ICAO code, or the code where it names none."""
    iso2 = iso2_of(code)
    return country_name(iso2) if iso2 else code


def days_left_text(days: int | None) -> str:
    """Return how many days are left until a date, or how late it is; a dash where there is none."""
    if days is None:
        return "—"
    if days < 0:
        late = ngettext("%(days)s day late", "%(days)s days late", -days)
        return late % {"days": -days}
    left = ngettext("%(days)s day", "%(days)s days", days)
    return left % {"days": days}


def paper_text(*, copies: int, needs_original: bool, needs_translation: bool) -> str:
    """Return in which form a paper is wanted; empty for one plain copy."""
    texts = []
    if copies != 1:
        texts.append(ngettext("%(copies)s copy", "%(copies)s copies", copies) % {"copies": copies})
    if needs_original:
        texts.append(_("original to show"))
    if needs_translation:
        texts.append(_("with translation"))
    return ", ".join(texts)


def _step_value(name: str, value: str | int) -> object:
    if name in _LONG_DATES:
        return format_date_long(date.fromisoformat(str(value)))
    if name in _SHORT_DATES:
        return date.fromisoformat(str(value))
    return country_name(str(value)) if name == "country" else value


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return format_moment(value, time_zone=settings.current().time_zone)
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, StrEnum) and type(value) in WORDS:
        return word(value)
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    return value
