"""A subject under review, whatever it is: approvals know no subjects."""

import hashlib

import pytest

from contracting.approvals.operations.open import open_route
from contracting.approvals.operations.record import record_decision
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject

SUBJECT = Subject("orders.task_order", 7, "contract:3")
SHA = hashlib.sha256(b"version 1").hexdigest()


@pytest.fixture
def submit_for_review(agency, program_manager, at):
    """Submit the subject: a task order of $60 by the program manager unless told."""

    def submit_it(**change):
        terms = {
            "subject": SUBJECT,
            "agency_id": agency.pk,
            "kind": "task_order",
            "title": "Pilot order",
            "url_path": "/orders/ord_x",
            "value": Dollars("60.00"),
            "risk": "",
            "version": 1,
            "content_sha256": SHA,
            "excluded_user_ids": [program_manager.user_id],
            "by": program_manager,
            "at": at,
        }
        return open_route(**{**terms, **change})

    return submit_it


@pytest.fixture
def decide(at):
    """Decide on a route as it stands: concur unless told otherwise."""

    def decide_it(route, by, **change):
        terms = {
            "verdict": "CONCUR",
            "comment": "",
            "seen_version": route.version,
            "content_sha256": route.content_sha256,
            "at": at,
        }
        return record_decision(route_id=route.pk, by=by, **{**terms, **change})

    return decide_it
