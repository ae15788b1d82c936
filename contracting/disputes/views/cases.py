"""Pages of disputes: what was asked, answered, proved and decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from contracting.audit.queries import events_of
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.views import PageView, VerbView
from contracting.disputes import forms, permissions
from contracting.disputes.models import DisputeCase, EvidenceBundle
from contracting.disputes.operations.answer import answer_dispute
from contracting.disputes.operations.decide import decide_dispute
from contracting.disputes.operations.freeze import freeze_evidence
from contracting.disputes.operations.open import open_dispute
from contracting.disputes.operations.withdraw import withdraw_dispute
from contracting.disputes.queries import cases as queries
from contracting.disputes.queries.evidence import sheet_in
from contracting.documents.queries import (
    attachment_headers,
    documents_of,
    download_headers,
    read_blob,
    served_type,
)
from contracting.orders.models import TaskOrder
from contracting.orders.queries import get_task_order_for
from contracting.orders.queries import visible_to as orders_visible_to

PER_PAGE = 50


def today_of(case: DisputeCase) -> date:
    """The day it is where the contract's days are counted."""
    return accounting_day(clock.now(), case.order.contract.time_zone)


class DisputesPage(PageView):
    """Which differences are disputed, and whose turn is it?"""

    template_name = "disputes/disputes.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        visible = queries.listed_cases(self.actor)
        page = Paginator(visible.order_by("-pk"), PER_PAGE).get_page(
            self.request.GET.get("page")
        )
        stakes = queries.stakes_of(page)
        still_open = visible.filter(decision__isnull=True, withdrawal__isnull=True)
        orders = orders_visible_to(self.actor).filter(
            findings__resolution__isnull=True,
            findings__case_item__isnull=True,
            findings__isnull=False,
        )
        return {
            "page_obj": page,
            "rows": [
                (
                    case,
                    queries.is_overdue(case, today_of(case)),
                    stakes.get(case.pk, Dollars()),
                )
                for case in page
            ],
            "open": still_open.count(),
            "overdue": len(queries.overdue(self.actor, clock.now())),
            "orders": (
                orders.distinct().order_by("-pk")[:20] if self.actor.is_agency else []
            ),
        }


class DisputePage(PageView):
    """What is disputed, what was said to it, and what is due next?"""

    template_name = "disputes/dispute.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        by = self.actor
        case = queries.get_case_for(by, ids["public_id"])
        contract, on = case.order.contract, today_of(case)
        return {
            "case": case,
            "order": case.order,
            "contract": contract,
            "findings": queries.findings_of(case),
            "total": queries.disputed_total(case),
            "credited": total_dollars(queries.credited_of(case).values()),
            "answers": case.answers.select_related("answered_by__user").order_by("pk"),
            "files": list(enumerate(queries.files_of(case), start=1)),
            "bundles": case.bundles.select_related("frozen_by__user").order_by("pk"),
            "recounts": case.recounts.select_related("draw").order_by("pk"),
            "claims": case.claims.order_by("pk"),
            "decision": getattr(case, "decision", None),
            "withdrawal": getattr(case, "withdrawal", None),
            "is_overdue": queries.is_overdue(case, on),
            "asked_late": accounting_day(case.opened_at, contract.time_zone)
            > case.ask_by,
            "may_answer": permissions.can_answer_dispute(by, case),
            "may_withdraw": permissions.can_withdraw_dispute(by, case),
            "may_freeze": permissions.can_freeze_evidence(by, case, on),
            "may_recount": permissions.can_start_recount(by, case, on),
            "may_decide": permissions.can_decide_dispute(
                by, case, on, queries.at_stake(case)
            ),
            "may_claim": permissions.can_submit_claim(by, contract),
            "documents": documents_of(case.subject).visible_to(by),
            "events": events_of(case.subject),
        }


class OpenDispute(VerbView):
    """Ask the vendor."""

    template_name = "disputes/open_dispute.html"
    form_class = forms.OpenDisputeForm
    submit_label = "Put them to the vendor"
    done_message = "The vendor is asked to explain; the rest is paid meanwhile."

    def thing(self, *_: Any, **ids: Any) -> TaskOrder:
        return get_task_order_for(self.actor, ids["public_id"])

    def verdict(self, thing: TaskOrder) -> Verdict:
        on = accounting_day(clock.now(), thing.contract.time_zone)
        return permissions.can_open_dispute(self.actor, thing, on)

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        return {"findings": self.request.GET.getlist("finding")}

    def form_options(self, thing: TaskOrder) -> dict[str, Any]:
        rows = queries.disputable(thing).select_related("order_line__contract_line")
        return {
            "findings": [
                (
                    each.public_id,
                    f"{each.code}, line {each.clin or 'none'}, {each.tokens:,} tokens, "
                    f"${each.amount_dollars.normalize():f}",
                )
                for each in rows
            ]
        }

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        clocks = queries.clocks_at(thing.contract, [], clock.now())
        return {"order": thing, "clocks": clocks, "cancel_url": "/disputes/"}

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return open_dispute(
            order_id=thing.pk,
            findings=data["findings"],
            question=data["question"],
            by=by,
            at=at,
        ).path


