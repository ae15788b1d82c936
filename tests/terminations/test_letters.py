"""One register of letters with legal effect: receipt, due answer and what they do."""

from datetime import timedelta

import pytest

from contracting.core import clock
from contracting.documents.queries import documents_of
from contracting.terminations.models import Letter
from contracting.terminations.operations.issue_cure import issue_cure_notice
from contracting.terminations.operations.receive import receive_letter
from contracting.terminations.operations.stop import stop_work
from tests.builders_orders import MODIFIED_AT, issued_order
from tests.cast import actor, client_for
from tests.documents.papers import squeezed, words_on

pytestmark = pytest.mark.django_db


def words(part):
    page = client_for(actor(part)).get("/letters/").content.decode()
    return " ".join(page.split())


@pytest.fixture
def told_the_time(monkeypatch):
    def tell(at):
        monkeypatch.setattr(clock, "now", lambda: at)

    tell(MODIFIED_AT)
    return tell


def test_the_register_says_what_arrived_and_what_is_due(told_the_time):
    # Given a cure notice that arrived, and a stop-work order that did not yet
    order = issued_order()
    officer = actor("contracting_officer")
    cure = issue_cure_notice(
        contract_id=order.contract_id,
        order_id=order.pk,
        text="Reports are missing.",
        due_on=(MODIFIED_AT + timedelta(days=20)).date(),
        by=officer,
        at=MODIFIED_AT,
    )
    receive_letter(letter_id=cure.pk, by=actor("vendor_a_signer"), at=MODIFIED_AT)
    stop_work(
        order_id=order.pk,
        reason="SAFETY",
        text="Keys were exposed.",
        by=officer,
        at=MODIFIED_AT,
    )

    # Then each is a letter with its facts, which names on what it rests
    said = words_on(documents_of(cure.subject).get(kind="letter"))
    for fact in ("Cure Notice", "FAR 49.607(a)", "Days from this letter 20", "Effect"):
        assert squeezed(fact) in said, fact
    stop = Letter.objects.get(kind="STOP_WORK")
    said = words_on(documents_of(stop.subject).get(kind="letter"))
    for fact in ("Stop-Work Order", "FAR 42.1303", "an incident or a risk to the data"):
        assert squeezed(fact) in said, fact

    # And both sides read so on one page
    for part in ("contracting_officer", "vendor_a_member"):
        page = words(part)
        assert "2 letters with legal effect" in page
        assert "1 without a receipt, 1 that waits for an answer" in page
        assert "work stops at once" in page
        assert "overdue" not in page

    # And late on its last day in Washington, when it is tomorrow in London, in time
    told_the_time(MODIFIED_AT + timedelta(days=21, hours=3 - MODIFIED_AT.hour))
    assert "overdue" not in words("contracting_officer")

    # And once its day has passed the notice is marked
    told_the_time(MODIFIED_AT + timedelta(days=40))
    assert "overdue" in words("contracting_officer")

    # And a stranger reads nothing of it
    for part in ("other_agency_officer", "other_vendor_signer"):
        assert "No letter was sent" in words(part)
