"""The contracting officer keeps a package as a template of the agency."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.solicitations import calculations, events, permissions
from contracting.solicitations.models import Solicitation, SolicitationTemplate
from contracting.solicitations.publishing.copying import pattern_of, pattern_sha256
from contracting.solicitations.refusals import TemplateNameTaken, TermInvalid


@transaction.atomic
def keep_template(
    *,
    solicitation_id: int,
    name: str,
    summary: str,
    by: Actor,
    at: datetime,
    seen_version: int,
) -> SolicitationTemplate:
    """Keep what the package says now, without dates and amounts, to start others from.

    The template does not follow later edits of the package.

    :param summary: for what it is meant, as everybody who chooses one reads it
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises Stale: if the package has changed since it was read
    :raises TermInvalid: if it has no name or no summary
    :raises TemplateNameTaken: if a template in use has that name
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_keep_template(by, solicitation))
    solicitation.require_version(seen_version)
    name, summary = name.strip(), summary.strip()
    if not name or not summary:
        message = "A template has a name, and says in a sentence for what it is meant."
        raise TermInvalid(message, term="summary" if name else "name")
    _require_free(solicitation, name)
    pattern = pattern_of(calculations.content(solicitation))
    template = SolicitationTemplate.objects.create(
        agency_id=solicitation.agency_id,
        name=name,
        summary=summary,
        content=pattern,
        content_sha256=pattern_sha256(pattern),
        kept_from=solicitation,
        kept_by_id=by.own_membership_id,
        kept_at=at,
    )
    record_event(
        events.TEMPLATE_KEPT,
        subject=template.subject,
        by=by,
        at=at,
        data={
            "template": template.public_id,
            "name": name,
            "from": solicitation.public_id,
            "from_name": solicitation.name,
            "from_version": solicitation.version,
            "content_sha256": template.content_sha256,
        },
    )
    return template


def _require_free(solicitation: Solicitation, name: str) -> None:
    """Two of one name could not be told apart; a retired one leaves its name free."""
    standing = SolicitationTemplate.objects.filter(
        agency_id=solicitation.agency_id, name__iexact=name, retired_at__isnull=True
    ).first()
    if standing is not None:
        message = (
            f"A template in use is called {standing.name}. Choose another name, or "
            "retire that one first."
        )
        raise TemplateNameTaken(message, template=standing.public_id)
