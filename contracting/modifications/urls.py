"""Addresses of modifications of contracts."""

from django.urls import URLPattern, path

from contracting.modifications import views
from contracting.modifications.views import conformed, novations, previews

_CONTRACT = "contracts/<public_id:public_id>"
_FINDING = "ratchet_findings/<public_id:public_id>"
_MODIFICATION = "contract_modifications/<public_id:public_id>"

urlpatterns: list[URLPattern] = [
    path(
        f"{_CONTRACT}/modifications",
        views.ModificationsPage.as_view(),
        name="modifications",
    ),
    path(
        f"{_CONTRACT}/conformed",
        conformed.ConformedPage.as_view(),
        name="conformed",
    ),
    path(
        f"{_CONTRACT}/conform_contract",
        conformed.ConformContractView.as_view(),
        name="conform_contract",
    ),
    path(
        f"{_CONTRACT}/draft_contract_modification",
        views.DraftContractModification.as_view(),
        name="draft_contract_modification",
    ),
    path(
        f"{_CONTRACT}/volume_line/draft_contract_modification",
        views.DraftVolumeLine.as_view(),
        name="draft_volume_line",
    ),
    path(f"{_CONTRACT}/models", views.ModelsPage.as_view(), name="models"),
    path(
        f"{_CONTRACT}/record_model_terms",
        views.RecordModelTerms.as_view(),
        name="record_model_terms",
    ),
    path(
        f"{_CONTRACT}/record_model_retirement",
        views.RecordModelRetirement.as_view(),
        name="record_model_retirement",
    ),
    path(
        f"{_MODIFICATION}/certify_minimum_funds",
        views.CertifyMinimumFunds.as_view(),
        name="certify_minimum_funds",
    ),
    path(
        f"{_CONTRACT}/draft_on_ramp",
        views.DraftOnRamp.as_view(),
        name="draft_on_ramp",
    ),
    path(
        f"{_CONTRACT}/draft_novation",
        novations.DraftNovation.as_view(),
        name="draft_novation",
    ),
    path(
        f"{_MODIFICATION}/assume_contract",
        novations.AssumeContract.as_view(),
        name="assume_contract",
    ),
    path(
        _FINDING,
        views.RatchetFindingPage.as_view(),
        name="ratchet_finding",
    ),
    path(
        f"{_FINDING}/confirm_ratchet_finding",
        views.ConfirmRatchetFinding.as_view(),
        name="confirm_ratchet_finding",
    ),
    path(
        f"{_FINDING}/hold_ratchet_finding",
        views.HoldRatchetFinding.as_view(),
        name="hold_ratchet_finding",
    ),
    path(
        _MODIFICATION,
        views.ContractModificationPage.as_view(),
        name="modification",
    ),
    path(
        f"{_MODIFICATION}/preview",
        previews.PreviewContractModification.as_view(),
        name="preview_contract_modification",
    ),
    path(
        f"{_MODIFICATION}/revise_contract_modification",
        views.ReviseContractModification.as_view(),
        name="revise_contract_modification",
    ),
    path(
        f"{_MODIFICATION}/sign_contract_modification",
        views.SignContractModification.as_view(),
        name="sign_contract_modification",
    ),
    path(
        f"{_MODIFICATION}/request_modification_changes",
        views.RequestModificationChanges.as_view(),
        name="request_modification_changes",
    ),
    path(
        f"{_MODIFICATION}/issue_contract_modification",
        views.IssueContractModification.as_view(),
        name="issue_contract_modification",
    ),
    path(
        f"{_MODIFICATION}/discard_contract_modification",
        views.DiscardContractModification.as_view(),
        name="discard_contract_modification",
    ),
]
