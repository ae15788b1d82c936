"""``manage.py import_usage``: the file door of ingest."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Membership
from accounts.queries import actor_of
from contracting.core import clock
from contracting.core.errors import Refusal
from contracting.metering.models import UsageSource
from contracting.metering.operations.ingest import ingest_usage


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
        member = Membership.objects.filter(
            user__email=options["by"],
            organization_id=source.agency_id,
            is_active=True,
        ).first()
        if member is None:
            message = "Nobody with this e-mail belongs to the source's agency."
            raise CommandError(message)
        try:
            receipt = ingest_usage(
                source_id=source.pk,
                payload=options["file"].read_bytes(),
                by=actor_of(member),
                at=clock.now(),
            )
        except (Refusal, OSError) as error:
            raise CommandError(str(error)) from error
        batch = receipt.batch
        self.stdout.write(
            f"{batch.public_id}: {batch.received} received, {batch.accepted} accepted, "
            f"{batch.held} held, {batch.duplicate} duplicate, {batch.conflict} conflict, "
            f"{batch.rejected} rejected"
        )
