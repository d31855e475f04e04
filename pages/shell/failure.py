"""What a screen shows when it fails through a fault of ours: a sentence and an id, no more.

Streamlit's own box is English and links to search engines with the text of the error.
"""

import streamlit as st

from core.i18n import _, use_language
from pages.http.errors import log_fault
from pages.shell import identity


def show_failure(fault: Exception) -> bool:
    """Log ``fault``, show its id in the user's language, and keep Streamlit's box away."""
    error_id = log_fault(fault)
    with use_language(identity.last_language()):
        sentence = _("Something went wrong here. Tell the administrator the number %(id)s.")
        st.error(sentence % {"id": error_id}, icon=":material/error:")
    return True