class CaseVerbView(VerbView):
    """A verb on one dispute that the actor may see."""

    def thing(self, *_: Any, **ids: Any) -> DisputeCase:
        return queries.get_case_for(self.actor, ids["public_id"])

    def extra(self, thing: DisputeCase) -> dict[str, Any]:
        return {
            "case": thing,
            "order": thing.order,
            "findings": queries.findings_of(thing),
            "total": queries.disputed_total(thing),
            "cancel_url": thing.path,
        }


class AnswerDispute(CaseVerbView):
    """The vendor's answer."""

    template_name = "disputes/answer_dispute.html"
    form_class = forms.AnswerDisputeForm
    submit_label = "Send the answer"
    done_message = "The agency has your answer."

    def verdict(self, thing: DisputeCase) -> Verdict:
        return permissions.can_answer_dispute(self.actor, thing)

    def perform(
        self, *, thing: DisputeCase, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        answer_dispute(case_id=thing.pk, **data, by=by, at=at)
        return thing.path


class WithdrawDispute(CaseVerbView):
    """The vendor gives it up."""

    template_name = "disputes/withdraw_dispute.html"
    form_class = forms.WordsForm
    submit_label = "Withdraw"
    done_message = "Nothing more is asked for; the differences are closed."

    def verdict(self, thing: DisputeCase) -> Verdict:
        return permissions.can_withdraw_dispute(self.actor, thing)

    def perform(
        self, *, thing: DisputeCase, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        withdraw_dispute(case_id=thing.pk, text=data["text"], by=by, at=at)
        return thing.path


class FreezeEvidence(CaseVerbView):
    """Keep the rows as they are."""

    template_name = "disputes/freeze_evidence.html"
    submit_label = "Freeze the evidence"
    done_message = "The rows are kept under one hash; both sides can download them."

    def verdict(self, thing: DisputeCase) -> Verdict:
        return permissions.can_freeze_evidence(self.actor, thing, today_of(thing))

    def perform(
        self, *, thing: DisputeCase, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        freeze_evidence(case_id=thing.pk, by=by, at=at)
        return f"{thing.path}#evidence"


class DecideDispute(CaseVerbView):
    """The contracting officer's decision."""

    template_name = "disputes/decide_dispute.html"
    form_class = forms.DecideDisputeForm
    submit_label = "Decide and send the letter"
    done_message = "The dispute is decided; the letter is being printed."

    def verdict(self, thing: DisputeCase) -> Verdict:
        return permissions.can_decide_dispute(
            self.actor, thing, today_of(thing), queries.at_stake(thing)
        )

    def form_options(self, thing: DisputeCase) -> dict[str, Any]:
        return {"settled": queries.ways_to_settle(thing, clock.now())}

    def perform(
        self, *, thing: DisputeCase, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        decide_dispute(
            case_id=thing.pk,
            codes=data["codes"],
            text=data["text"],
            by=by,
            at=at,
        )
        return thing.path


class AnswerFileView(PageView):
    """One file of an answer, as an attachment."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        file = queries.get_answer_file_for(
            self.actor, ids["public_id"], ids["position"]
        )
        return HttpResponse(
            read_blob(file.blob),
            content_type=served_type(file.blob),
            headers=attachment_headers(file.name, file.blob),
        )


class EvidenceFileView(PageView):
    """A bundle of evidence as a ZIP file, or one sheet of it as CSV."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        bundle = get_bundle_for(self.actor, ids["public_id"])
        content = read_blob(bundle.blob)
        name = request.GET.get("sheet", "")
        if not name:
            return HttpResponse(
                content,
                content_type="application/zip",
                headers=attachment_headers(f"{bundle.public_id}.zip", bundle.blob),
            )
        sheet = sheet_in(content, name) if name in bundle.rows else None
        if sheet is None:
            message = "There is no such sheet in this bundle."
            raise NotVisible(message)
        return HttpResponse(
            sheet, content_type="text/csv", headers=download_headers(name)
        )


def get_bundle_for(actor: Actor, public_id: str) -> EvidenceBundle:
    """One bundle of a dispute that the actor may see.

    :raises NotVisible: if it is not there for this actor
    """
    found = EvidenceBundle.objects.filter(
        case__in=queries.cases_visible_to(actor).values("pk"), public_id=public_id
    )
    bundle = found.select_related("blob").first()
    if bundle is None:
        message = "There is no such bundle."
        raise NotVisible(message)
    return bundle
