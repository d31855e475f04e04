"""The vocabulary of the department: every closed list of words the product stores or shows.

A member's value is what the database holds and what an address in the browser says; it is
permanent. The words a person reads come from the catalogues, keyed by the same value.
"""

from enum import StrEnum


class Language(StrEnum):
    """A language of the interface, of letters and of messages."""

    ENGLISH = "en"
    RUSSIAN = "ru"
    KYRGYZ = "ky"


class Sex(StrEnum):
    """Sex as the machine-readable zone states it; X is its ``<``, not stated."""

    MALE = "M"
    FEMALE = "F"
    UNSPECIFIED = "X"


class ResidenceKind(StrEnum):
    """Where a person lives: the university's hostel, or a flat let by its owner."""

    HOSTEL = "hostel"
    FLAT = "flat"


class CrossingDirection(StrEnum):
    """A border crossing into or out of Kyrgyzstan."""

    IN = "in"
    OUT = "out"


class EnrolmentStatus(StrEnum):
    """The life of an enrolment, from the invitation to its end."""

    INVITED = "invited"
    ARRIVED = "arrived"
    STUDYING = "studying"
    ON_LEAVE = "on_leave"
    GRADUATED = "graduated"
    TRANSFERRED = "transferred"
    EXPELLED = "expelled"
    LEFT = "left"


class Funding(StrEnum):
    """Who pays for a student's place."""

    OWN_CONTRACT = "own_contract"
    SPONSOR = "sponsor"
    GRANT = "grant"
    QUOTA = "quota"
    EXCHANGE = "exchange"


class EngagementKind(StrEnum):
    """What a person who is no student is to the university."""

    TEACHER = "teacher"
    CLINIC_STAFF = "clinic_staff"
    VISITOR = "visitor"


class FamilyRelation(StrEnum):
    """What a relative is to the person of ours he is here with."""

    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    SIBLING = "sibling"
    OTHER = "other"


class PassportKind(StrEnum):
    """What a travel document is; visa terms differ between them."""

    ORDINARY = "ordinary"
    DIPLOMATIC = "diplomatic"
    SERVICE = "service"
    TRAVEL_DOCUMENT = "travel_document"


class PassportHolder(StrEnum):
    """In whose hands a passport is."""

    OWNER = "owner"
    DEPARTMENT = "department"
    DCS = "dcs"
    SCNB = "scnb"
    EMBASSY = "embassy"


class PersonFact(StrEnum):
    """A fact the department needs of a person; the order is that of the form."""

    NAME = "name"
    CITIZENSHIP = "citizenship"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    PASSPORT_NUMBER = "passport_number"
    PASSPORT_EXPIRY = "passport_expiry"
    FACULTY = "faculty"
    COURSE = "course"
    CONTRACT_NUMBER = "contract_number"
    CONTRACT_END = "contract_end"
    ENTRY = "entry"
    VISA = "visa"
    RESIDENCE = "residence"
    ADDRESS = "address"
    LANDLORD_CONSENT = "landlord_consent"
    PHONE = "phone"
    PHOTO = "photo"


class Contradiction(StrEnum):
    """What a record says that cannot all be true, or must not stay so."""

    VISA_OUTLIVES_PASSPORT = "visa_outlives_passport"
    VISA_IN_REPLACED_PASSPORT = "visa_in_replaced_passport"
    VISA_OF_A_CITIZEN = "visa_of_a_citizen"
    STUDIES_WITHOUT_CONTRACT = "studies_without_contract"
    STUDIES_FROM_ABROAD = "studies_from_abroad"
    REGISTERED_WHILE_AWAY = "registered_while_away"
    LIVES_WITHOUT_CONSENT = "lives_without_consent"
    LIVES_IN_TWO_PLACES = "lives_in_two_places"
    NO_STUDENTS_AGE = "no_students_age"
    ENTERED_BEFORE_PASSPORT = "entered_before_passport"


class ClosedReason(StrEnum):
    """Why the record of a person is closed; it is kept all the same."""

    MERGED = "merged"
    IMPORT_UNDONE = "import_undone"


#: Statuses in which a student belongs to his faculty, and its dean's office sees him.
CURRENT_ENROLMENT_STATUSES = frozenset(
    {
        EnrolmentStatus.INVITED,
        EnrolmentStatus.ARRIVED,
        EnrolmentStatus.STUDYING,
        EnrolmentStatus.ON_LEAVE,
    }
)


class VisaStatus(StrEnum):
    """What a visa is worth today; expiry is a date, not a status.

    An exit visa is a state of its own: it takes the place of the one in force, and its holder has
    to leave by its last day.
    """

    ACTIVE = "active"
    REPLACED = "replaced"
    ANNULLED = "annulled"
    EXIT = "exit"


