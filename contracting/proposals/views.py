"""Pages of a draft: what is left, each part, the answers, and what submits it."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import Refusal
from contracting.core.periods import zone_of
from contracting.core.permissions import Verdict, require
from contracting.core.templatetags.drawdown import quantity
from contracting.core.views import PageView, RepeatableVerbView
from contracting.documents.checking.pdf import count_pages
from contracting.documents.queries import scan_words
from contracting.market_research.calculations import cell as csv_cell
from contracting.proposals import calculations, permissions, queries
from contracting.proposals.forms import (
    AmendmentsForm,
    FilesForm,
    PricesForm,
    SubmitForm,
    TechnicalForm,
)
from contracting.proposals.models import DraftPart
from contracting.proposals.operations.attach import CountedFile, attach_draft_files
from contracting.proposals.operations.detach import detach_draft_file
from contracting.proposals.operations.discard import discard_draft
from contracting.proposals.operations.save import save_draft
from contracting.proposals.operations.submit import submit_draft
from contracting.proposals.queries import Workspace
from contracting.proposals.refusals import CellsUnplaced, DraftChanged
from contracting.proposals.states import DraftPartName
from contracting.solicitations.models import Solicitation
from contracting.solicitations.publishing.costs import structures
from contracting.solicitations.publishing.limits import limits_of
from contracting.solicitations.publishing.redline import redline
from contracting.solicitations.queries import lines_of
from contracting.submissions.calculations import OfferedFile
from contracting.submissions.models import offer_words
from contracting.submissions.views import FilesView, ReceivingVerb

PAGES = {
    "technical": "proposals:save_technical",
    "prices": "proposals:save_prices",
    "files": "proposals:attach_draft_files",
    "amendments": "proposals:save_amendments",
}
"""The page of each part; a registration is kept elsewhere."""


def shown(workspace: Workspace, actor: Actor) -> dict[str, Any]:
    """What every page of a draft shows."""
    solicitation = workspace.solicitation
    ids = [solicitation.public_id, workspace.alternate]
    return {
        "workspace": workspace,
        "solicitation": solicitation,
        "tasks": [
            {"task": task, "url": reverse(PAGES[task.name], args=ids)}
            if task.name in PAGES
            else {"task": task, "url": ""}
            for task in workspace.tasks
        ],
        "told_at": clock_words(workspace.now, solicitation.time_zone),
        "may_submit": permissions.can_submit_draft(actor, solicitation),
        "limits": limits_of(solicitation),
    }


def clock_words(instant: datetime, zone: str) -> str:
    """The time of day in the zone of the solicitation: ``"14:02:11 EST"``."""
    local = instant.astimezone(zone_of(zone))
    return f"{local:%H:%M:%S} {local.tzname()}"


class DraftPage(PageView):
    """What is left before we can submit?"""

    template_name = "proposals/draft.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        solicitation = queries.get_draftable_for(self.actor, ids["solicitation"])
        require(permissions.can_save_draft(self.actor, solicitation))
        now, number = clock.now(), int(ids.get("alternate", 0))
        workspace = queries.workspace_of(self.actor, solicitation, now, number)
        return {
            **shown(workspace, self.actor),
            "is_overview": True,
            "others": [
                {"alternate": each, "words": offer_words(each)}
                for each in queries.drafted(self.actor, solicitation)
                if each != workspace.alternate
            ],
            "next_alternate": queries.next_to_draft(self.actor, solicitation),
            "savers": [
                {"label": DraftPartName(name).label, "saved": part}
                for name, part in workspace.parts.items()
            ],
        }


@method_decorator(sensitive_post_parameters(), name="dispatch")
class DraftVerb(RepeatableVerbView):
    """A page that changes the draft; sent twice it changes nothing more.

    It leaves no mark of the request, which would tell that there is a draft.
    """

    def thing(self, *_: Any, **ids: Any) -> Solicitation:
        return queries.get_draftable_for(self.actor, ids["solicitation"])

    @property
    def alternate(self) -> int:
        """Which alternate is drafted; 0 for the base offer."""
        return int(self.kwargs.get("alternate", 0))

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_save_draft(self.actor, thing)

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        return shown(self.workspace(thing), self.actor)

    def workspace(self, thing: Solicitation) -> Workspace:
        return queries.workspace_of(self.actor, thing, clock.now(), self.alternate)


class SaveDraft(DraftVerb):
    """One part of the draft: saved by its button, or by the page while it is typed."""

    part: ClassVar[DraftPartName]
    page: ClassVar[str]
    refusal: Refusal | None = None
    row: DraftPart | None = None

    def post(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        reply = super().post(request, **ids)
        if request.headers.get("Accept") != "application/json":
            return reply
        return self._told(reply.status_code)

    def _told(self, status: int) -> JsonResponse:
        """The same answer for the page that saves by itself."""
        if self.row is None:
            message = "It was not saved."
            if self.refusal is not None:
                message = self.refusal.message
            code = self.refusal.code if self.refusal is not None else "invalid"
            body = {"message": message, "code": code}
            return JsonResponse(body, status=status)
        solicitation = self.thing(**self.kwargs)
        words = f"Saved {clock_words(clock.now(), solicitation.time_zone)}"
        return JsonResponse({"message": words, "version": self.row.version})

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        self.row = save_draft(
            solicitation_id=thing.pk,
            part=self.part,
            content=data["content"],
            seen_version=data.get("seen_version") or 0,
            by=by,
            at=at,
            alternate=self.alternate,
        )
        return self._next(thing)

    def _next(self, thing: Solicitation) -> str:
        page = "proposals:submit_draft" if "check" in self.request.POST else self.page
        return reverse(page, args=[thing.public_id, self.alternate])

    def refused(self, thing: Any, refusal: Refusal, at: datetime) -> None:
        self.refusal = refusal

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        workspace = self.workspace(thing)
        saved = workspace.parts.get(self.part)
        is_conflict = isinstance(self.refusal, DraftChanged)
        seen = str(workspace.version(self.part))
        if self.request.method == "POST" and not is_conflict:
            seen = self.request.POST.get("seen_version", "0")
        return {
            **shown(workspace, self.actor),
            "saved": saved,
            "saved_at": clock_words(saved.at, thing.time_zone) if saved else "",
            "seen_version": seen,
            "is_conflict": is_conflict,
        }


class SaveTechnical(SaveDraft):
    """How do we meet what is asked for?"""

    part = DraftPartName.TECHNICAL
    page = "proposals:save_technical"
    template_name = "proposals/save_technical.html"
    form_class: ClassVar[type[forms.Form]] = TechnicalForm
    submit_label = "Save"

    def initial(self, thing: Solicitation) -> dict[str, Any]:
        return {"text": self.workspace(thing).technical}

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        found = super().extra(thing)  # noqa: S610 (ours, not a queryset)
        if found["is_conflict"]:
            theirs = found["workspace"].technical
            mine = self.request.POST.get("text", "").replace("\r\n", "\n")
            found["differences"] = redline(theirs, mine)
        return found


class SaveAmendments(SaveDraft):
    """Which amendments do we acknowledge?"""

    part = DraftPartName.AMENDMENTS
    page = "proposals:save_amendments"
    template_name = "proposals/save_amendments.html"
    form_class: ClassVar[type[forms.Form]] = AmendmentsForm
    submit_label = "Save"

    def initial(self, thing: Solicitation) -> dict[str, Any]:
        return {"acknowledged": self.workspace(thing).acknowledged}

    def form_options(self, thing: Solicitation) -> dict[str, Any]:
        numbers = thing.amendments.order_by("number").values_list("number", flat=True)
        return {"numbers": list(numbers)}


class SavePrices(SaveDraft):
    """What will the Government pay for each class?"""

    part = DraftPartName.PRICES
    page = "proposals:save_prices"
    template_name = "proposals/save_prices.html"
    form_class: ClassVar[type[forms.Form]] = PricesForm
    submit_label = "Save"

    def form_options(self, thing: Solicitation) -> dict[str, Any]:
        return {"lines": lines_of(thing)}

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        if data["paste"].strip():
            self._place(thing, data)
        return super().perform(thing=thing, data=data, by=by, at=at)

    def _place(self, thing: Solicitation, data: dict[str, Any]) -> None:
        """Put pasted cells over what is typed; say what was taken and what not."""
        cells = calculations.cells_of(list(lines_of(thing)), data["content"])
        found = calculations.pasted(data["paste"], cells)
        if not found.prices:
            message = " ".join(found.unplaced) or "There is no price in it."
            raise CellsUnplaced(f"{message} It is kept below.")
        data["content"]["prices"].update(found.prices)
        count = len(found.prices)
        words = f"{count} pasted price{'s were' if count > 1 else ' was'} put in place."
        messages.info(self.request, words)
        for unplaced in found.unplaced:
            messages.warning(self.request, unplaced)

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        found = super().extra(thing)  # noqa: S610 (ours, not a queryset)
        workspace: Workspace = found["workspace"]
        content = workspace.content(self.part)
        if self.request.method == "POST":
            content = self._typed(thing)
        cells = calculations.cells_of(workspace.lines, content)
        named = content.get("models", {})
        return {
            **found,
            "cells": cells,
            "grid": calculations.grid_of(cells),
            "structures": structures(workspace.lines),
            "total": calculations.total_of(cells),
            "wrong": [cell for cell in cells if cell.text and cell.problem],
            "unpriced": [cell for cell in cells if not cell.text],
            "choices": [
                (clin, named.get(clin, ""), fit)
                for clin, _named, fit in workspace.model_choices
            ],
            "theirs": [
                (mine, saved)
                for mine, saved in zip(cells, workspace.cells, strict=True)
                if found["is_conflict"] and mine.text != saved.text
            ],
            "pasted": self.request.POST.get("paste", ""),
        }

    def _typed(self, thing: Solicitation) -> dict[str, Any]:
        form = PricesForm(self.request.POST, lines=list(lines_of(thing)))
        form.is_valid()
        return form.content()


class PriceTemplate(PageView):
    """The price sheet as a file for a spreadsheet, with what is typed so far."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        solicitation = queries.get_draftable_for(self.actor, ids["solicitation"])
        require(permissions.can_save_draft(self.actor, solicitation))
        now, number = clock.now(), int(ids.get("alternate", 0))
        workspace = queries.workspace_of(self.actor, solicitation, now, number)
        out = io.StringIO()
        write = csv.writer(out)
        write.writerow(
            (
                *("Line", "Asked for", "Tier", "Workload tokens", "Workload units"),
                *("Figure in", "Figure"),
            )
        )
        for cell in workspace.cells:
            line = cell.line
            units = quantity(line.workload_units) if line.is_by_unit else ""
            write.writerow(
                (
                    *(line.slin, line.asked_for, line.tier, line.workload_tokens),
                    *(units, line.quote_words, csv_cell(cell.text)),
                )
            )
        alternate = f"-alternate-{workspace.alternate}" if workspace.alternate else ""
        name = f"prices-{solicitation.name}{alternate}.csv"
        return HttpResponse(
            out.getvalue(),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "private, no-store",
            },
        )


