"""Addresses of contracts and awards."""

from django.urls import path

from contracting.contracts import api
from contracting.contracts.views import acceptance, awards, results

urlpatterns = [
    path("contracts/", awards.ContractsPage.as_view(), name="contracts"),
    path(
        "contracts/<public_id:public_id>",
        awards.ContractPage.as_view(),
        name="contract",
    ),
    path(
        "solicitations/<public_id:public_id>/draft_contract",
        awards.DraftContractView.as_view(),
        name="draft_contract",
    ),
    path(
        "offers/<public_id:submission>/forgo_award",
        results.ForgoAwardView.as_view(),
        name="forgo_award",
    ),
    path(
        "contracts/<public_id:public_id>/certify_contract_funds",
        awards.CertifyContractFundsView.as_view(),
        name="certify_contract_funds",
    ),
    path(
        "contracts/<public_id:public_id>/award_contract",
        awards.AwardContractView.as_view(),
        name="award_contract",
    ),
    path(
        "contracts/<public_id:public_id>/offer_award",
        acceptance.OfferAwardView.as_view(),
        name="offer_award",
    ),
    path(
        "contracts/<public_id:public_id>/accept_award",
        acceptance.AcceptAwardView.as_view(),
        name="accept_award",
    ),
    path(
        "contracts/<public_id:public_id>/decline_award",
        acceptance.DeclineAwardView.as_view(),
        name="decline_award",
    ),
    path(
        "contracts/<public_id:public_id>/preview",
        awards.PreviewContract.as_view(),
        name="preview_contract",
    ),
    path(
        "contracts/<public_id:public_id>/review_vendor_term",
        awards.ReviewVendorTermView.as_view(),
        name="review_vendor_term",
    ),
    path(
        "contracts/<public_id:public_id>/discard_contract",
        awards.DiscardContractView.as_view(),
        name="discard_contract",
    ),
    path(
        "contracts/<public_id:public_id>/record_gratuitous_service",
        awards.RecordGratuitousServiceView.as_view(),
        name="record_gratuitous_service",
    ),
    path(
        "contracts/<public_id:public_id>/accept_designation",
        awards.AcceptDesignationView.as_view(),
        name="accept_designation",
    ),
    path(
        "contracts/<public_id:public_id>/designate_cor",
        awards.DesignateCorView.as_view(),
        name="designate_cor",
    ),
    path(
        "contracts/<public_id:public_id>/record_protest",
        awards.RecordProtestView.as_view(),
        name="record_protest",
    ),
    path(
        "contracts/<public_id:public_id>/lift_protest",
        awards.LiftProtestView.as_view(),
        name="lift_protest",
    ),
    path(
        "contracts/<public_id:public_id>/notify_unsuccessful",
        results.NotifyUnsuccessfulView.as_view(),
        name="notify_unsuccessful",
    ),
    path(
        "contracts/<public_id:public_id>/report_contract_action",
        results.ReportContractActionView.as_view(),
        name="report_contract_action",
    ),
    path(
        "submissions/<public_id:submission>/status",
        results.StatusPage.as_view(),
        name="status",
    ),
    path(
        "submissions/<public_id:submission>/request_debriefing",
        results.RequestDebriefingView.as_view(),
        name="request_debriefing",
    ),
    path(
        "debriefings/<public_id:public_id>/hold_debriefing",
        results.HoldDebriefingView.as_view(),
        name="hold_debriefing",
    ),
    path(
        "contracts/after_award",
        results.AfterAwardPage.as_view(),
        name="after_award",
    ),
    path("awards/", awards.AwardsPage.as_view(), name="awards"),
    path("awards/<public_id:public_id>", awards.AwardPage.as_view(), name="award"),
]
api_urlpatterns = [
    path("contracts", api.ContractsEndpoint.as_view(), name="contracts"),
    path(
        "contracts/<public_id:public_id>",
        api.ContractEndpoint.as_view(),
        name="contract",
    ),
]
