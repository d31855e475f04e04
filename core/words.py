"""The words a person reads for each member of the vocabulary.

``tests/architecture`` holds that every member that a screen or a letter shows has its words.
"""

from enum import StrEnum

from core.i18n import N_, _
from core.permissions import Role
from core.terms import (
    CaseKind,
    CaseOutcome,
    CaseStep,
    ChargeKind,
    Confidence,
    CrossingDirection,
    EnrolmentStatus,
    InstitutionKind,
    ItemStatus,
    JobKind,
    JobStatus,
    Language,
    PartnershipStage,
    Party,
    RequirementCondition,
    ResidenceKind,
    RuleAnchor,
    RulePurpose,
    RuleSide,
    RuleUnit,
    ScanStatus,
    Sex,
    Urgency,
    VisaEntries,
    VisaLimit,
    VisaStatus,
)

#: Keyed by the enumeration first: members of two of them may have equal values.
WORDS: dict[type[StrEnum], dict[StrEnum, str]] = {
    Role: {
        Role.STAFF: N_("Specialist"),
        Role.HEAD: N_("Head of the department"),
        Role.DEAN: N_("Dean's office"),
        Role.RECTOR: N_("Rector"),
        Role.ADMIN: N_("Administrator"),
        Role.SYSTEM: N_("The system"),
    },
    Language: {
        Language.ENGLISH: "English",
        Language.RUSSIAN: "Русский",
        Language.KYRGYZ: "Кыргызча",
    },
    Sex: {
        Sex.MALE: N_("male"),
        Sex.FEMALE: N_("female"),
        Sex.UNSPECIFIED: N_("not stated"),
    },
    ResidenceKind: {
        ResidenceKind.HOSTEL: N_("University hostel"),
        ResidenceKind.FLAT: N_("Flat"),
    },
    EnrolmentStatus: {
        EnrolmentStatus.INVITED: N_("invited"),
        EnrolmentStatus.ARRIVED: N_("arrived"),
        EnrolmentStatus.STUDYING: N_("studying"),
        EnrolmentStatus.ON_LEAVE: N_("on leave"),
        EnrolmentStatus.GRADUATED: N_("graduated"),
        EnrolmentStatus.TRANSFERRED: N_("transferred"),
        EnrolmentStatus.EXPELLED: N_("expelled"),
        EnrolmentStatus.LEFT: N_("left"),
    },
    VisaStatus: {
        VisaStatus.ACTIVE: N_("active"),
        VisaStatus.REPLACED: N_("replaced"),
        VisaStatus.ANNULLED: N_("annulled"),
    },
    VisaEntries: {
        VisaEntries.SINGLE: N_("single entry"),
        VisaEntries.DOUBLE: N_("two entries"),
        VisaEntries.MULTIPLE: N_("multiple entries"),
    },
    CaseKind: {
        CaseKind.REGISTRATION: N_("Registration at the place of stay"),
        CaseKind.STUDY_VISA: N_("First study visa"),
        CaseKind.STUDY_VISA_EXTENSION: N_("Study visa extension"),
        CaseKind.ENTRY_INVITATION: N_("Entry visa invitation"),
        CaseKind.EXIT_VISA: N_("Exit visa"),
        CaseKind.EMBASSY_EXTENSION: N_("Passport extension at the embassy"),
        CaseKind.OUTBOUND_VISA: N_("Outbound visa"),
        CaseKind.STATUS_NOTICE: N_("Notice of status change"),
    },
    CaseStep: {
        CaseStep.DEAN: N_("with the dean's office"),
        CaseStep.DEPARTMENT: N_("with the International Department"),
        CaseStep.SCNB: N_("at SCNB (GKNB)"),
        CaseStep.DCS: N_("at DCS of the MFA"),
        CaseStep.ISSUED: N_("issued"),
        CaseStep.DONE: N_("done"),
    },
    CaseOutcome: {
        CaseOutcome.DONE: N_("done"),
        CaseOutcome.SUPERSEDED: N_("superseded"),
        CaseOutcome.WITHDRAWN: N_("withdrawn"),
    },
    ScanStatus: {
        ScanStatus.GREEN: N_("read, compare once"),
        ScanStatus.YELLOW: N_("read with doubts"),
        ScanStatus.RED: N_("not read"),
    },
    ItemStatus: {
        ItemStatus.MISSING: N_("missing"),
        ItemStatus.PENDING: N_("to be checked"),
        ItemStatus.ACCEPTED: N_("accepted"),
        ItemStatus.REJECTED: N_("rejected"),
        ItemStatus.SEEN_ON_PAPER: N_("seen on paper"),
    },
    RuleUnit: {
        RuleUnit.WORKING_DAYS: N_("working days"),
        RuleUnit.CALENDAR_DAYS: N_("calendar days"),
    },
    RuleAnchor: {
        RuleAnchor.ENTRY: N_("the entry"),
        RuleAnchor.VISA_EXPIRY: N_("the end of the visa"),
        RuleAnchor.VISA_ISSUE: N_("the issue of the visa"),
        RuleAnchor.PASSPORT_EXPIRY: N_("the end of the passport"),
        RuleAnchor.CONTRACT_END: N_("the end of the contract"),
        RuleAnchor.STATUS_CHANGE: N_("the change of status"),
    },
    RuleSide: {
        RuleSide.BEFORE: N_("before"),
        RuleSide.AFTER: N_("after"),
    },
    RulePurpose: {
        RulePurpose.DUE: N_("date of the law"),
        RulePurpose.TARGET: N_("safe date"),
    },
    RequirementCondition: {
        RequirementCondition.LIVES_IN_HOSTEL: N_("lives in the hostel"),
        RequirementCondition.LIVES_IN_FLAT: N_("lives in a flat"),
        RequirementCondition.NEEDS_ENTRY_VISA: N_("needs a visa to enter"),
        RequirementCondition.HOLDS_STUDY_VISA: N_("holds a study visa"),
        RequirementCondition.HOLDS_NO_STUDY_VISA: N_("holds no study visa yet"),
        RequirementCondition.SUBMITTED_LATE: N_("opened after its due date"),
    },
    Party: {
        Party.STUDENT: N_("the student"),
        Party.DEAN: N_("the dean's office"),
        Party.DEPARTMENT: N_("the International Department"),
        Party.SCNB: N_("SCNB (GKNB)"),
        Party.DCS: N_("DCS of the MFA"),
        Party.EMBASSY: N_("the embassy"),
    },
    ChargeKind: {
        ChargeKind.FEE: N_("State fee"),
        ChargeKind.FINE: N_("Fine"),
    },
    CrossingDirection: {
        CrossingDirection.IN: N_("entry"),
        CrossingDirection.OUT: N_("exit"),
    },
    VisaLimit: {
        VisaLimit.PASSPORT: N_("End of the passport, less the margin"),
        VisaLimit.CONTRACT: N_("End of the contract"),
        VisaLimit.TOTAL_TERM: N_("End of the course, or five years in all"),
        VisaLimit.ACADEMIC_YEAR: N_("One academic year"),
        VisaLimit.REQUESTED: N_("The end that is asked for"),
    },
    Confidence: {
        Confidence.OFFICIAL: N_("official source"),
        Confidence.DEPARTMENT: N_("the department's own page"),
        Confidence.SECONDARY: N_("secondary source"),
        Confidence.DERIVED: N_("derived"),
        Confidence.CONFLICT: N_("sources disagree"),
        Confidence.ESTIMATED: N_("estimated"),
        Confidence.ASSUMPTION: N_("assumption"),
        Confidence.UNVERIFIED: N_("not verified"),
    },
    Urgency: {
        Urgency.OVERDUE: N_("overdue"),
        Urgency.THIS_WEEK: N_("within a week"),
        Urgency.TWO_WEEKS: N_("within two weeks"),
        Urgency.THIS_MONTH: N_("within a month"),
        Urgency.LATER: N_("later"),
    },
    JobKind: {
        JobKind.RECOMPUTE_DEADLINES: N_("Recomputing due dates"),
        JobKind.SWEEP: N_("Daily sweep"),
        JobKind.PURGE: N_("Purging expired records"),
    },
    JobStatus: {
        JobStatus.WAITING: N_("waiting"),
        JobStatus.RUNNING: N_("running"),
        JobStatus.DONE: N_("done"),
        JobStatus.FAILED: N_("failed"),
    },
    InstitutionKind: {
        InstitutionKind.UNIVERSITY: N_("University"),
        InstitutionKind.CLINIC: N_("Clinic"),
        InstitutionKind.OWN_CLINIC: N_("Own clinic"),
        InstitutionKind.MEDICAL_CENTRE: N_("Medical centre"),
        InstitutionKind.COMPANY: N_("Company"),
        InstitutionKind.AGENCY: N_("Agency"),
        InstitutionKind.MEDIA: N_("Media"),
        InstitutionKind.ACADEMY: N_("Academy"),
        InstitutionKind.JOURNAL: N_("Journal"),
        InstitutionKind.PROJECT: N_("Project"),
        InstitutionKind.MISSION: N_("Diplomatic mission"),
        InstitutionKind.STATE_BODY: N_("State body"),
    },
    PartnershipStage: {
        PartnershipStage.LISTED: N_("listed partner"),
        PartnershipStage.COOPERATION: N_("cooperation established"),
        PartnershipStage.IN_SIGNING: N_("in process of signing"),
        PartnershipStage.SIGNED: N_("agreement signed"),
        PartnershipStage.ON_HOLD: N_("signed, on hold"),
        PartnershipStage.ACTIVE: N_("active projects"),
        PartnershipStage.MEMBER: N_("founder member"),
        PartnershipStage.CONTACTS: N_("contacts"),
        PartnershipStage.OWN_BASE: N_("own base"),
    },
}


def word(member: StrEnum) -> str:
    """Return the words for ``member`` in the language of the moment."""
    return _(WORDS[type(member)][member])
