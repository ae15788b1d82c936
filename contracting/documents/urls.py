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
        "documents/<public_id:document>/retry",
        views.RetryDocument.as_view(),
        name="retry_document",
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
]
