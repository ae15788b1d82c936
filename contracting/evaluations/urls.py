"""Addresses of evaluations; no key rates or decides, so there are no endpoints."""

from __future__ import annotations

from typing import Any

from django.urls import path

from contracting.evaluations.views import (
    clarifications,
    decisions,
    discussions,
    offers,
    panel,
    ratings,
    registrations,
    responsibility,
    vendors,
)

_SOLICITATION = "solicitations/<public_id:solicitation>"
_OFFER = "offers/<public_id:submission>"

urlpatterns = [
    path(f"{_SOLICITATION}/panel", panel.Panel.as_view(), name="panel"),
    path(f"{_SOLICITATION}/panel/reads", panel.Reads.as_view(), name="reads"),
    path(
        f"{_SOLICITATION}/panel/designate",
        panel.DesignatePanelMember.as_view(),
        name="designate_panel_member",
    ),
    path(
        f"{_SOLICITATION}/panel/resolve/<public_id:member>",
        panel.ResolveConflict.as_view(),
        name="resolve_conflict",
    ),
    path(
        f"{_SOLICITATION}/declare",
        panel.DeclareInterest.as_view(),
        name="declare_interest",
    ),
    path(f"{_SOLICITATION}/offers", offers.Offers.as_view(), name="offers"),
    path(f"{_SOLICITATION}/price", decisions.Price.as_view(), name="price"),
    path(
        f"{_SOLICITATION}/price/<public_id:analysis>/memo",
        decisions.PriceMemo.as_view(),
        name="price_memo",
    ),
    path(
        f"{_SOLICITATION}/price/release",
        decisions.ReleasePrices.as_view(),
        name="release_prices",
    ),
    path(
        f"{_SOLICITATION}/price/analyse",
        decisions.AnalysePrice.as_view(),
        name="analyse_price",
    ),
    path(
        f"{_SOLICITATION}/decide",
        decisions.DecideSelection.as_view(),
        name="decide_selection",
    ),
    path(
        f"{_SOLICITATION}/decline",
        decisions.DeclineOffers.as_view(),
        name="decline_offers",
    ),
    path(_OFFER, offers.Offer.as_view(), name="offer"),
    path(
        f"{_OFFER}/files/<int:position>", offers.OfferFile.as_view(), name="offer_file"
    ),
    path(
        f"{_OFFER}/revised-files/<int:position>",
        offers.RevisedFile.as_view(),
        name="revised_file",
    ),
    path(
        f"{_OFFER}/rate/<public_id:factor>/save",
        ratings.SaveRating.as_view(),
        name="save_rating",
    ),
    path(
        f"{_OFFER}/rate/<public_id:factor>",
        ratings.RateSubmission.as_view(),
        name="rate_submission",
    ),
    path(f"{_OFFER}/lock", ratings.LockRatings.as_view(), name="lock_ratings"),
    path(
        f"{_OFFER}/agree/<public_id:factor>",
        ratings.AgreeConsensus.as_view(),
        name="agree_consensus",
    ),
    path(
        f"{_OFFER}/dissent/<public_id:factor>",
        ratings.NoteDissent.as_view(),
        name="note_dissent",
    ),
    path(
        f"{_OFFER}/waive",
        offers.WaiveAcknowledgement.as_view(),
        name="waive_acknowledgement",
    ),
    path(
        "submissions/<public_id:submission>/extend",
        vendors.ExtendOffer.as_view(),
        name="extend_offer",
    ),
    path(
        "submissions/<public_id:submission>/lower_prices",
        vendors.LowerPrices.as_view(),
        name="lower_prices",
    ),
    path(
        "late_modifications/<public_id:modification>/accept",
        vendors.AcceptPrices.as_view(),
        name="accept_prices",
    ),
    path(
        f"{_OFFER}/responsibility",
        responsibility.Responsibility.as_view(),
        name="responsibility",
    ),
    path(
        f"{_OFFER}/find_nonresponsible",
        responsibility.FindNonresponsible.as_view(),
        name="find_nonresponsible",
    ),
    path(
        f"{_OFFER}/refer_nonresponsibility",
        responsibility.ReferNonresponsibility.as_view(),
        name="refer_nonresponsibility",
    ),
    path(
        f"{_OFFER}/record_certificate",
        responsibility.RecordCertificate.as_view(),
        name="record_certificate",
    ),
    path(
        f"{_OFFER}/reject",
        responsibility.RejectOffer.as_view(),
        name="reject_offer",
    ),
    path(
        f"{_OFFER}/excuse",
        registrations.ExcuseRegistration.as_view(),
        name="excuse_registration",
    ),
    path(
        f"{_SOLICITATION}/exchanges",
        discussions.Exchanges.as_view(),
        name="exchanges",
    ),
    path(
        f"{_SOLICITATION}/exchanges/determine",
        discussions.DetermineRange.as_view(),
        name="determine_range",
    ),
    path(
        f"{_SOLICITATION}/exchanges/open",
        discussions.OpenDiscussions.as_view(),
        name="open_discussions",
    ),
    path(
        f"{_SOLICITATION}/exchanges/request",
        discussions.RequestRevisions.as_view(),
        name="request_revisions",
    ),
    path(
        f"{_SOLICITATION}/exchanges/open_revisions",
        discussions.OpenRevisions.as_view(),
        name="open_revisions",
    ),
    path(
        "discussions/<public_id:submission>/revise",
        discussions.ReviseSubmission.as_view(),
        name="revise_submission",
    ),
    path(
        "discussions/<public_id:submission>/revisions/<public_id:revision>",
        discussions.RevisionPage.as_view(),
        name="revision",
    ),
    path(
        "discussions/<public_id:submission>/revisions/<public_id:revision>/sealed",
        discussions.SealedRevision.as_view(),
        name="sealed_revision",
    ),
    path(
        "discussions/<public_id:submission>",
        discussions.DiscussionPage.as_view(),
        name="discussion",
    ),
    path(
        f"{_OFFER}/clarify/<public_id:line>",
        clarifications.ClarifyPrice.as_view(),
        name="clarify_price",
    ),
    path(
        f"{_OFFER}/normalise/<public_id:line>",
        clarifications.NormalisePrice.as_view(),
        name="normalise_price",
    ),
    path(
        "clarifications/<public_id:question>/confirm",
        clarifications.ConfirmPrice.as_view(),
        name="confirm_price",
    ),
    path("registrations/", registrations.Registrations.as_view(), name="registrations"),
    path(
        "registrations/import",
        registrations.ImportRegistrations.as_view(),
        name="import_registrations",
    ),
    path(
        "decisions/<public_id:decision>", decisions.Decision.as_view(), name="decision"
    ),
]
api_urlpatterns: list[Any] = []
