"""Addresses of disputes, recounts, claims and service levels."""

from django.urls import URLPattern, path

from contracting.disputes import api
from contracting.disputes.views import cases, claims, recounts, service

_CASE = "disputes/<public_id:public_id>"
_RECOUNT = "joint_recounts/<public_id:public_id>"
_CLAIM = "claims/<public_id:public_id>"
_CONTRACT = "contracts/<public_id:public_id>"
_CREDIT = "service_credits/<public_id:public_id>"

urlpatterns: list[URLPattern] = [
    path("disputes/", cases.DisputesPage.as_view(), name="disputes"),
    path(_CASE, cases.DisputePage.as_view(), name="dispute"),
    path(
        "orders/<public_id:public_id>/open_dispute",
        cases.OpenDispute.as_view(),
        name="open_dispute",
    ),
    path(
        f"{_CASE}/answer_dispute", cases.AnswerDispute.as_view(), name="answer_dispute"
    ),
    path(
        f"{_CASE}/withdraw_dispute",
        cases.WithdrawDispute.as_view(),
        name="withdraw_dispute",
    ),
    path(
        f"{_CASE}/freeze_evidence",
        cases.FreezeEvidence.as_view(),
        name="freeze_evidence",
    ),
    path(
        f"{_CASE}/decide_dispute", cases.DecideDispute.as_view(), name="decide_dispute"
    ),
    path(
        f"{_CASE}/files/<int:position>",
        cases.AnswerFileView.as_view(),
        name="answer_file",
    ),
    path(
        "evidence/<public_id:public_id>",
        cases.EvidenceFileView.as_view(),
        name="evidence_file",
    ),
    path(
        f"{_CASE}/start_recount", recounts.StartRecount.as_view(), name="start_recount"
    ),
    path(_RECOUNT, recounts.RecountPage.as_view(), name="recount"),
    path(
        f"{_RECOUNT}/join_recount", recounts.JoinRecount.as_view(), name="join_recount"
    ),
    path(
        f"{_RECOUNT}/enter_recount",
        recounts.EnterRecount.as_view(),
        name="enter_recount",
    ),
    path("claims/", claims.ClaimsPage.as_view(), name="claims"),
    path(_CLAIM, claims.ClaimPage.as_view(), name="claim"),
    path(
        f"{_CONTRACT}/submit_claim", claims.SubmitClaim.as_view(), name="submit_claim"
    ),
    path(
        f"{_CLAIM}/state_decision_date",
        claims.StateDecisionDate.as_view(),
        name="state_decision_date",
    ),
    path(f"{_CLAIM}/charge_claim", claims.ChargeClaim.as_view(), name="charge_claim"),
    path(f"{_CLAIM}/decide_claim", claims.DecideClaim.as_view(), name="decide_claim"),
    path(
        f"{_CONTRACT}/service_levels",
        service.ServiceLevelsPage.as_view(),
        name="service_levels",
    ),
    path(
        f"{_CONTRACT}/set_service_level",
        service.SetServiceLevel.as_view(),
        name="set_service_level",
    ),
    path(
        f"{_CONTRACT}/propose_service_credits",
        service.ProposeServiceCredits.as_view(),
        name="propose_service_credits",
    ),
    path(
        f"{_CREDIT}/confirm_service_credit",
        service.ConfirmServiceCredit.as_view(),
        name="confirm_service_credit",
    ),
    path(
        f"{_CREDIT}/decline_service_credit",
        service.DeclineServiceCredit.as_view(),
        name="decline_service_credit",
    ),
]

api_urlpatterns: list[URLPattern] = [
    path("disputes", api.DisputesEndpoint.as_view(), name="disputes"),
    path(_CASE, api.DisputeEndpoint.as_view(), name="dispute"),
    path("claims", api.ClaimsEndpoint.as_view(), name="claims"),
    path(_CLAIM, api.ClaimEndpoint.as_view(), name="claim"),
]
