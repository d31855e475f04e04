"""Who may call what: a matrix written by hand, held against every use case of the package."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

import core.services
from core.errors import Refused
from core.permissions import Role
from core.terms import AuditOutcome
from db.engine import reading
from db.models.audit import AuditEntry
from tests.cast import Cast

ALL = {Role.STAFF, Role.HEAD, Role.DEAN, Role.RECTOR, Role.ADMIN}
OFFICE = {Role.STAFF, Role.HEAD}
PEOPLE = OFFICE | {Role.DEAN, Role.RECTOR}

#: use case → the roles that may call it. Written by hand, never derived from GRANTS.
MATRIX: dict[str, set[Role]] = {
    "agents.add_agent": OFFICE,
    "agents.agent_names": OFFICE | {Role.RECTOR},
    "agents.agent_view": OFFICE | {Role.RECTOR},
    "agents.change_agent": OFFICE,
    "agents.list_agents": OFFICE | {Role.RECTOR},
    "audit_views.read_audit": {Role.ADMIN},
    "audit_views.verify_audit": {Role.ADMIN},
    "calendars.calendar_address": ALL,
    "calendars.end_calendar_address": ALL,
    "calendars.make_calendar_address": ALL,
    "cards.person_card": PEOPLE,
    "case_views.case_view": PEOPLE,
    "case_views.cases_of_person": PEOPLE,
    "case_gaps.unsent_notices": PEOPLE,
    "case_gaps.gaps_of_person": PEOPLE,
    "case_views.next_due_of_person": PEOPLE,
    "batch_answers.record_answers": OFFICE,
    "batch_gathering.add_to_batch": OFFICE,
    "batch_gathering.gather": OFFICE,
    "batch_gathering.prospect": OFFICE,
    "batch_papers.batch_excel": OFFICE,
    "batch_papers.batch_pdf": OFFICE,
    "batch_views.batch_of_each": OFFICE | {Role.RECTOR},
    "batch_views.batch_view": OFFICE | {Role.RECTOR},
    "batch_views.list_batches": OFFICE | {Role.RECTOR},
    "batch_views.places_of_case": OFFICE | {Role.RECTOR},
    "batches.submit_batch": OFFICE,
    "batches.take_out": OFFICE,
    "cases.complete_case": OFFICE,
    "case_moves.confirm_application": {Role.DEAN},
    "board.board": PEOPLE,
    "board.cases_in_step": PEOPLE,
    "board.ways_from": OFFICE,
    "case_moves.move_case": OFFICE,
    "case_moves.move_cases": OFFICE,
    "cases.open_by_hand": OFFICE,
    "case_moves.moves_of_case": OFFICE | {Role.RECTOR},
    "charges.list_charges": ALL,
    "charges.put_charge": {Role.HEAD},
    "charges.withdraw_charge": {Role.HEAD},
    "case_exports.export_cases": PEOPLE,
    "checklists.checklist_pdf": PEOPLE,
    "checklists.checklists_pdf": PEOPLE,
    "comparisons.compare": OFFICE,
    "comparisons.compare_with_form": OFFICE,
    "contacts.add_contact": OFFICE,
    "contacts.change_contact": OFFICE,
    "contacts.contacts_of_person": PEOPLE,
    "contacts.end_contact": OFFICE,
    "countries.change_exemption": {Role.HEAD},
    "countries.change_visa_free": {Role.HEAD},
    "countries.list_countries": ALL,
    "countries.preview_exemption": {Role.HEAD},
    "crossings.add_crossing": OFFICE,
    "crossings.change_crossing": OFFICE,
    "crossings.crossings_of_person": PEOPLE,
    "custody.custody_of_person": OFFICE | {Role.RECTOR},
    "custody.hand_over": OFFICE,
    "custody.hand_over_many": OFFICE,
    "custody.take_in": OFFICE,
    "custody_list.export_held_passports": OFFICE | {Role.RECTOR},
    "custody_list.held_counts": OFFICE | {Role.RECTOR},
    "custody_list.held_passports": OFFICE | {Role.RECTOR},
    "decisions.accept_item": OFFICE,
    "decisions.mark_seen_on_paper": OFFICE,
    "decisions.office_queue": OFFICE,
    "decisions.reject_item": OFFICE,
    "decisions.reopen_item": OFFICE,
    "decisions.waiting_item": OFFICE,
    "document_terms.set_last_day": OFFICE,
    "documents.open_document": PEOPLE,
    "documents.open_preview": PEOPLE,
    "documents.openable_documents": PEOPLE,
    "documents.upload_document": OFFICE | {Role.DEAN},
    "duplicates.find_by_number": OFFICE,
    "duplicates.possible_duplicates": OFFICE,
    "duplicates.possible_duplicates_of": OFFICE,
    "duplicates.tell_apart": OFFICE,
    "engagements.add_engagement": OFFICE,
    "engagements.change_engagement": OFFICE,
    "engagements.engagements_of_person": PEOPLE,
    "enrolments.add_enrolment": OFFICE,
    "enrolments.change_enrolment": OFFICE,
    "enrolments.change_status": OFFICE,
    "enrolments.enrolments_of_person": PEOPLE,
    "exports.export_agent": OFFICE | {Role.RECTOR},
    "exports.export_people": PEOPLE,
    "faculties.change_faculty": {Role.ADMIN},
    "faculties.create_faculty": {Role.ADMIN},
    "faculties.faculty_names": ALL,
    "faculties.list_faculties": ALL,
    "faculty_door.faculty_door": OFFICE | {Role.DEAN},
    "families.add_relative": OFFICE,
    "families.end_relative": OFFICE,
    "families.relatives_of_person": PEOPLE,
    "holidays.add_day": {Role.HEAD},
    "holidays.confirm_year": {Role.HEAD},
    "holidays.preview_day": {Role.HEAD},
    "holidays.preview_strike": {Role.HEAD},
    "holidays.strike_day": {Role.HEAD},
    "holidays.year_of_holidays": ALL,
    "holidays.year_to_confirm": ALL,
    "house.change_house": {Role.HEAD},
    "house.house": ALL,
    "imports.batches.answer_namesakes": OFFICE,
    "imports.batches.choose_sheet": OFFICE,
    "imports.batches.receive_file": OFFICE,
    "imports.batches.start_check": OFFICE,
    "imports.batches.start_commit": OFFICE,
    "imports.batches.start_undo": OFFICE,
    "imports.differences.batch_changes": OFFICE,
    "imports.differences.batch_namesakes": OFFICE,
    "imports.sheets.error_file": OFFICE,
    "imports.sheets.template_file": OFFICE,
    "imports.views.batch_faults": OFFICE,
    "imports.views.batch_view": OFFICE,
    "imports.views.recent_batches": OFFICE,
    "jobs.recent_jobs": {Role.ADMIN},
    "jobs.recomputation": ALL,
    "jobs.start_job": {Role.ADMIN},
    "messages.outbox.change_text": OFFICE,
    "messages.outbox.mark_sent": OFFICE,
    "messages.outbox.queue_mail": OFFICE,
    "messages.outbox.queue_mails": OFFICE,
    "messages.outbox.withdraw_message": OFFICE,
    "messages.outbox.withdraw_messages": OFFICE,
    "messages.plans.change_plan": {Role.HEAD},
    "messages.plans.list_plans": OFFICE | {Role.RECTOR},
    "messages.preferences.change_preferences": {Role.HEAD},
    "messages.preferences.preferences": OFFICE | {Role.RECTOR},
    "messages.previews.preview_template": OFFICE | {Role.RECTOR},
    "messages.reminding.due_reminders": OFFICE,
    "messages.reminding.plan_reminding": OFFICE,
    "messages.reminding.prepare_due": OFFICE,
    "messages.reminding.remind_of": OFFICE,
    "messages.sending.automatic_mail_is_wanted": OFFICE,
    "messages.sending.queue_due_mail": OFFICE,
    "messages.sending.send_queued": OFFICE,
    "messages.sending.withdraw_settled": OFFICE,
    "messages.templates.change_template": {Role.HEAD},
    "messages.templates.list_templates": OFFICE | {Role.RECTOR},
    "messages.views.list_messages": OFFICE | {Role.RECTOR},
    "messages.views.message_counts": OFFICE | {Role.RECTOR},
    "messages.views.message_view": OFFICE | {Role.RECTOR},
    "messages.writing.addresses_of": OFFICE,
    "messages.writing.begin_message": OFFICE,
    "messages.writing.write_message": OFFICE,
    "merging.merge_people": OFFICE,
    "monday_sheets.monday_sheet_of": {Role.HEAD, Role.RECTOR},
    "monday_sheets.own_monday_sheet": PEOPLE,
    "partners.list_partners": OFFICE | {Role.RECTOR},
    "partners.partner_countries": OFFICE | {Role.RECTOR},
    "passport_scans.read_passport_scan": OFFICE,
    "passports.add_passport": OFFICE,
    "passports.change_passport": OFFICE,
    "passports.make_current": OFFICE,
    "people_list.citizenships": PEOPLE,
    "people_list.data_quality": PEOPLE,
    "people_list.list_people": PEOPLE,
    "people.read_passport_lines": OFFICE,
    "people.register_person": OFFICE,
    "people.register_student": OFFICE,
    "receipts.receipts_pdf": OFFICE | {Role.RECTOR},
    "releases.has_shipped_changes": {Role.HEAD},
    "releases.keep_ours": {Role.HEAD},
    "releases.preview_shipped": {Role.HEAD},
    "releases.shipped_changes": {Role.HEAD},
    "releases.take_shipped": {Role.HEAD},
    "person_documents.add_document": OFFICE,
    "person_documents.document_kinds": OFFICE,
    "person_documents.documents_of_person": PEOPLE,
    "person_documents.photo_of_person": PEOPLE,
    "person_history.person_history": OFFICE | {Role.RECTOR},
    "person_identity.agent_choices": OFFICE,
    "person_identity.agent_of_person": PEOPLE,
    "person_identity.change_identity": OFFICE,
    "person_identity.change_said": OFFICE,
    "person_notes.add_note": OFFICE,
    "payments.add_payment": OFFICE,
    "payments.payments_of_case": OFFICE | {Role.RECTOR},
    "payments.withdraw_payment": OFFICE,
    "person_notes.notes_of_case": OFFICE | {Role.RECTOR},
    "person_notes.notes_of_person": OFFICE | {Role.RECTOR},
    "person_notes.withdraw_note": OFFICE,
    "registrations.add_registration": OFFICE,
    "registrations.change_registration": OFFICE,
    "registrations.registrations_of_person": PEOPLE,
    "requirements.list_requirements": ALL,
    "requirements.move_requirement": {Role.HEAD},
    "requirements.put_requirement": {Role.HEAD},
    "requirements.retire_requirement": {Role.HEAD},
    "responsible.assign_case": OFFICE,
    "responsible.assign_cases": OFFICE,
    "responsible.people_responsible": PEOPLE,
    "residences.change_residence": OFFICE,
    "residences.move": OFFICE,
    "residences.residences_of_person": PEOPLE,
    "rule_changes.change_rule": {Role.HEAD},
    "rule_changes.confirm_rule": {Role.HEAD},
    "rule_views.list_rules": ALL,
    "rule_changes.preview_rule": {Role.HEAD},
    "rule_changes.preview_withdrawal": {Role.HEAD},
    "rule_views.rules_to_recheck": {Role.HEAD},
    "rule_views.visa_letters": ALL,
    "rule_views.unset_terms": ALL,
    "rule_changes.withdraw_rule": {Role.HEAD},
    "search.find": PEOPLE,
    "sign_in.change_own_password": ALL,
    "sign_in.sign_out_of": ALL,
    "stays.stay_of_person": PEOPLE,
    "steps.add_step": {Role.HEAD},
    "steps.change_step": {Role.HEAD},
    "steps.list_steps": ALL,
    "steps.move_step": {Role.HEAD},
    "radar.radar_counts": PEOPLE,
    "radar.radar_list": PEOPLE,
    "radar.waiting": PEOPLE,
    "users.change_own_language": ALL,
    "users.change_user": {Role.ADMIN},
    "users.create_user": {Role.ADMIN},
    "users.list_users": {Role.ADMIN},
    "users.reset_password": {Role.ADMIN},
    "visa_limits.change_passport_margin": {Role.HEAD},
    "visa_limits.passport_margin": ALL,
    "visa_limits.visa_limits": PEOPLE,
    "trips.add_trip": OFFICE,
    "trips.trips_of_person": PEOPLE,
    "trips.withdraw_trip": OFFICE,
    "visas.add_earlier_visa": OFFICE,
    "visas.carry_over_visa": OFFICE,
    "visas.add_visa": OFFICE,
    "visas.annul_visa": OFFICE,
    "visas.change_visa": OFFICE,
}


def use_cases() -> Iterator[tuple[str, Callable[..., object]]]:
    """Yield every public function of the services that takes an actor first."""
    beginning = "core.services."
    for module in pkgutil.walk_packages(core.services.__path__, beginning):
        loaded = importlib.import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            is_own = function.__module__ == loaded.__name__ and not name.startswith("_")
            parameters = list(inspect.signature(function).parameters) if is_own else []
            if parameters[:1] == ["actor"]:
                yield f"{module.name.removeprefix(beginning)}.{name}", function


USE_CASES = dict(use_cases())

#: These take an actor but decide nothing: they build conditions for those that do.
BUILDERS = {
    "scope.documents_in_scope",
    "scope.office_in_scope",
    "scope.open_deadlines_in_scope",
    "scope.people_in_scope",
    "scope.scope_key",
}


def test_every_use_case_asks_for_a_permission_and_stands_in_the_matrix() -> None:
    assert set(USE_CASES) - BUILDERS == set(MATRIX)
    for name in MATRIX:
        assert hasattr(USE_CASES[name], "__required_permission__"), name


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_the_grants_are_those_of_the_matrix(name: str) -> None:
    permission = USE_CASES[name].__required_permission__
    from core.permissions import GRANTS

    assert {role for role in ALL if permission in GRANTS[role]} == MATRIX[name]


@pytest.mark.parametrize("name", ["people.register_student", "users.create_user"])
def test_a_refusal_by_role_is_audited(cast: Cast, name: str) -> None:
    with pytest.raises(Refused):
        USE_CASES[name](cast.rector, None)
    with reading() as session:
        last = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
        assert last is not None
        assert (last.actor_name, last.outcome) == ("rita", AuditOutcome.REFUSED)
        assert last.action == name.split(".")[1]
