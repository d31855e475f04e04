"""The words a person reads for each member of the vocabulary.

``tests/architecture`` holds that every member that a screen or a letter shows has its words.
"""

from enum import StrEnum

from core.i18n import N_, _
from core.permissions import Role
from core.terms import (
    BatchAnswer,
    BatchPaper,
    CaseKind,
    CaseOutcome,
    ChargeKind,
    Confidence,
    Contradiction,
    CrossingDirection,
    DayOrder,
    DueGap,
    EngagementKind,
    EnrolmentStatus,
    FamilyRelation,
    Funding,
    ImportAction,
    ImportField,
    ImportStatus,
    InstitutionKind,
    ItemStatus,
    JobKind,
    JobStatus,
    Language,
    Matter,
    MessageAudience,
    MessageChannel,
    MessageStatus,
    MoveKind,
    PartnershipStage,
    Party,
    PassportHolder,
    PassportKind,
    PersonFact,
    PlaceState,
    RequirementCondition,
    ResidenceKind,
    RuleAnchor,
    RulePurpose,
    RuleSide,
    RuleUnit,
    ScanStatus,
    Sex,
    SheetPart,
    TripWarning,
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
    Funding: {
        Funding.OWN_CONTRACT: N_("own contract"),
        Funding.SPONSOR: N_("sponsor"),
        Funding.GRANT: N_("grant"),
        Funding.QUOTA: N_("state quota"),
        Funding.EXCHANGE: N_("exchange"),
    },
    EngagementKind: {
        EngagementKind.TEACHER: N_("teacher"),
        EngagementKind.CLINIC_STAFF: N_("clinic staff"),
        EngagementKind.VISITOR: N_("visitor"),
    },
    FamilyRelation: {
        FamilyRelation.SPOUSE: N_("spouse"),
        FamilyRelation.CHILD: N_("child"),
        FamilyRelation.PARENT: N_("parent"),
        FamilyRelation.SIBLING: N_("brother or sister"),
        FamilyRelation.OTHER: N_("other relative"),
    },
    PassportKind: {
        PassportKind.ORDINARY: N_("ordinary passport"),
        PassportKind.DIPLOMATIC: N_("diplomatic passport"),
        PassportKind.SERVICE: N_("service passport"),
        PassportKind.TRAVEL_DOCUMENT: N_("travel document"),
    },
    PassportHolder: {
        PassportHolder.OWNER: N_("its owner"),
        PassportHolder.DEPARTMENT: N_("the International Department"),
        PassportHolder.DCS: N_("DCS of the MFA"),
        PassportHolder.SCNB: N_("SCNB (GKNB)"),
        PassportHolder.EMBASSY: N_("the embassy"),
    },
    PersonFact: {
        PersonFact.NAME: N_("name"),
        PersonFact.CITIZENSHIP: N_("citizenship"),
        PersonFact.BIRTH_DATE: N_("birth date"),
        PersonFact.SEX: N_("sex"),
        PersonFact.PASSPORT_NUMBER: N_("passport number"),
        PersonFact.PASSPORT_EXPIRY: N_("end of the passport"),
        PersonFact.FACULTY: N_("faculty"),
        PersonFact.COURSE: N_("course"),
        PersonFact.CONTRACT_NUMBER: N_("contract number"),
        PersonFact.CONTRACT_END: N_("end of the contract"),
        PersonFact.ENTRY: N_("day of entry"),
        PersonFact.VISA: N_("visa"),
        PersonFact.RESIDENCE: N_("residence"),
        PersonFact.ADDRESS: N_("address or room"),
        PersonFact.LANDLORD_CONSENT: N_("end of the landlord's consent"),
        PersonFact.PHONE: N_("telephone or e-mail"),
        PersonFact.PHOTO: N_("photo"),
    },
    Contradiction: {
        Contradiction.VISA_OUTLIVES_PASSPORT: N_(
            "The visa ends after the passport it stands in: check both dates."
        ),
        Contradiction.VISA_IN_REPLACED_PASSPORT: N_(
            "The visa stands in a passport that was replaced: check whether it was carried over."
        ),
        Contradiction.VISA_OF_A_CITIZEN: N_(
            "A citizen of Kyrgyzstan has a visa: check the citizenship and the visa."
        ),
        Contradiction.STUDIES_WITHOUT_CONTRACT: N_(
            "The contract has ended, the status says he studies: check the contract and the status."
        ),
        Contradiction.STUDIES_FROM_ABROAD: N_(
            "He left the country over four months ago, the status says he studies: "
            "check the crossings and the status."
        ),
        Contradiction.REGISTERED_WHILE_AWAY: N_(
            "He was registered after he had left the country: check whether an entry is missing."
        ),
        Contradiction.LIVES_WITHOUT_CONSENT: N_(
            "The owner's consent has ended, he still lives in the flat: "
            "check the consent and the address."
        ),
        Contradiction.LIVES_IN_TWO_PLACES: N_(
            "He lives in two places at once: end the address he has left."
        ),
        Contradiction.NO_STUDENTS_AGE: N_(
            "He would study younger than 15 or older than 70: check the birth date."
        ),
        Contradiction.ENTERED_BEFORE_PASSPORT: N_(
            "He entered with a passport issued later: check the entry and the day of issue."
        ),
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
        VisaStatus.EXIT: N_("exit visa"),
    },
    TripWarning: {
        TripWarning.EXIT_VISA: N_("An exit visa lets out and not in again."),
        TripWarning.ENTRIES_USED_UP: N_("The visa does not admit once more after the exit."),
        TripWarning.VISA_ENDS: N_("The visa ends before the day of return."),
        TripWarning.PASSPORT_ENDS: N_("The passport ends before the day of return."),
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
    CaseOutcome: {
        CaseOutcome.DONE: N_("done"),
        CaseOutcome.SUPERSEDED: N_("superseded"),
        CaseOutcome.WITHDRAWN: N_("withdrawn"),
        CaseOutcome.REFUSED: N_("refused by the authority"),
    },
    BatchAnswer: {
        BatchAnswer.APPROVED: N_("approved"),
        BatchAnswer.RETURNED: N_("returned"),
        BatchAnswer.REFUSED: N_("refused"),
    },
    PlaceState: {
        PlaceState.GATHERED: N_("gathered"),
        PlaceState.WAITING: N_("no answer yet"),
        PlaceState.APPROVED: N_("approved"),
        PlaceState.RETURNED: N_("returned"),
        PlaceState.REFUSED: N_("refused"),
        PlaceState.TAKEN_OUT: N_("taken out"),
    },
    BatchPaper: {
        BatchPaper.PERSONS: N_("Table of persons"),
        BatchPaper.SCNB: N_("List for SCNB (GKNB)"),
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
    MoveKind: {
        MoveKind.ADVANCE: N_("on to"),
        MoveKind.SKIP: N_("past others to"),
        MoveKind.RETURN: N_("back to"),
    },
    Party: {
        Party.STUDENT: N_("the student"),
        Party.DEAN: N_("the dean's office"),
        Party.DEPARTMENT: N_("the International Department"),
        Party.SCNB: N_("SCNB (GKNB)"),
        Party.DCS: N_("DCS of the MFA"),
        Party.EMBASSY: N_("the embassy"),
    },
    SheetPart: {
        SheetPart.ACT: N_("Act"),
        SheetPart.WAIT: N_("Wait"),
        SheetPart.CHASE: N_("Chase"),
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
    Matter: {
        Matter.CASE: N_("Case"),
        Matter.VISA: N_("Visa"),
        Matter.REGISTRATION: N_("Registration"),
        Matter.PASSPORT: N_("Passport"),
        Matter.CONTRACT: N_("Contract"),
        Matter.CONSENT: N_("Owner's consent"),
        Matter.DOCUMENT: N_("Document"),
    },
    Urgency: {
        Urgency.OVERDUE: N_("overdue"),
        Urgency.THIS_WEEK: N_("within a week"),
        Urgency.TWO_WEEKS: N_("within two weeks"),
        Urgency.THIS_MONTH: N_("within a month"),
        Urgency.LATER: N_("later"),
    },
    DueGap: {
        DueGap.NO_TERM: N_("no term confirmed"),
    },
    JobKind: {
        JobKind.RECOMPUTE_DEADLINES: N_("Recomputing due dates"),
        JobKind.SWEEP: N_("Daily sweep"),
        JobKind.PURGE: N_("Purging expired records"),
        JobKind.IMPORT_CHECK: N_("Checking a file of people"),
        JobKind.IMPORT_COMMIT: N_("Taking over a file of people"),
        JobKind.IMPORT_UNDO: N_("Undoing a file of people"),
        JobKind.REMIND: N_("Preparing reminders"),
        JobKind.SEND_MAIL: N_("Sending mail"),
    },
    MessageChannel: {
        MessageChannel.EMAIL: N_("E-mail"),
        MessageChannel.WHATSAPP: "WhatsApp",
        MessageChannel.TELEGRAM: "Telegram",
    },
    MessageStatus: {
        MessageStatus.PREPARED: N_("prepared"),
        MessageStatus.QUEUED: N_("queued"),
        MessageStatus.SENDING: N_("being sent"),
        MessageStatus.SENT: N_("sent"),
        MessageStatus.FAILED: N_("failed"),
        MessageStatus.UNCERTAIN: N_("uncertain"),
        MessageStatus.WITHDRAWN: N_("withdrawn"),
    },
    MessageAudience: {
        MessageAudience.STUDENT: N_("to the student"),
        MessageAudience.AGENT: N_("to the representative"),
    },
    ImportStatus: {
        ImportStatus.UPLOADED: N_("received"),
        ImportStatus.CHECKING: N_("being checked"),
        ImportStatus.CHECKED: N_("checked"),
        ImportStatus.COMMITTING: N_("being taken over"),
        ImportStatus.COMMITTED: N_("taken over"),
        ImportStatus.UNDOING: N_("being undone"),
        ImportStatus.UNDONE: N_("undone"),
        ImportStatus.FAILED: N_("failed"),
    },
    ImportAction: {
        ImportAction.NEW: N_("new"),
        ImportAction.UPDATE: N_("update"),
        ImportAction.SAME: N_("unchanged"),
        ImportAction.ERROR: N_("error"),
    },
    ImportField: {
        ImportField.SURNAME: N_("Surname"),
        ImportField.GIVEN_NAMES: N_("Given names"),
        ImportField.FULL_NAME: N_("Full name"),
        ImportField.NATIVE_NAME: N_("Name in his own script"),
        ImportField.NAME_RU: N_("Russian name"),
        ImportField.NAME_KY: N_("Kyrgyz name"),
        ImportField.SEX: N_("Sex"),
        ImportField.BIRTH_DATE: N_("Birth date"),
        ImportField.CITIZENSHIP: N_("Citizenship"),
        ImportField.PASSPORT_NUMBER: N_("Passport number"),
        ImportField.ISSUING_STATE: N_("Passport issued by"),
        ImportField.ISSUED_ON: N_("Passport issued on"),
        ImportField.EXPIRES_ON: N_("Passport ends"),
        ImportField.FACULTY: N_("Faculty"),
        ImportField.COURSE: N_("Course"),
        ImportField.PROGRAMME: N_("Programme"),
        ImportField.GROUP: N_("Group"),
        ImportField.FUNDING: N_("Funding"),
        ImportField.ORDER_NUMBER: N_("Order number"),
        ImportField.ORDER_ON: N_("Order of"),
        ImportField.CONTRACT_NUMBER: N_("Contract number"),
        ImportField.CONTRACT_FROM: N_("Contract from"),
        ImportField.CONTRACT_UNTIL: N_("Contract until"),
        ImportField.COURSE_UNTIL: N_("Course ends"),
        ImportField.ENTERED_ON: N_("Date of entry"),
        ImportField.VISA_CATEGORY: N_("Visa letter"),
        ImportField.VISA_ENTRIES: N_("Visa entries"),
        ImportField.VISA_NUMBER: N_("Visa number"),
        ImportField.VISA_FROM: N_("Visa from"),
        ImportField.VISA_UNTIL: N_("Visa until"),
        ImportField.RESIDENCE: N_("Lives in"),
        ImportField.ADDRESS: N_("Room or address"),
        ImportField.OWNER_NAME: N_("Owner of the flat"),
        ImportField.CONSENT_UNTIL: N_("Consent until"),
        ImportField.PHONE: N_("Telephone"),
        ImportField.EMAIL: N_("E-mail"),
        ImportField.AGENT: N_("Representative"),
    },
    DayOrder: {
        DayOrder.DAY_FIRST: N_("day before month"),
        DayOrder.MONTH_FIRST: N_("month before day"),
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
