"""What the tests of papers and of operations share."""

import pytest

from contracting.documents import queries
from contracting.documents.queries import Progress
from contracting.documents.signing import orders
from contracting.notices.models import Notice
from tests.documents.operations import KIND


@pytest.fixture(autouse=True)
def plain_papers(request, monkeypatch):
    """Papers are neither sealed nor signed, except where a module says ``SEALS``.

    Most of these tests are about what comes before, and their press prints no PDF.
    """
    if not getattr(request.module, "SEALS", False):
        plain = orders.Paper("any", is_sealed=False, order="", why="")
        monkeypatch.setattr(orders, "paper", lambda kind: plain)


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
