"""What the tests of operations share."""

import pytest

from contracting.documents import queries
from contracting.documents.queries import Progress
from contracting.notices.models import Notice
from tests.documents.operations import KIND


@pytest.fixture
def steps(monkeypatch):
    """A worker that does two units a step; what stands in the list goes wrong."""
    trouble: list = []

    def step(operation, by, at):
        Notice.objects.create(
            recipient_organization=operation.organization,
            subject_kind="test",
            subject_id=operation.pk,
            stream="test",
            title=by.name,
            body="A trace of the step.",
            url_path="/",
            created_at=at,
            email_state="NONE",
        )
        if trouble:
            raise trouble.pop(0)
        last = operation.done + 2 == operation.total
        operation.result_path = "/usage/" if last else ""
        return Progress(2, f"step {operation.done // 2 + 1}", is_last=last)

    monkeypatch.setitem(queries._WORK, KIND, step)
    return trouble
