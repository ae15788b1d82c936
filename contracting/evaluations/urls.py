"""Addresses of evaluations; no key rates or decides, so there are no endpoints."""

from __future__ import annotations

from typing import Any

from django.urls import path

from contracting.evaluations import views

_SOLICITATION = "solicitations/<public_id:solicitation>"
_OFFER = "offers/<public_id:submission>"

urlpatterns = [
    path(f"{_SOLICITATION}/panel", views.Panel.as_view(), name="panel"),
    path(
        f"{_SOLICITATION}/panel/designate",
        views.DesignatePanelMember.as_view(),
        name="designate_panel_member",
    ),
    path(
        f"{_SOLICITATION}/declare",
        views.DeclareInterest.as_view(),
        name="declare_interest",
    ),
    path(f"{_SOLICITATION}/offers", views.Offers.as_view(), name="offers"),
    path(f"{_SOLICITATION}/price", views.Price.as_view(), name="price"),
    path(
        f"{_SOLICITATION}/price/analyse",
        views.AnalysePrice.as_view(),
        name="analyse_price",
    ),
    path(
        f"{_SOLICITATION}/decide",
        views.DecideSelection.as_view(),
        name="decide_selection",
    ),
    path(_OFFER, views.Offer.as_view(), name="offer"),
    path(
        f"{_OFFER}/files/<int:position>", views.OfferFile.as_view(), name="offer_file"
    ),
    path(
        f"{_OFFER}/rate/<public_id:factor>",
        views.RateSubmission.as_view(),
        name="rate_submission",
    ),
    path(
        f"{_OFFER}/agree/<public_id:factor>",
        views.AgreeConsensus.as_view(),
        name="agree_consensus",
    ),
    path(
        f"{_OFFER}/waive",
        views.WaiveAcknowledgement.as_view(),
        name="waive_acknowledgement",
    ),
    path("decisions/<public_id:decision>", views.Decision.as_view(), name="decision"),
]
api_urlpatterns: list[Any] = []
