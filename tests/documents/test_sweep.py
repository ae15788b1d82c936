"""The sweep prints what a lost message has left, once."""

from datetime import timedelta

import pytest

from contracting.core import clock
from contracting.documents import rendering
from contracting.documents.models import Rendering
from contracting.documents.operations.sweep import sweep_documents
from contracting.documents.states import DocumentState
from tests.cast import nothing_happens
from tests.documents.papers import request


@pytest.fixture
def press(monkeypatch):
    """A press that can be jammed: what it does with the number of a paper."""
    jammed: set[str] = set()

    def printing(sheet):
        if sheet.number in jammed:
            raise ValueError("the paper is jammed")
        return f"%PDF {sheet.context}".encode()

    monkeypatch.setattr(rendering, "render", printing)
    return jammed


def test_what_a_lost_message_left_is_printed(contracting_officer, at, press):
    # Given three requested papers whose messages never came
    papers = [request(contracting_officer, at, subject_id=n) for n in (1, 2, 3)]

    # When the sweep comes by
    printed = sweep_documents(at=at)

    # Then all are printed
    assert printed == 3
    for document in papers:
        document.refresh_from_db()
        assert document.state == DocumentState.RENDERED


def test_a_second_sweep_prints_nothing(contracting_officer, at, press):
    request(contracting_officer, at)
    sweep_documents(at=at)

    with nothing_happens():
        assert sweep_documents(at=at) == 0

    assert Rendering.objects.count() == 1


def test_the_oldest_come_first_and_the_others_next_time(contracting_officer, at, press):
    papers = [request(contracting_officer, at, subject_id=n) for n in (1, 2, 3)]

    assert sweep_documents(at=at, limit=2) == 2

    papers[2].refresh_from_db()
    assert papers[2].state == DocumentState.REQUESTED
    assert sweep_documents(at=at, limit=2) == 1


def test_one_that_fails_does_not_hold_up_the_others(contracting_officer, at, press):
    bad = request(contracting_officer, at, kind="modification")
    good = request(contracting_officer, at)
    press.add(bad.number)

    assert sweep_documents(at=at) == 1

    good.refresh_from_db()
    assert good.state == DocumentState.RENDERED


def test_one_that_failed_is_left_alone_until_its_time_has_come(
    contracting_officer, at, press
):
    document = request(contracting_officer, at)
    press.add(document.number)
    now = clock.now()
    sweep_documents(at=now)
    press.clear()

    assert sweep_documents(at=now) == 0
    assert sweep_documents(at=now + timedelta(minutes=1)) == 1


def test_a_paper_that_ends_its_worker_does_not_hold_up_the_others(
    contracting_officer, at, press, monkeypatch
):
    # Given an older paper at which the worker dies, and a newer one
    bad = request(contracting_officer, at, kind="modification")
    good = request(contracting_officer, at)
    printing = rendering.render

    def dying(sheet):
        if sheet.number == bad.number:
            raise SystemExit
        return printing(sheet)

    monkeypatch.setattr(rendering, "render", dying)
    with pytest.raises(SystemExit):
        sweep_documents(at=at)

    # When the next sweep comes by
    assert sweep_documents(at=at) == 1

    # Then the newer one is printed, and the attempt at the older one has counted
    good.refresh_from_db()
    bad.refresh_from_db()
    assert good.state == DocumentState.RENDERED
    assert (bad.state, bad.attempts) == (DocumentState.REQUESTED, 1)


def test_a_sweep_that_takes_too_long_leaves_the_rest_for_the_next(
    contracting_officer, at, press
):
    for n in (1, 2, 3):
        request(contracting_officer, at, subject_id=n)

    assert sweep_documents(at=at, seconds=-1) == 1
    assert sweep_documents(at=at) == 2