class AttachDraftFiles(FilesView, DraftVerb):
    """Do our files keep within the limits?"""

    template_name = "proposals/attach_draft_files.html"
    form_class: ClassVar[type[forms.Form]] = FilesForm
    submit_label = "Attach"

    hint = "Attach smaller ones, or one after the other."

    def form_options(self, thing: Solicitation) -> dict[str, Any]:
        return {"limits": limits_of(thing)}

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        found = super().extra(thing)  # noqa: S610 (ours, not a queryset)
        return {**found, "scan_words": scan_words()}

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        attach_draft_files(
            solicitation_id=thing.pk,
            files=[
                CountedFile(
                    OfferedFile(file.name, file.media_type, file.content),
                    count_pages(file.content) if file.kind == "pdf" else None,
                )
                for file in data["attachments"]
            ],
            by=by,
            at=at,
            alternate=self.alternate,
        )
        return reverse(PAGES["files"], args=[thing.public_id, self.alternate])


class DetachDraftFile(DraftVerb):
    """Shall this file go?"""

    template_name = "proposals/detach_draft_file.html"
    submit_label = "Remove the file"

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        file = queries.get_draft_file_for(
            self.actor, thing, self.kwargs["file"], self.alternate
        )
        found = super().extra(thing)  # noqa: S610 (ours, not a queryset)
        return {**found, "file": file}

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        file = queries.get_draft_file_for(
            by, thing, self.kwargs["file"], self.alternate
        )
        detach_draft_file(
            solicitation_id=thing.pk,
            file=file.public_id,
            by=by,
            at=at,
            alternate=self.alternate,
        )
        return reverse(PAGES["files"], args=[thing.public_id, self.alternate])


