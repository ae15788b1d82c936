"""Addresses of archives and of public copies."""

from django.urls import URLPattern, path

from contracting.evidence import api, views

app_name = "evidence"

_CONTRACT = "contracts/<public_id:public_id>"
_ARCHIVE = "archives/<public_id:public_id>"

urlpatterns: list[URLPattern] = [
    path(f"{_CONTRACT}/evidence", views.EvidencePage.as_view(), name="evidence"),
    path(f"{_CONTRACT}/build_pack", views.BuildPack.as_view(), name="build_pack"),
    path(
        f"{_CONTRACT}/bundle_documents",
        views.BundleOfContract.as_view(),
        name="bundle_documents",
    ),
    path(
        "solicitations/<public_id:public_id>/bundle_documents",
        views.BundleOfSolicitation.as_view(),
        name="bundle_solicitation_documents",
    ),
    path(
        "documents/<public_id:document>/release_copy",
        views.ReleaseCopyView.as_view(),
        name="release_copy",
    ),
    path(_ARCHIVE, views.ArchivePage.as_view(), name="archive"),
    path(
        f"{_ARCHIVE}/download",
        views.DownloadArchive.as_view(),
        name="download_archive",
    ),
]

api_urlpatterns: list[URLPattern] = [
    path(f"{_CONTRACT}/evidence", api.EvidenceEndpoint.as_view(), name="evidence"),
    path(_ARCHIVE, api.ArchiveEndpoint.as_view(), name="archive"),
    path(
        f"{_ARCHIVE}/download",
        api.DownloadArchiveEndpoint.as_view(),
        name="download_archive",
    ),
    path("release_copies", api.ReleaseCopiesEndpoint.as_view(), name="release_copies"),
    path(
        "release_copies/<public_id:public_id>",
        api.ReleaseCopyEndpoint.as_view(),
        name="release_copy",
    ),
]
