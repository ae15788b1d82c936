"""Logging who read source selection information."""

import pytest
from django.db import DatabaseError, transaction

from contracting.audit.models import AuditEvent
from contracting.audit.operations.log import log_reading
from contracting.audit.queries import reads_of, recent_events_of, verify_chains
from contracting.core.subjects import Subject

pytestmark = pytest.mark.django_db
SUBJECT = Subject("solicitations.solicitation", 7, "solicitation:7")


def read(by, at):
    return log_reading(subject=SUBJECT, what="/offers/sub_1", how="read", by=by, at=at)


@pytest.mark.rule("R-EVL-10", case="allowed")
def test_a_reading_is_chained_beside_what_happened(evaluator, at):
    read(evaluator, at)

    logged = reads_of("solicitation:7").get()
    assert (logged.actor_user_id, logged.at) == (evaluator.user_id, at)
    assert "/offers/sub_1" in logged.payload
    assert list(verify_chains({"reads:solicitation:7"})) == []
    assert logged not in recent_events_of(evaluator.own_organization_id)


@pytest.mark.rule("R-EVL-10", case="refused", held_by="database")
def test_what_was_logged_is_never_changed_or_removed(evaluator, at):
    logged = read(evaluator, at)

    for change in (
        lambda rows: rows.update(actor_name="Somebody else"),
        lambda rows: rows.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(AuditEvent.objects.filter(pk=logged.pk))
