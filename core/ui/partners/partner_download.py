"""The list as a file: asked for, checked and recorded when it is clicked."""

from __future__ import annotations

import streamlit as st

from core.access.model import Person
from core.access.rules import why_not
from core.desk.partner_ask import PartnerAsk
from core.desk.partner_export import partners_csv, take_partners
from core.desk.partners import PartnersView
from core.ui.format import plural
from core.ui.state import asked_later, the_desk


def download(person: Person, ask: PartnerAsk, view: PartnersView) -> None:
    """A button for those who may take cases out; the file has every page of the list."""
    if why_not(person, "case.export") or not view.total:
        return
    desk, who, zone = the_desk(), asked_later(), view.zone
    st.download_button(
        "Export",
        data=lambda: partners_csv(take_partners(desk, who(), ask, zone)).encode("utf-8-sig"),
        file_name=f"partners-{view.day:%Y%m%d}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="partners-export",
        help=f"{plural(view.total, 'partner')} as CSV; the export is recorded in the audit",
    )