class DiscardDraft(DraftVerb):
    """Shall the whole draft go?"""

    template_name = "proposals/discard_draft.html"
    submit_label = "Discard our draft"
    done_message = "The draft is discarded, with all its parts and files."

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_discard_draft(self.actor, thing)

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        discard_draft(solicitation_id=thing.pk, by=by, at=at, alternate=self.alternate)
        return thing.public_path


class SubmitDraft(ReceivingVerb):
    """Is this exactly what we offer?"""

    template_name = "proposals/submit_draft.html"
    form_class: ClassVar[type[forms.Form]] = SubmitForm
    submit_label = "Submit this offer"

    def thing(self, *_: Any, **ids: Any) -> Solicitation:
        return queries.get_draftable_for(self.actor, ids["solicitation"])

    def solicitation(self, thing: Solicitation) -> Solicitation:
        return thing

    @property
    def alternate(self) -> int:
        """Which alternate is submitted; 0 for the base offer."""
        return int(self.kwargs.get("alternate", 0))

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_save_draft(self.actor, thing)

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        now = clock.now()
        workspace = queries.workspace_of(self.actor, thing, now, self.alternate)
        return shown(workspace, self.actor)

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        submission = submit_draft(
            solicitation_id=thing.pk,
            seen=data["seen"],
            by=by,
            at=at,
            alternate=self.alternate,
        )
        latest = submission.latest_version
        if latest is None:
            return reverse("submissions:submission", args=[submission.public_id])
        return reverse("submissions:receipt", args=[latest.public_id])
