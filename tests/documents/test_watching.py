"""The page of a paper says how far it is, and reloads only for who asked it to."""

from datetime import timedelta

from contracting.core.models import ClockTimestamp
from contracting.documents.models import Document
from tests.cast import client_for
from tests.documents.operations import started
from tests.documents.papers import request


def words(response) -> str:
    return " ".join(response.content.decode().split())


def test_a_paper_says_at_which_attempt_it_is(contracting_officer, cor, at):
    document = request(contracting_officer, at)
    row, browser = Document.objects.filter(pk=document.pk), client_for(cor)
    address = f"/documents/{document.public_id}"

    assert "attempt 1 of 6 comes next" in words(browser.get(address))
    row.update(attempts=2, leased_until=ClockTimestamp() + timedelta(minutes=1))
    assert "It is being printed: attempt 2 of 6." in words(browser.get(address))
    row.update(
        leased_until=None,
        last_error="jammed",
        next_attempt_at=ClockTimestamp() + timedelta(minutes=1),
    )
    shown = words(browser.get(address))
    assert "It waits for attempt 3 of 6, not before" in shown
    assert "It waits because: jammed" in shown


def test_a_page_reloads_only_for_who_asked_it_to(contracting_officer, cor, at):
    document = request(contracting_officer, at)
    address, browser = f"/documents/{document.public_id}", client_for(cor)

    plain = browser.get(address)
    watching = browser.get(f"{address}?watch=1")
    Document.objects.filter(pk=document.pk).update(state="FAILED", last_error="jammed")
    ended = browser.get(f"{address}?watch=1")

    assert "Refresh" not in plain
    assert f"{address}?watch=1" in words(plain)
    assert watching["Refresh"] == "5"
    assert "Stop looking every five seconds" in words(watching)
    assert "Refresh" not in ended


def test_so_does_the_page_of_an_operation(cor):
    operation, browser = started(by=cor), client_for(cor)

    assert "Refresh" not in browser.get(operation.path)
    assert browser.get(f"{operation.path}?watch=1")["Refresh"] == "5"
