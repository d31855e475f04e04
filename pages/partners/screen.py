"""Partners: the register of the department's page as a table."""

import streamlit as st

from core.i18n import _, country_name
from core.permissions import Actor
from core.services.partners import PartnerLine, list_partners, partner_countries
from core.terms import InstitutionKind
from core.words import word
from pages.shell import links, parts


def render(actor: Actor) -> None:
    """Show the partners that match the filters in the address."""
    parts.title(
        _("Partners"),
        _("The partners named on the department's page, with the page's own words as source."),
    )
    search, kind, country = _filters(actor)
    page = list_partners(
        actor,
        search=search,
        kind=kind,
        country=country,
        page=links.number_in_address("p") or 1,
    )
    if page.total == 0:
        parts.empty(_("No partner matches."), _("Take a filter out."))
        return
    _table(page.rows)
    parts.pager(page, key="partners")


def _filters(actor: Actor) -> tuple[str, InstitutionKind | None, str | None]:
    first, second, third = st.columns(3)
    given = links.text_in_address("q")
    search = first.text_input(_("Search"), value=given, key="partners_search")
    kinds = [None, *InstitutionKind]
    given_kind = links.text_in_address("kind")
    kind = second.selectbox(
        _("Kind"),
        kinds,
        index=kinds.index(InstitutionKind(given_kind)) if given_kind in set(InstitutionKind) else 0,
        format_func=lambda choice: word(choice) if choice else _("All kinds"),
        key="partners_kind",
    )
    countries = [None, *partner_countries(actor)]
    given_country = links.text_in_address("country")
    country = third.selectbox(
        _("Country"),
        countries,
        index=countries.index(given_country) if given_country in countries else 0,
        format_func=lambda choice: country_name(choice) if choice else _("All countries"),
        key="partners_country",
    )
    if (search, kind or "", country or "") != (given, given_kind, given_country):
        links.put_in_address(q=search, kind=kind, country=country, p=None)
    return search, kind, country


def _table(partners: tuple[PartnerLine, ...]) -> None:
    parts.table(
        {
            "name": [partner.name for partner in partners],
            "kind": [word(partner.kind) for partner in partners],
            "country": [country_name(partner.country) for partner in partners],
            "city": [partner.city or _("not known") for partner in partners],
            "stage": [word(partner.stage) for partner in partners],
            "words": [partner.stage_words for partner in partners],
            "source": [partner.page_reference for partner in partners],
            "on_page": [partner.name_on_page for partner in partners],
            "note": [partner.note for partner in partners],
        },
        key="partners_list",
        column_config={
            "name": st.column_config.TextColumn(_("Name")),
            "kind": st.column_config.TextColumn(_("Kind")),
            "country": st.column_config.TextColumn(_("Country")),
            "city": st.column_config.TextColumn(_("City")),
            "stage": st.column_config.TextColumn(_("Stage")),
            "words": st.column_config.TextColumn(_("In the page's words")),
            "source": st.column_config.TextColumn(_("Place on the page")),
            "on_page": st.column_config.TextColumn(_("Name on the page")),
            "note": st.column_config.TextColumn(_("Note")),
        },
    )
