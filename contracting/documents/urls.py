"""Addresses of papers."""

from django.urls import path

from contracting.documents import api, views

app_name = "documents"

urlpatterns = [
    path(
        "documents/<public_id:document>",
        views.DocumentPage.as_view(),
        name="document",
    ),
    path(
        "documents/<public_id:document>/download",
        views.DownloadDocument.as_view(),
        name="download_document",
    ),
    path(
        "documents/<public_id:document>/download_for_signature",
        views.DownloadForSignature.as_view(),
        name="download_for_signature",
    ),
    path(
        "documents/<public_id:document>/upload_signed_copy",
        views.UploadSignedCopy.as_view(),
        name="upload_signed_copy",
    ),
    path(
        "documents/<public_id:document>/signed_copies/<public_id:copy>",
        views.DownloadSignedCopy.as_view(),
        name="download_signed_copy",
    ),
    path(
        "documents/<public_id:document>/retry",
        views.RetryDocument.as_view(),
        name="retry_document",
    ),
    path(
        "operations/<public_id:public_id>",
        views.OperationPage.as_view(),
        name="operation",
    ),
    path(
        "operations/<public_id:public_id>/cancel_operation",
        views.CancelOperationView.as_view(),
        name="cancel_operation",
    ),
]

api_urlpatterns = [
    path(
        "documents/<public_id:document>",
        api.DocumentEndpoint.as_view(),
        name="document",
    ),
    path(
        "documents/<public_id:document>/download",
        api.DownloadEndpoint.as_view(),
        name="download_document",
    ),
    path(
        "documents/<public_id:document>/download_for_signature",
        api.DownloadForSignatureEndpoint.as_view(),
        name="download_for_signature",
    ),
    path(
        "documents/<public_id:document>/signed_copies",
        api.SignedCopiesEndpoint.as_view(),
        name="signed_copies",
    ),
    path(
        "operations/<public_id:public_id>",
        api.OperationEndpoint.as_view(),
        name="operation",
    ),
    path(
        "operations/<public_id:public_id>:cancel",
        api.CancelOperationEndpoint.as_view(),
        name="cancel_operation",
    ),
]
