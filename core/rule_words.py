"""What deadline rules say, written from their figures in the language of the moment."""

from core.i18n import N_, _, ngettext
from core.rules.deadlines import (
    FIRST_VISA,
    REGISTRATION,
    REGISTRATION_AFTER_VISA,
    REGISTRATION_EXEMPT,
    REGISTRATION_TARGET,
    STATUS_NOTICE,
    VISA_EXTENSION,
)
from core.terms import RuleAnchor, RuleUnit

#: code → what its rules are called in a list.
_NAMES = {
    REGISTRATION: N_("Registration"),
    REGISTRATION_EXEMPT: N_("Registration: listed states"),
    REGISTRATION_TARGET: N_("Registration: safe date"),
    FIRST_VISA: N_("First study visa: papers"),
    VISA_EXTENSION: N_("Visa extension: papers"),
    REGISTRATION_AFTER_VISA: N_("Registration after the extension of a visa"),
    STATUS_NOTICE: N_("Notice of a change of status"),
}

_FIRST_PAPERS = (
    N_("Papers for a first study visa: %(count)s before the entry visa ends."),
    N_("Papers for a first study visa: %(count)s before the passport ends."),
    N_("Papers for a first study visa: %(count)s before the contract ends."),
)
_EXTENSION_PAPERS = (
    N_("Papers for the visa extension: %(count)s before the visa ends."),
    N_("Papers for the visa extension: %(count)s before the passport ends."),
    N_("Papers for the visa extension: %(count)s before the contract ends."),
)
_EXPIRIES = (RuleAnchor.VISA_EXPIRY, RuleAnchor.PASSPORT_EXPIRY, RuleAnchor.CONTRACT_END)

#: code and anchor → the sentence of a rule; ``%(count)s`` is its number of days.
_RULE_SENTENCES: dict[tuple[str, RuleAnchor], str] = {
    (REGISTRATION, RuleAnchor.ENTRY): N_(
        "Registration at the place of stay: within %(count)s after crossing the state border. "
        "The day of entry is day 0."
    ),
    (REGISTRATION_EXEMPT, RuleAnchor.ENTRY): N_(
        "Citizens of the listed states are exempt from registration for a number of calendar days "
        "after entry; the country table holds the number."
    ),
    (REGISTRATION_AFTER_VISA, RuleAnchor.VISA_ISSUE): N_(
        "Registration after the extension of a visa: within %(count)s after its issue."
    ),
    (STATUS_NOTICE, RuleAnchor.STATUS_CHANGE): N_(
        "Notice of a change of status: within %(count)s after the change."
    ),
    (REGISTRATION_TARGET, RuleAnchor.ENTRY): N_(
        "Safe date of registration: %(count)s after crossing the state border."
    ),
    **{(FIRST_VISA, anchor): text for anchor, text in zip(_EXPIRIES, _FIRST_PAPERS, strict=True)},
    **{
        (VISA_EXTENSION, anchor): text
        for anchor, text in zip(_EXPIRIES, _EXTENSION_PAPERS, strict=True)
    },
}

#: anchor → where the days of a rule lie; ``%(count)s`` is their number.
_COUNTS = {
    RuleAnchor.ENTRY: N_("%(count)s after the entry"),
    RuleAnchor.VISA_EXPIRY: N_("%(count)s before the visa ends"),
    RuleAnchor.PASSPORT_EXPIRY: N_("%(count)s before the passport ends"),
    RuleAnchor.CONTRACT_END: N_("%(count)s before the contract ends"),
    RuleAnchor.VISA_ISSUE: N_("%(count)s after the visa is issued"),
    RuleAnchor.STATUS_CHANGE: N_("%(count)s after the change of status"),
}

#: anchor → what the first day of a rule decides.
_FIRST_DAYS = {
    RuleAnchor.ENTRY: N_(
        "It holds for entries on its first day or later; for earlier ones the rule before it stays."
    ),
    RuleAnchor.VISA_EXPIRY: N_(
        "It holds for visas that end on its first day or later; for those that end earlier the "
        "rule before it stays."
    ),
    RuleAnchor.PASSPORT_EXPIRY: N_(
        "It holds for passports that end on its first day or later; for those that end earlier "
        "the rule before it stays."
    ),
    RuleAnchor.CONTRACT_END: N_(
        "It holds for contracts that end on its first day or later; for those that end earlier "
        "the rule before it stays."
    ),
    RuleAnchor.VISA_ISSUE: N_(
        "It holds for visas that are issued on its first day or later; for earlier ones the rule "
        "before it stays."
    ),
    RuleAnchor.STATUS_CHANGE: N_(
        "It holds for changes of status on its first day or later; for earlier ones the rule "
        "before it stays."
    ),
}


def rule_name(code: str) -> str:
    """Return what the rules of a code are called."""
    return _(_NAMES[code])


def rule_sentence(code: str, amount: int, unit: RuleUnit, anchor: RuleAnchor) -> str:
    """Return what a deadline rule says."""
    return _(_RULE_SENTENCES[code, anchor]) % {"count": days_counted(amount, unit)}


def days_counted(amount: int, unit: RuleUnit) -> str:
    """Return a number of days with its unit."""
    if unit is RuleUnit.WORKING_DAYS:
        counted = ngettext("%(days)s working day", "%(days)s working days", amount)
    else:
        counted = ngettext("%(days)s calendar day", "%(days)s calendar days", amount)
    return counted % {"days": amount}


def count_from_anchor(amount: int, unit: RuleUnit, anchor: RuleAnchor) -> str:
    """Return how many days lie between the fact a rule counts from and its date, and which way."""
    return _(_COUNTS[anchor]) % {"count": days_counted(amount, unit)}


def first_day_meaning(anchor: RuleAnchor) -> str:
    """Return whose dates a rule decides from its first day on."""
    return _(_FIRST_DAYS[anchor])
