"""The inbox of discrepancies, and the verbs that settle one or many of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.permissions import Refused, Verdict
from contracting.core.views import PageView
from contracting.reconciliation import forms, permissions, queries
from contracting.reconciliation.matching.effects import Effect
from contracting.reconciliation.models import Finding
from contracting.reconciliation.operations.resolve import resolve_finding
from contracting.reconciliation.operations.resolve_alike import (
    IN_BULK,
    resolve_alike_findings,
)
from contracting.reconciliation.queries import inbox
from contracting.reconciliation.states import ResolutionCode
from contracting.reconciliation.views import PER_PAGE, FindingVerbView, today_of


class FindingsPage(PageView):
    """Which differences wait for me, how long already, and what is overdue?"""

    template_name = "reconciliation/findings.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        visible = queries.findings_visible_to(self.actor)
        asked = forms.FindingsFilter(self.request.GET)
        found, today = visible.order_by("-pk"), clock.now().date()
        if asked.is_valid():
            given = dict(asked.cleaned_data)
            whose, tier = given.pop("whose"), given.pop("tier")
            found = queries.narrowed(found, **given)
            found = inbox.inbox(
                found, whose=whose, by=self.actor, today=today, tier=tier
            )
            if whose:
                found = found.order_by("due_on", "pk")
        listed = inbox.with_age(found, today)
        page = Paginator(listed, PER_PAGE).get_page(self.request.GET.get("page"))
        waiting = visible.filter(resolution__isnull=True)
        return {
            "filter": asked,
            "page_obj": page,
            "open": waiting.count(),
            "overdue": waiting.filter(due_on__lt=today).count(),
            "mine": inbox.inbox(
                visible, whose="mine", by=self.actor, today=today, tier=""
            ).count(),
            "all": visible.count(),
        }


class ResolveFinding(FindingVerbView):
    """Settle a discrepancy, knowing what each resolution does."""

    template_name = "reconciliation/resolve_finding.html"
    form_class = forms.ResolveFindingForm
    submit_label = "Resolve it"
    done_message = "The discrepancy is resolved."

    def verdict(self, thing: Finding) -> Verdict:
        return permissions.can_resolve_finding(self.actor, thing, today_of(thing))

    def setup(self, *args: Any, **kwargs: Any) -> None:
        super().setup(*args, **kwargs)
        self._found: list[Effect] | None = None

    def initial(self, thing: Finding) -> dict[str, Any]:
        return {"seen_sha256": inbox.seen_of(self._effects_of(thing))}

    def form_options(self, thing: Finding) -> dict[str, Any]:
        lines = inbox.lines_for(thing)
        return {
            "effects": self._effects(thing),
            "lines": [
                (line.public_id, f"{line.order.name}, line {line.clin}")
                for line in lines
            ],
        }

    def extra(self, thing: Finding) -> dict[str, Any]:
        return {
            "finding": thing,
            "order": thing.order,
            "cancel_url": thing.path,
            "effects": self._effects(thing),
        }

    def _effects_of(self, thing: Finding) -> list[Effect]:
        """What each would do, found once for a page: it reads the whole period."""
        if self._found is None:
            self._found = inbox.effects_of(thing, clock.now())
        return self._found

    def _effects(self, thing: Finding) -> list[Effect]:
        """Those that the actor may choose; the others say who may, or why not."""
        on = today_of(thing)
        found = []
        for effect in self._effects_of(thing):
            may = permissions.can_resolve_finding(self.actor, thing, on, effect.code)
            is_refused = isinstance(may, Refused) and not effect.refused
            found.append(replace(effect, refused=may.reason) if is_refused else effect)
        return found

    def perform(
        self, *, thing: Finding, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        to_line = data.get("to_line") or ""
        resolve_finding(
            finding_id=thing.pk,
            code=data["code"],
            reason=data["reason"],
            reassigned_to=inbox.line_for(thing, to_line) if to_line else None,
            seen_sha256=data["seen_sha256"],
            by=by,
            at=at,
        )
        return reverse("reconciliation:finding", args=[thing.public_id])


class ResolveAlikeFindings(FindingVerbView):
    """Settle this discrepancy and those like it with one word."""

    template_name = "reconciliation/resolve_alike_findings.html"
    form_class = forms.BulkResolveForm
    submit_label = "Resolve those that are chosen"
    done_message = "The discrepancies are resolved."

    def verdict(self, thing: Finding) -> Verdict:
        return permissions.can_resolve_finding(self.actor, thing, today_of(thing))

    def form_options(self, thing: Finding) -> dict[str, Any]:
        return {
            "alike": [
                (
                    each.public_id,
                    f"{each.evidence.get('day', each.due_on)}: {each.tokens:,} tokens, "
                    f"${each.amount_dollars.normalize():f}",
                )
                for each in self._alike(thing)
            ],
            "codes": [
                (str(code), f"{code.label.capitalize()} ({code})")
                for code in map(ResolutionCode, IN_BULK)
            ],
        }

    def initial(self, thing: Finding) -> dict[str, Any]:
        return {"findings": [each.public_id for each in self._alike(thing)]}

    def _alike(self, thing: Finding) -> list[Finding]:
        return list(inbox.alike(thing, queries.findings_visible_to(self.actor)))

    def perform(
        self, *, thing: Finding, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        chosen = set(data["findings"])
        resolve_alike_findings(
            order_id=thing.order_id,
            finding_ids=[
                each.pk for each in self._alike(thing) if each.public_id in chosen
            ],
            code=data["code"],
            reason=data["reason"],
            by=by,
            at=at,
        )
        return f"{reverse('reconciliation:findings')}?whose=mine"
