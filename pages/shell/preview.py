"""The pages of a scan as pictures from the product's own route, which asks who looks."""

import streamlit as st

from core.i18n import _


def show_preview(document_id: int, preview_count: int, page_count: int) -> None:
    """Show the pictures of the first pages, and the way to the whole scan."""
    for page in range(1, preview_count + 1):
        label = _("Page %(number)s of %(all)s") % {"number": page, "all": page_count}
        st.markdown(f"![{label}](/files/{document_id}/page/{page}.png)")
        st.caption(label)
    st.link_button(_("Open the whole scan"), f"/files/{document_id}", icon=":material/open_in_new:")
