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
        source = UsageSource.objects.filter(code=options["source"]).first()
        if source is None:
            message = "No such source; register it first."
            raise CommandError(message)
        by = importer_of(options["by"], source)
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


def importer_of(email: str, source: UsageSource) -> Actor:
    """The person in the role in which they may import, if they have one.

    :raises CommandError: if nobody of the agency has this e-mail
    """
    held = Membership.objects.filter(
        user__email__iexact=email,
        organization_id=source.agency_id,
        is_active=True,
        user__is_active=True,
    ).select_related("user", "organization")
    actors = [actor_of(each) for each in held.order_by("pk")]
    if not actors:
        message = "Nobody with this e-mail belongs to the source's agency."
        raise CommandError(message)
    fitting = [a for a in actors if can_ingest_usage(a, source.agency_id)]
    return (fitting or actors)[0]
