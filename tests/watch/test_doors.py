"""The pages of notices of funds and of alarms."""

from datetime import timedelta

import pytest

from contracting.metering.models import FundsNotice, NoticeTerms
from contracting.watch.states import AlarmState
from tests.cast import client_for, submit
from tests.watch.conftest import NOW, raised


def page(part, url):
    return client_for(part).get(url)


@pytest.fixture
def notice(used):
    """Half of the funds are used."""
    used([7.0] * 3)
    return FundsNotice.objects.get()


@pytest.fixture
def alarm(used):
    """A source that is silent."""
    return raised(used([0.2] * 3), at=NOW + timedelta(days=2))[0]


def test_a_notice_is_read_and_acknowledged_by_its_side(
    notice, vendor_a_member, vendor_b_signer, other_agency_officer
):
    # Given the vendor's page
    shown = page(vendor_a_member, notice.path).content.decode()
    assert "50 percent of the funds of order" in shown
    assert "has not taken note yet" in shown

    # When the vendor acknowledges it
    answer = submit(
        client_for(vendor_a_member),
        f"{notice.path}/acknowledge_notice",
        {"words": "We slow down"},
    )

    # Then it stands there, and nobody outside sees it
    assert answer.status_code == 303
    assert "We slow down" in page(vendor_a_member, notice.path).content.decode()
    for outsider in (vendor_b_signer, other_agency_officer):
        assert page(outsider, notice.path).status_code == 404


def test_the_officer_sets_the_shares_on_the_page(
    notice, contracting_officer, vendor_a_signer, vendor_b_signer
):
    contract = notice.order.contract
    url = f"/contracts/{contract.public_id}"
    assert (
        "50, 75, 85, 90, 100" in page(vendor_a_signer, f"{url}/alerts").content.decode()
    )

    wrong = {"percents": "50, many", "clause": "OWN", "reason": "So agreed"}
    refused = submit(client_for(contracting_officer), f"{url}/set_notice_terms", wrong)
    assert "Write whole numbers" in refused.content.decode()
    assert not NoticeTerms.objects.exists()

    done = submit(
        client_for(contracting_officer),
        f"{url}/set_notice_terms",
        {"percents": "60, 75, 100", "clause": "52.232-7", "reason": "So agreed"},
    )
    assert done.status_code == 303
    shown = page(contracting_officer, f"{url}/alerts").content.decode()
    assert "60, 75, 100" in shown
    assert "85 percent will be used within 30 days" in shown
    assert page(vendor_b_signer, f"{url}/alerts").status_code == 404


def test_an_alarm_is_looked_at_and_closed(
    alarm, cor, vendor_a_signer, other_agency_officer
):
    assert "1 alarm waits" in page(cor, "/alarms/").content.decode()
    assert "a gap is no zero" in page(cor, alarm.path).content.decode()

    submit(client_for(cor), f"{alarm.path}/acknowledge_alarm", {})
    done = submit(
        client_for(cor), f"{alarm.path}/close_alarm", {"reason": "Maintenance"}
    )

    assert done.status_code == 303
    alarm.refresh_from_db()
    assert alarm.state == AlarmState.CLOSED
    assert "Maintenance" in page(cor, alarm.path).content.decode()
    for outsider in (vendor_a_signer, other_agency_officer):
        assert page(outsider, alarm.path).status_code == 404
    assert page(vendor_a_signer, "/alarms/").status_code == 404


def test_without_alarms_the_page_says_so(order, cor):
    shown = page(cor, "/alarms/").content.decode()

    assert "No alarm waits for anybody." in shown
    assert "No alarms" in shown
