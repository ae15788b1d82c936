"""Pages that start a package from an earlier one or a template, and of templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.views import OperationView, PageView, VerbView
from contracting.requisitions.models import Requisition
from contracting.requisitions.queries import get_requisition_for
from contracting.solicitations import calculations, permissions, queries
from contracting.solicitations.forms.templates import KeepTemplateForm
from contracting.solicitations.models import Solicitation, SolicitationTemplate
from contracting.solicitations.operations.copy import copy_solicitation
from contracting.solicitations.operations.keep_template import keep_template
from contracting.solicitations.operations.retire_template import retire_template
from contracting.solicitations.operations.use_template import use_template
from contracting.solicitations.publishing import copying
from contracting.solicitations.views import SolicitationVerb


def _shown(pattern: Mapping[str, Any], requisition: Requisition) -> dict[str, Any]:
    """What a package for this need would take from a pattern today."""
    on = requisition.agency.local_day(clock.now())
    taken = copying.taken_from(pattern, on)
    expected = copying.expected_tokens(requisition)
    asked = {line["token_class"] for line in taken.lines}
    return {
        "requisition": requisition,
        "taken": taken,
        "told": taken.told,
        "taken_lines": [
            (line, expected.get(line["token_class"])) for line in taken.lines
        ],
        "not_asked": [
            (code, tokens)
            for code, tokens in expected.items()
            if taken.lines and code not in asked
        ],
        "cancel_url": reverse(
            "solicitations:draft_solicitation", args=[requisition.public_id]
        ),
    }


@dataclass(frozen=True, slots=True)
class Start:
    """A need, and the package or template to start from."""

    requisition: Requisition
    source: Any


class CopySolicitation(VerbView):
    """Shall the package for this need start as a copy of that one?"""

    template_name = "solicitations/copy_solicitation.html"
    submit_label = "Start as a copy"
    done_message = "The package is started. The list says what is still missing."

    def thing(self, **ids: Any) -> Start:
        return Start(
            get_requisition_for(self.actor, ids["requisition"]),
            queries.get_solicitation_for(self.actor, ids["solicitation"]),
        )

    def verdict(self, thing: Start) -> Verdict:
        can = permissions.can_copy_solicitation
        return can(self.actor, thing.source, thing.requisition)

    def extra(self, thing: Start) -> dict[str, Any]:
        pattern = copying.pattern_of(calculations.content(thing.source))
        return {"source": thing.source, **_shown(pattern, thing.requisition)}

    def perform(
        self, *, thing: Start, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return copy_solicitation(
            solicitation_id=thing.source.pk,
            requisition_id=thing.requisition.pk,
            by=by,
            at=at,
        ).path


class UseTemplate(VerbView):
    """Shall the package for this need start from that template?"""

    template_name = "solicitations/use_template.html"
    submit_label = "Start from this template"
    done_message = "The package is started. The list says what is still missing."

    def thing(self, **ids: Any) -> Start:
        return Start(
            get_requisition_for(self.actor, ids["requisition"]),
            copying.get_template_for(self.actor, ids["template"]),
        )

    def verdict(self, thing: Start) -> Verdict:
        can = permissions.can_use_template
        return can(self.actor, thing.source, thing.requisition)

    def extra(self, thing: Start) -> dict[str, Any]:
        shown = _shown(thing.source.content, thing.requisition)
        return {"source": thing.source, **shown}

    def perform(
        self, *, thing: Start, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return use_template(
            template_id=thing.source.pk,
            requisition_id=thing.requisition.pk,
            by=by,
            at=at,
        ).path


class NeedsForCopy(PageView):
    """For which need shall this package be copied?"""

    template_name = "solicitations/needs_for_copy.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        found = queries.get_solicitation_for(self.actor, ids["solicitation"])
        can = permissions.can_copy_solicitation
        return {
            "solicitation": found,
            "waiting": [
                (requisition, can(self.actor, found, requisition))
                for requisition in queries.waiting_requisitions(self.actor)
            ],
        }


class KeepTemplate(SolicitationVerb):
    """Shall others start from what this package says?"""

    template_name = "solicitations/keep_template.html"
    form_class = KeepTemplateForm
    submit_label = "Keep as a template"
    done_message = "The template is kept. It is offered for every new package."
    can = staticmethod(permissions.can_keep_template)
    operation = staticmethod(keep_template)
    takes = ("name", "summary", "seen_version")

    def initial(self, thing: Solicitation) -> dict[str, Any]:
        return {**super().initial(thing), "name": thing.title[:120]}

    def more(self, thing: Solicitation) -> dict[str, Any]:
        content = calculations.content(thing)
        return {"pattern": copying.pattern_of(content)}


class TemplateList(PageView):
    """From which templates can a package be started?"""

    template_name = "solicitations/templates.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        return {"templates": copying.templates_for(self.actor)}


class TemplatePage(PageView):
    """What does a package start with that is made from this template?"""

    template_name = "solicitations/template.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        found = copying.get_template_for(self.actor, ids["template"])
        return {
            "template": found,
            "pattern": found.content,
            "may_retire": permissions.can_retire_template(self.actor, found),
        }


class RetireTemplate(OperationView):
    """Shall nobody start from this template any more?"""

    template_name = "solicitations/retire_template.html"
    submit_label = "Retire the template"
    done_message = "The template is retired. Packages made from it stay as they are."
    can = staticmethod(permissions.can_retire_template)
    operation = staticmethod(retire_template)
    takes = ()

    def thing(self, **ids: Any) -> SolicitationTemplate:
        return copying.get_template_for(self.actor, ids["template"])

    def keys(self, thing: SolicitationTemplate) -> dict[str, int]:
        return {"template_id": thing.pk}

    def leads_to(self, thing: SolicitationTemplate) -> str:
        return reverse("solicitations:templates")

    def extra(self, thing: SolicitationTemplate) -> dict[str, Any]:
        return {"template": thing, "cancel_url": thing.path}
