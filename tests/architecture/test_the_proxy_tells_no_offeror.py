"""The proxy that is shipped logs no address where a vendor does something."""

import re

import pytest

from tests.architecture.routes import Route, routes
from tests.architecture.tree import ROOT

CONF = (ROOT / "deploy" / "nginx.conf").read_text()
OF_NO_OFFER = {
    "submissions:admit_late_submission",
    "submissions:box",
    "submissions:enrol_opener",
    "submissions:hold_offer_key",
    "submissions:name_openers",
    "submissions:offer_key",
    "submissions:open_late_submission",
    "submissions:open_submissions",
    "submissions:opening",
    "submissions:openers",
    "submissions:published_box",
    "submissions:rehearse_opening",
    "submissions:replace_openers",
    "submissions:resolve_outage",
    "submissions:rotate_offer_key",
    "submissions:share_offer_key",
}
"""Of the agency, of everybody, or of an offer key, which tells of no offer."""


def without_address() -> list[re.Pattern[str]]:
    """What the addresses are like whose requests are logged without theirs."""
    told = re.search(r"map \$request_uri \$of_an_offer \{(.*?)\}", CONF, re.S)
    assert told is not None
    return [re.compile(each) for each in re.findall(r"~(\^\S+)\s+1;", told[1])]


def of_an_offer() -> list[Route]:
    verbs = ("begin", "append", "complete", "abandon")
    uploads = [f"api:{verb}_upload" for verb in verbs]
    apps = ("submissions:", "proposals:", "api:submissions", *uploads)
    return [
        each
        for each in routes()
        if each.name.startswith(apps) and each.name not in OF_NO_OFFER
    ]


@pytest.mark.parametrize("route", of_an_offer(), ids=str)
def test_what_a_vendor_does_with_an_offer_is_logged_without_address(route):
    address = route.address()

    assert any(each.match(address) for each in without_address()), address


def test_neither_a_body_nor_an_answer_is_written_by_the_proxy():
    size = re.search(r"client_max_body_size\s+(\w+);", CONF)
    buffer = re.search(r"client_body_buffer_size\s+(\w+);", CONF)

    assert size is not None
    assert buffer is not None
    assert size[1] == buffer[1]
    assert "proxy_max_temp_file_size 0;" in CONF
    assert re.search(r"error_log\s+\S+ crit;", CONF)