#: Statuses of a visa that somebody may still lean on; an exit visa lets him out only.
VISA_STATUSES_IN_FORCE = frozenset({VisaStatus.ACTIVE, VisaStatus.EXIT})


class TripWarning(StrEnum):
    """Why somebody could not come back from a trip."""

    EXIT_VISA = "exit_visa"
    ENTRIES_USED_UP = "entries_used_up"
    VISA_ENDS = "visa_ends"
    PASSPORT_ENDS = "passport_ends"


class VisaLimit(StrEnum):
    """What a study visa cannot outlast, in the order in which equal days are told."""

    PASSPORT = "passport"
    CONTRACT = "contract"
    TOTAL_TERM = "total_term"
    ACADEMIC_YEAR = "academic_year"
    REQUESTED = "requested"


class VisaEntries(StrEnum):
    """How often a visa admits; leaving the country ends a single-entry visa."""

    SINGLE = "single"
    DOUBLE = "double"
    MULTIPLE = "multiple"


class CaseKind(StrEnum):
    """A procedure the department carries out for one person."""

    REGISTRATION = "registration"
    STUDY_VISA = "study_visa"
    STUDY_VISA_EXTENSION = "study_visa_ext"
    ENTRY_INVITATION = "entry_visa_invitation"
    EXIT_VISA = "exit_visa"
    EMBASSY_EXTENSION = "embassy_extension"
    OUTBOUND_VISA = "outbound_visa"
    STATUS_NOTICE = "status_notice"


class MoveKind(StrEnum):
    """What going from one step of a case to another is."""

    ADVANCE = "advance"
    SKIP = "skip"
    RETURN = "return"


class CaseOutcome(StrEnum):
    """Why a case is closed."""

    DONE = "done"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class BatchAnswer(StrEnum):
    """What an authority answers to one case of a batch."""

    APPROVED = "approved"
    RETURNED = "returned"
    REFUSED = "refused"


class PlaceState(StrEnum):
    """How it stands with a case in a batch."""

    GATHERED = "gathered"
    WAITING = "waiting"
    APPROVED = "approved"
    RETURNED = "returned"
    REFUSED = "refused"
    TAKEN_OUT = "taken_out"


class BatchPaper(StrEnum):
    """A list of the persons of a batch, by who reads it."""

    PERSONS = "persons"
    SCNB = "scnb"


class ItemStatus(StrEnum):
    """How far one required document of a case has come."""

    MISSING = "missing"
    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SEEN_ON_PAPER = "seen_on_paper"


class ScanStatus(StrEnum):
    """How far what was read from a passport scan may be trusted."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class RuleUnit(StrEnum):
    """How a rule counts its days."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


class RuleAnchor(StrEnum):
    """The dated fact a rule counts from (after it) or towards (before it)."""

    ENTRY = "entry"
    VISA_EXPIRY = "visa_expiry"
    VISA_ISSUE = "visa_issue"
    PASSPORT_EXPIRY = "passport_expiry"
    CONTRACT_END = "contract_end"
    STATUS_CHANGE = "status_change"


class RuleSide(StrEnum):
    """Whether the counted days lie before or after the anchor."""

    BEFORE = "before"
    AFTER = "after"


class RulePurpose(StrEnum):
    """What the date a rule makes is: the law's limit, or the safe date aimed at."""

    DUE = "due"
    TARGET = "target"


class Confidence(StrEnum):
    """How well a fact of law is founded, as the reference tables mark it."""

    OFFICIAL = "official"
    DEPARTMENT = "department"
    SECONDARY = "secondary"
    DERIVED = "derived"
    CONFLICT = "conflict"
    ESTIMATED = "estimated"
    ASSUMPTION = "assumption"
    UNVERIFIED = "unverified"


class RequirementCondition(StrEnum):
    """The fact under which a document is asked for."""

    LIVES_IN_HOSTEL = "lives_in_hostel"
    LIVES_IN_FLAT = "lives_in_flat"
    NEEDS_ENTRY_VISA = "needs_entry_visa"
    HOLDS_STUDY_VISA = "holds_study_visa"
    HOLDS_NO_STUDY_VISA = "holds_no_study_visa"
    SUBMITTED_LATE = "submitted_late"


class Party(StrEnum):
    """Who has to act for a case to go on."""

    STUDENT = "student"
    DEAN = "dean"
    DEPARTMENT = "department"
    SCNB = "scnb"
    DCS = "dcs"
    EMBASSY = "embassy"


class SheetPart(StrEnum):
    """A part of the Monday sheet: what to do oneself, what to wait for, whom to remind."""

    ACT = "act"
    WAIT = "wait"
    CHASE = "chase"


class ChargeKind(StrEnum):
    """Money the state asks for: a fee for a service, or a fine."""

    FEE = "fee"
    FINE = "fine"


