"""Addresses of drafts: those of a solicitation, the same for every vendor."""

from __future__ import annotations

from django.urls import path

from contracting.proposals import views

_DRAFT = "opportunities/<public_id:solicitation>/draft"

urlpatterns = [
    path(_DRAFT, views.DraftPage.as_view(), name="draft"),
    path(
        f"{_DRAFT}/technical/save",
        views.SaveTechnical.as_view(),
        name="save_technical",
    ),
    path(f"{_DRAFT}/prices/save", views.SavePrices.as_view(), name="save_prices"),
    path(
        f"{_DRAFT}/prices/template.csv",
        views.PriceTemplate.as_view(),
        name="price_template",
    ),
    path(
        f"{_DRAFT}/amendments/save",
        views.SaveAmendments.as_view(),
        name="save_amendments",
    ),
    path(
        f"{_DRAFT}/files/attach",
        views.AttachDraftFiles.as_view(),
        name="attach_draft_files",
    ),
    path(
        f"{_DRAFT}/files/<public_id:file>/detach",
        views.DetachDraftFile.as_view(),
        name="detach_draft_file",
    ),
    path(f"{_DRAFT}/discard", views.DiscardDraft.as_view(), name="discard_draft"),
    path(f"{_DRAFT}/submit", views.SubmitDraft.as_view(), name="submit_draft"),
]
