"""The drop area for a passport scan, and what was read from it beside the picture of its lines."""

import base64

import streamlit as st

from core.errors import DomainError
from core.i18n import N_, _
from core.permissions import Actor
from core.services.passport_scans import ScanReading, read_passport_scan
from core.services.person_documents import PASSPORT, add_document
from core.terms import ScanStatus
from pages.intake.reading import warn_of_visa
from pages.shell import parts
from pages.shell.once import once
from pages.shell.parts import escaped

#: What is held of the scan: what it came to, its file, and which drop area it lies in.
_OUTCOME, _FILE, _TURN = "intake_scan", "intake_scan_file", "intake_scan_turn"
_KEEP, _KEPT = "intake_scan_keep", "intake_scan_kept"

_FIELDS = {
    "surname": N_("Surname as in the passport"),
    "given_names": N_("Given names (may be empty)"),
    "document_number": N_("Passport number"),
    "issuing_state": N_("Issued by"),
    "nationality": N_("Nationality"),
    "birth_date": N_("Born"),
    "sex": N_("Sex"),
    "expiry_date": N_("Passport ends"),
}

_ADVICE = {
    ScanStatus.GREEN: N_("Compare the form with the picture once, complete it and save."),
    ScanStatus.YELLOW: N_("These fields are doubtful; compare them with the passport:"),
    ScanStatus.RED: N_("The lines could not be read for certain. Type them in from the picture."),
}
_NO_LINES = N_(
    "No machine-readable lines were found. Photograph the whole page with the lines at its foot, "
    "from straight above and in good light, or type the passport in by hand."
)


def drop_scan(actor: Actor) -> bool:
    """Ask for a scan and read a new one at once; return whether one was dropped just now."""
    file = st.file_uploader(
        _("Photo, scan or PDF of the passport page"),
        type=["jpg", "jpeg", "png", "pdf"],
        key=_drop_area(),
    )
    if file is None:
        _forget(_OUTCOME, _FILE)
        return False
    if st.session_state.get(_FILE) == file.file_id:
        return False
    with st.spinner(_("The passport is being read…")):
        st.session_state[_OUTCOME] = _read(actor, file.getvalue())
    st.session_state[_FILE] = file.file_id
    return True


def keep_scan(actor: Actor, person_id: int) -> None:
    """Put the scan that filled the form among the documents of the person just registered."""
    st.session_state.pop(_KEPT, None)
    file = st.session_state.get(_drop_area())
    # There is no box to tick for a file that was refused.
    if file is None or not st.session_state.get(_keep_box(), False):
        return

    def keep() -> DomainError | bool:
        try:
            add_document(
                actor, person_id, kind=PASSPORT, file_name=file.name, content=file.getvalue()
            )
        except DomainError as refusal:
            return refusal
        return True

    st.session_state[_KEPT] = once(_drop_area(), keep)


def show_kept() -> None:
    """Say beside the record just made what became of the scan."""
    kept: DomainError | bool | None = st.session_state.get(_KEPT)
    if isinstance(kept, DomainError):
        parts.refusal(kept)
        st.caption(_("The scan was not kept. Add it on the card, under “Documents”."))
    elif kept:
        st.caption(_("The scan is kept among his documents."))


def clear_scan() -> None:
    """Empty the drop area for the next passport."""
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    _forget(_OUTCOME, _FILE)


def last_scan() -> ScanReading | None:
    """Return what was read from the scan in the drop area; None without one."""
    outcome = st.session_state.get(_OUTCOME)
    return outcome if isinstance(outcome, ScanReading) else None


def show_scan() -> None:
    """Show the status as a word, the picture of the lines, and what a person has to compare."""
    outcome: ScanReading | DomainError | None = st.session_state.get(_OUTCOME)
    if isinstance(outcome, DomainError):
        parts.refusal(outcome)
    elif outcome is not None:
        with st.container(border=True):
            parts.badge(outcome.status)
            st.markdown(_advice(outcome))
            _show_lines(outcome)
            # A picture in which nothing was found may be of anything.
            st.checkbox(
                _("Keep this scan among his documents"),
                value=bool(outcome.strip_png),
                key=_keep_box(),
            )
            if outcome.reading is not None:
                warn_of_visa(outcome.reading)


def _drop_area() -> str:
    return f"intake_scan_{st.session_state.get(_TURN, 0)}"


def _keep_box() -> str:
    return f"{_KEEP}_{st.session_state.get(_FILE)}"


def _advice(scan: ScanReading) -> str:
    if not scan.strip_png:
        return _(_NO_LINES)
    advice = _(_ADVICE[scan.status])
    names = ", ".join(_(_FIELDS[field]) for field in scan.doubts)
    return f"{advice} **{escaped(names)}**" if names else advice


def _show_lines(scan: ScanReading) -> None:
    if scan.strip_png:
        # The picture travels inside the page: an address of its own could be opened by others.
        picture, label = base64.b64encode(scan.strip_png).decode(), _("Machine-readable lines")
        st.markdown(f"![{label}](data:image/png;base64,{picture})")
    if scan.reading is not None:
        st.code("\n".join(scan.reading.lines), language=None)


def _read(actor: Actor, content: bytes) -> ScanReading | DomainError:
    try:
        return read_passport_scan(actor, content=content)
    except DomainError as refusal:
        return refusal


def _forget(*keys: str) -> None:
    for key in keys:
        st.session_state.pop(key, None)
