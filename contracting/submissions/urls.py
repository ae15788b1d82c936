"""Addresses of submissions."""

from __future__ import annotations

from django.urls import path

from contracting.submissions import api, boxes, offer_keys, views

urlpatterns = [
    path("openers", boxes.Openers.as_view(), name="openers"),
    path("openers/enrol", boxes.EnrolOpener.as_view(), name="enrol_opener"),
    path(
        "solicitations/<public_id:solicitation>/box",
        boxes.BoxPage.as_view(),
        name="box",
    ),
    path(
        "solicitations/<public_id:solicitation>/openers/name",
        boxes.NameOpeners.as_view(),
        name="name_openers",
    ),
    path(
        "solicitations/<public_id:solicitation>/openers/replace",
        boxes.ReplaceOpeners.as_view(),
        name="replace_openers",
    ),
    path(
        "solicitations/<public_id:solicitation>/rehearse",
        boxes.RehearseOpening.as_view(),
        name="rehearse_opening",
    ),
    path(
        "opportunities/<public_id:solicitation>/box",
        boxes.PublishedBox.as_view(),
        name="published_box",
    ),
    path("offer_key", offer_keys.OfferKeyPage.as_view(), name="offer_key"),
    path("offer_key/hold", offer_keys.HoldOfferKey.as_view(), name="hold_offer_key"),
    path("offer_key/share", offer_keys.ShareOfferKey.as_view(), name="share_offer_key"),
    path(
        "offer_key/rotate",
        offer_keys.RotateOfferKey.as_view(),
        name="rotate_offer_key",
    ),
    path("submissions", views.Submissions.as_view(), name="submissions"),
    path(
        "submissions/<public_id:submission>",
        views.SubmissionPage.as_view(),
        name="submission",
    ),
    path(
        "submissions/<public_id:submission>/replace",
        views.ReplaceSubmission.as_view(),
        name="replace_submission",
    ),
    path(
        "submissions/<public_id:submission>/withdraw",
        views.WithdrawSubmission.as_view(),
        name="withdraw_submission",
    ),
    path("receipts/<public_id:receipt>", views.Receipt.as_view(), name="receipt"),
    path(
        "receipts/<public_id:receipt>/reread",
        offer_keys.RereadVersion.as_view(),
        name="reread_version",
    ),
    path(
        "receipts/<public_id:receipt>/reseal",
        views.ResealVersion.as_view(),
        name="reseal_version",
    ),
    path(
        "receipts/<public_id:receipt>/sealed",
        offer_keys.SealedBytes.as_view(),
        name="sealed_bytes",
    ),
    path(
        "receipts/<public_id:receipt>/download",
        views.DownloadReceipt.as_view(),
        name="download_receipt",
    ),
    path(
        "opportunities/<public_id:solicitation>/submit",
        views.SubmitSubmission.as_view(),
        name="submit_submission",
    ),
    path(
        "opportunities/<public_id:solicitation>/<alternate:alternate>submit",
        views.SubmitSubmission.as_view(),
        name="submit_submission",
    ),
    path(
        "solicitations/<public_id:solicitation>/opening",
        boxes.Opening.as_view(),
        name="opening",
    ),
    path(
        "solicitations/<public_id:solicitation>/resolve_outage",
        views.ResolveOutage.as_view(),
        name="resolve_outage",
    ),
    path(
        "solicitations/<public_id:solicitation>/open",
        boxes.OpenSubmissions.as_view(),
        name="open_submissions",
    ),
    path(
        "solicitations/<public_id:solicitation>/boxes/<public_id:box>/open",
        boxes.OpenSubmissions.as_view(),
        name="open_submissions",
    ),
    path(
        "late/<public_id:submission>/admit",
        boxes.AdmitLateSubmission.as_view(),
        name="admit_late_submission",
    ),
    path(
        "late/<public_id:submission>/open",
        boxes.OpenLateSubmission.as_view(),
        name="open_late_submission",
    ),
]
api_urlpatterns = [
    path("submissions", api.SubmissionsEndpoint.as_view(), name="submissions"),
    path(
        "submissions/<public_id:submission>",
        api.SubmissionEndpoint.as_view(),
        name="submission",
    ),
]
