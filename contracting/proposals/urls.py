"""Addresses of drafts: those of a solicitation, the same for every vendor."""

from __future__ import annotations

from django.urls import URLPattern, path

from contracting.proposals import api, sealed, uploads, views

_BASE = "opportunities/<public_id:solicitation>/draft"
_UPLOAD = f"{_BASE}/uploads/<public_id:upload>"
_ALTERNATE = "opportunities/<public_id:solicitation>/<alternate:alternate>draft"


def _addresses(draft: str) -> list[URLPattern]:
    """The pages of a draft: of the base offer, or of an alternate."""
    return [
        path(draft, views.DraftPage.as_view(), name="draft"),
        path(
            f"{draft}/technical/save",
            views.SaveTechnical.as_view(),
            name="save_technical",
        ),
        path(f"{draft}/prices/save", views.SavePrices.as_view(), name="save_prices"),
        path(
            f"{draft}/prices/template.csv",
            views.PriceTemplate.as_view(),
            name="price_template",
        ),
        path(
            f"{draft}/amendments/save",
            views.SaveAmendments.as_view(),
            name="save_amendments",
        ),
        path(
            f"{draft}/files/attach",
            views.AttachDraftFiles.as_view(),
            name="attach_draft_files",
        ),
        path(
            f"{draft}/files/<public_id:file>/detach",
            views.DetachDraftFile.as_view(),
            name="detach_draft_file",
        ),
        path(f"{draft}/seal", sealed.SealDraft.as_view(), name="seal_draft"),
        path(f"{draft}/sealed", sealed.SealedDraftFacts.as_view(), name="sealed_draft"),
        path(
            f"{draft}/sealed/files/attach",
            sealed.AttachSealedFile.as_view(),
            name="attach_sealed_file",
        ),
        path(
            f"{draft}/sealed/files/<public_id:file>",
            sealed.SealedFileBytes.as_view(),
            name="sealed_file",
        ),
        path(
            f"{draft}/sealed/files/<public_id:file>/detach",
            sealed.DetachSealedFile.as_view(),
            name="detach_sealed_file",
        ),
        path(
            f"{draft}/uploads/begin", uploads.BeginUpload.as_view(), name="begin_upload"
        ),
        path(
            f"{draft}/uploads/<public_id:upload>",
            uploads.Upload.as_view(),
            name="upload",
        ),
        path(
            f"{draft}/uploads/<public_id:upload>/append",
            uploads.AppendUpload.as_view(),
            name="append_upload",
        ),
        path(
            f"{draft}/uploads/<public_id:upload>/complete",
            uploads.CompleteUpload.as_view(),
            name="complete_upload",
        ),
        path(
            f"{draft}/uploads/<public_id:upload>/abandon",
            uploads.AbandonUpload.as_view(),
            name="abandon_upload",
        ),
        path(
            f"{draft}/uploads/<public_id:upload>/submit",
            uploads.SubmitUpload.as_view(),
            name="submit_upload",
        ),
        path(f"{draft}/discard", views.DiscardDraft.as_view(), name="discard_draft"),
        path(f"{draft}/submit", views.SubmitDraft.as_view(), name="submit_draft"),
    ]


urlpatterns = [*_addresses(_BASE), *_addresses(_ALTERNATE)]
api_urlpatterns = [
    path(f"{_BASE}/uploads", api.BeginUploadEndpoint.as_view(), name="begin_upload"),
    path(_UPLOAD, api.UploadEndpoint.as_view(), name="append_upload"),
    path(
        f"{_UPLOAD}:complete",
        api.CompleteUploadEndpoint.as_view(),
        name="complete_upload",
    ),
    path(
        f"{_UPLOAD}:abandon",
        api.AbandonUploadEndpoint.as_view(),
        name="abandon_upload",
    ),
]
