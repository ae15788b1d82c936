"""``manage.py import_usage``: the file door of ingest."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Membership
from accounts.queries import actor_of
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import Refusal
from contracting.metering.models import UsageSource
from contracting.metering.operations.ingest import ingest_usage
from contracting.metering.permissions import can_ingest_usage
from contracting.metering.states import RowVerdict


class Command(BaseCommand):
    """Imports a file of CloudEvents and prints the count of each verdict."""

    help = "Import a file of usage events (NDJSON or a JSON array of CloudEvents)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="code of the source")
        parser.add_argument(
            "--by", required=True, help="e-mail of the representative who imports it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source, by = source_and_importer(options["source"], options["by"])
        try:
            payload = options["file"].read_bytes()
            receipt = ingest_usage(
                source_id=source.pk, payload=payload, by=by, at=clock.now()
            )
        except (Refusal, OSError) as error:
            raise CommandError(str(error)) from error
        batch = receipt.batch
        counts = ", ".join(
            f"{getattr(batch, kind)} {kind}" for kind in RowVerdict.values
        )
        self.stdout.write(f"{batch.public_id}: {batch.received} received, {counts}")


def source_and_importer(code: str, email: str) -> tuple[UsageSource, Actor]:
    """The source of a person's agency, and them in the role in which they may import.

    Two agencies may each have a source of this name: it is the one of the agency where
    the person may import usage.

    :raises CommandError: if they belong to no agency with such a source, or could mean
        that of either of two
    """
    held = Membership.objects.filter(
        user__email__iexact=email, is_active=True, user__is_active=True
    ).select_related("user", "organization")
    actors = [actor_of(each) for each in held.order_by("pk")]
    sources = {
        each.agency_id: each
        for each in UsageSource.objects.filter(
            code=code, agency_id__in=[a.organization_id for a in actors]
        )
    }
    if not sources:
        message = "No agency of whoever has this e-mail has such a source."
        raise CommandError(message)
    known = [a for a in actors if a.organization_id in sources]
    fitting = [a for a in known if can_ingest_usage(a, a.own_organization_id)] or known
    if len({a.organization_id for a in fitting}) > 1:
        names = " and ".join(sorted({a.organization_name for a in fitting}))
        message = f"{names} each have such a source; import it on the page of yours."
        raise CommandError(message)
    return sources[fitting[0].own_organization_id], fitting[0]
