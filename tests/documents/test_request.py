"""A request freezes what is to be printed, and outlives a lost message."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from contracting.core.quantities import Dollars, Tokens
from contracting.core.subjects import Subject
from contracting.documents import tasks
from contracting.documents.models import Document
from contracting.documents.operations.request import request_document
from contracting.documents.refusals import UnknownKind
from contracting.documents.states import DocumentState
from tests.cast import nothing_happens
from tests.documents.papers import PAPERS, request


def test_a_requested_paper_waits_to_be_printed(contracting_officer, at):
    document = request(contracting_officer, at)

    assert document.public_id.startswith("doc_")
    assert document.state == DocumentState.REQUESTED
    assert document.requested_by_name == contracting_officer.name
    assert document.requested_at == at
    assert document.number == PAPERS["task_order"]["number"]
    assert document.subject.stream == "contract:1"


def test_the_context_is_frozen_as_plain_values(contracting_officer, at):
    context = {
        "facts": [["Ceiling", Dollars(Decimal("60.5")), "dollars"]],
        "tokens": Tokens(20_000_000),
        "on": date(2026, 3, 2),
        "at": at,
    }

    document = request(contracting_officer, at, context=context)

    document.refresh_from_db()
    assert document.context["facts"][0][0] == "Ceiling"
    assert Decimal(document.context["facts"][0][1]) == Decimal("60.5")
    assert document.context["tokens"] == 20_000_000
    assert document.context["on"] == "2026-03-02"
    assert document.context["at"] == "2026-03-02T15:00:00.000000Z"


def test_the_worker_is_told_after_the_commit(
    contracting_officer, at, monkeypatch, django_capture_on_commit_callbacks
):
    told = []
    monkeypatch.setattr(
        tasks.render_document, "apply_async", lambda ids, **_: told.append(ids)
    )

    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        document = request(contracting_officer, at)
        assert told == []

    assert len(callbacks) == 1
    assert told == [(document.pk,)]


def test_a_message_that_cannot_be_sent_harms_nobody(
    contracting_officer, at, monkeypatch, django_capture_on_commit_callbacks
):
    def broken(*_, **__):
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.render_document, "apply_async", broken)

    with django_capture_on_commit_callbacks(execute=True):
        document = request(contracting_officer, at)

    document.refresh_from_db()
    assert document.state == DocumentState.REQUESTED


def test_a_paper_that_nobody_can_print_is_refused(contracting_officer, agency, at):
    order = {
        "subject": Subject("orders.task_order", 7, "contract:1"),
        "title": "Order",
        "number": "1",
        "agency_id": agency.pk,
        "context": {},
        "content_sha256": "0" * 64,
        "version": 1,
        "by": contracting_officer,
        "at": at,
    }

    with nothing_happens(), pytest.raises(UnknownKind) as refusal:
        request_document(kind="../base", **order)

    assert refusal.value.data["kind"] == "../base"


def test_a_float_is_not_put_on_paper(contracting_officer, at):
    with nothing_happens(), pytest.raises(TypeError):
        request(contracting_officer, at, context={"amount": 0.1})


@pytest.mark.parametrize(
    "change",
    [
        {"context": {}},
        {"title": "Another"},
        {"content_sha256": "0" * 64},
        {"version": 9},
    ],
)
def test_what_a_paper_prints_never_changes(contracting_officer, at, change):
    document = request(contracting_officer, at)

    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(**change)
    with pytest.raises(DatabaseError, match="never removed"), transaction.atomic():
        document.delete()