class Urgency(StrEnum):
    """How near a due date is, in the words every list uses."""

    OVERDUE = "overdue"
    THIS_WEEK = "this_week"
    TWO_WEEKS = "two_weeks"
    THIS_MONTH = "this_month"
    LATER = "later"


class Matter(StrEnum):
    """What can fall due or run out: a case with its due date, or a paper with its last day."""

    CASE = "case"
    VISA = "visa"
    REGISTRATION = "registration"
    PASSPORT = "passport"
    CONTRACT = "contract"
    CONSENT = "consent"
    DOCUMENT = "document"


class DueGap(StrEnum):
    """Why an open case has no due date, where no fact of the person is missing."""

    NO_TERM = "no_term"


class JobKind(StrEnum):
    """A piece of long work done outside the browser's request."""

    RECOMPUTE_DEADLINES = "recompute_deadlines"
    SWEEP = "sweep"
    PURGE = "purge"
    IMPORT_CHECK = "import_check"
    IMPORT_COMMIT = "import_commit"
    IMPORT_UNDO = "import_undo"
    REMIND = "remind"
    SEND_MAIL = "send_mail"


class MessageChannel(StrEnum):
    """How a message reaches its recipient."""

    EMAIL = "email"
    WHATSAPP = "whatsapp"
    TELEGRAM = "telegram"


class MessageStatus(StrEnum):
    """How far a message has come.

    ``UNCERTAIN`` is mail that may have left or not: the process or the line was cut at that moment.
    """

    PREPARED = "prepared"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    WITHDRAWN = "withdrawn"


class MessageAudience(StrEnum):
    """Whom a text addresses: the student himself, or the representative of several."""

    STUDENT = "student"
    AGENT = "agent"


class MailTrouble(StrEnum):
    """Why mail did not leave, or perhaps did."""

    TRY_AGAIN = "try_again"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


class ImportStatus(StrEnum):
    """How far a file of people has come on its way into the register."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    COMMITTING = "committing"
    COMMITTED = "committed"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"


class ImportAction(StrEnum):
    """What a row of such a file comes to."""

    NEW = "new"
    UPDATE = "update"
    SAME = "same"
    ERROR = "error"


class ImportField(StrEnum):
    """What a column of such a file may hold; the order is that of the template."""

    SURNAME = "surname"
    GIVEN_NAMES = "given_names"
    FULL_NAME = "full_name"
    NATIVE_NAME = "native_name"
    NAME_RU = "name_ru"
    NAME_KY = "name_ky"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    CITIZENSHIP = "citizenship"
    PASSPORT_NUMBER = "passport_number"
    ISSUING_STATE = "issuing_state"
    ISSUED_ON = "issued_on"
    EXPIRES_ON = "expires_on"
    FACULTY = "faculty"
    COURSE = "course"
    PROGRAMME = "programme"
    GROUP = "group_name"
    FUNDING = "funding"
    ORDER_NUMBER = "order_number"
    ORDER_ON = "order_on"
    CONTRACT_NUMBER = "contract_number"
    CONTRACT_FROM = "contract_from"
    CONTRACT_UNTIL = "contract_until"
    COURSE_UNTIL = "course_until"
    ENTERED_ON = "entered_on"
    VISA_CATEGORY = "visa_category"
    VISA_ENTRIES = "visa_entries"
    VISA_NUMBER = "visa_number"
    VISA_FROM = "visa_from"
    VISA_UNTIL = "visa_until"
    RESIDENCE = "residence"
    ADDRESS = "address"
    OWNER_NAME = "owner_name"
    CONSENT_UNTIL = "consent_until"
    PHONE = "phone"
    EMAIL = "email"
    AGENT = "agent"


class DayOrder(StrEnum):
    """Which of day and month a date written with figures names first."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class JobStatus(StrEnum):
    """How far a piece of long work has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class MediaType(StrEnum):
    """The file types accepted as documents, by what the content is, not by the name."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


class InstitutionKind(StrEnum):
    """What a partner is."""

    UNIVERSITY = "university"
    CLINIC = "clinic"
    OWN_CLINIC = "own_clinic"
    MEDICAL_CENTRE = "medical_centre"
    COMPANY = "company"
    AGENCY = "agency"
    MEDIA = "media"
    ACADEMY = "academy"
    JOURNAL = "journal"
    PROJECT = "project"
    MISSION = "mission"
    STATE_BODY = "state_body"


class PartnershipStage(StrEnum):
    """How far the relation with a partner has come, by the page's own words."""

    LISTED = "listed"
    COOPERATION = "cooperation"
    IN_SIGNING = "in_signing"
    SIGNED = "signed"
    ON_HOLD = "on_hold"
    ACTIVE = "active"
    MEMBER = "member"
    CONTACTS = "contacts"
    OWN_BASE = "own_base"


class AuditOutcome(StrEnum):
    """Whether the audited attempt was carried out or refused."""

    DONE = "done"
    REFUSED = "refused"
