"""Check every chain of the audit table."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from contracting.audit.models import AuditEvent, AuditHead
from contracting.audit.queries import verify_chains


class Command(BaseCommand):
    """Exit 0 when every chain holds, 1 when one does not."""

    help = (
        "Check the hash chain of every audit stream: no row changed, missing or out of "
        "order, and each tail equal to its head."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        broken = list(verify_chains())
        for link in broken:
            self.stdout.write(f"broken: {link.stream} entry {link.seq}: {link.what}")
        entries, chains = AuditEvent.objects.count(), AuditHead.objects.count()
        verdict = f"broken in {len(broken)} places" if broken else "ok"
        self.stdout.write(f"audit: {verdict} ({entries} entries in {chains} chains)")
        self.stdout.write(
            "The chains agree with their heads in this database; only a published head "
            "proves that the tail was not rewritten together with its head."
        )
        if broken:
            raise SystemExit(1)
