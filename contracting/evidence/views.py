"""Pages of archives: choose, ask, watch, and download what is whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.views import PageView, VerbView
from contracting.documents.models import Document
from contracting.documents.queries import attachment_headers
from contracting.evidence import forms, permissions, queries
from contracting.evidence.operations.build import build_pack
from contracting.evidence.operations.bundle import bundle_documents
from contracting.evidence.operations.hand_over import hand_over_archive
from contracting.evidence.operations.release_copy import release_copy
from contracting.evidence.queries.papers import copies_released, get_paper_for
from contracting.evidence.states import MOST_PAPERS, Level
from contracting.solicitations.models import Solicitation
from contracting.solicitations.queries import get_solicitation_for


class EvidencePage(PageView):
    """What has been gathered of this contract, and what can be?"""

    template_name = "evidence/evidence.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        contract = get_contract_for(self.actor, ids["public_id"])
        return {
            "contract": contract,
            "archives": queries.archives_of(contract, self.actor)[:50],
            "may_build": queries.first_verdict(
                [
                    permissions.can_build_pack(self.actor, contract, level)
                    for level in Level.values
                ]
            ),
            "may_bundle": permissions.can_bundle_documents(self.actor, contract),
        }


class ArchivePage(PageView):
    """Is it whole, and which file is it?"""

    template_name = "evidence/archive.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        archive = queries.get_archive_for(self.actor, ids["public_id"])
        may = permissions.can_hand_over(self.actor, archive)
        return {
            "archive": archive,
            "operation": archive.operation,
            "file": archive.file,
            "parts": (
                archive.parts.select_related("blob").order_by("position") if may else []
            ),
            "may_download": may,
        }


class DownloadArchive(PageView):
    """The ZIP."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        archive = queries.get_archive_for(self.actor, ids["public_id"])
        made, whole = hand_over_archive(
            archive_id=archive.pk, by=self.actor, at=clock.now()
        )
        return HttpResponse(
            whole,
            content_type="application/zip",
            headers=attachment_headers(queries.zip_name(archive), made.blob),
        )


class BuildPack(VerbView):
    """For whom is the evidence, of which orders, of which days?"""

    template_name = "evidence/build_pack.html"
    form_class = forms.PackForm
    submit_label = "Gather the evidence"
    done_message = "It is being gathered."

    def thing(self, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def verdict(self, thing: Contract) -> Verdict:
        return queries.first_verdict(
            [
                permissions.can_build_pack(self.actor, thing, level)
                for level in Level.values
            ]
        )

    def form_options(self, thing: Contract) -> dict[str, Any]:
        return {
            "levels": [
                level
                for level in Level
                if permissions.can_build_pack(self.actor, thing, level)
            ],
            "orders": queries.orders_to_choose(thing, self.actor),
        }

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {"cancel_url": reverse("evidence:evidence", args=[thing.public_id])}

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        archive = build_pack(
            contract_id=thing.pk,
            level=data["level"],
            orders=data.get("orders", []),
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            by=by,
            at=at,
        )
        return archive.path


class ReleaseCopyView(VerbView):
    """What is withheld from the copy that everybody may read?"""

    template_name = "evidence/release_copy.html"
    form_class = forms.ReleaseCopyForm
    submit_label = "Release the copy"
    done_message = "The copy is being printed. Everybody may read it then."

    def thing(self, **ids: Any) -> Document:
        return get_paper_for(self.actor, ids["document"])

    def verdict(self, thing: Document) -> Verdict:
        return permissions.can_release_copy(self.actor, thing)

    def form_options(self, thing: Document) -> dict[str, Any]:
        return {"document": thing}

    def extra(self, thing: Document) -> dict[str, Any]:
        return {
            "copies": copies_released(thing),
            "cancel_url": reverse("documents:document", args=[thing.public_id]),
        }

    def perform(
        self, *, thing: Document, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        released = release_copy(
            document_id=thing.pk,
            answers=data["request"],
            withheld=data["withheld"],
            by=by,
            at=at,
        )
        return reverse("documents:document", args=[released.document.public_id])


class BundleDocuments(VerbView):
    """Which papers shall be one file?"""

    template_name = "evidence/bundle_documents.html"
    form_class = forms.BundleForm
    submit_label = "Put them into one file"
    done_message = "They are being put together."

    def verdict(self, thing: Contract | Solicitation) -> Verdict:
        return permissions.can_bundle_documents(self.actor, thing)

    def form_options(self, thing: Contract | Solicitation) -> dict[str, Any]:
        return {"papers": queries.papers_of(thing, self.actor)}

    def extra(self, thing: Contract | Solicitation) -> dict[str, Any]:
        count = len(queries.papers_of(thing, self.actor))
        return {"cancel_url": thing.path, "count": count, "most": MOST_PAPERS}

    def perform(
        self,
        *,
        thing: Contract | Solicitation,
        data: dict[str, Any],
        by: Actor,
        at: datetime,
    ) -> str:
        archive = bundle_documents(about=thing, papers=data["papers"], by=by, at=at)
        return archive.path


class BundleOfContract(BundleDocuments):
    """Which papers of the contract shall be one file?"""

    def thing(self, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])


class BundleOfSolicitation(BundleDocuments):
    """Which papers of the solicitation shall be one file?"""

    def thing(self, **ids: Any) -> Solicitation:
        return get_solicitation_for(self.actor, ids["public_id"])
