"""Where the vendor reports sums, they are the evidence, and no sample is drawn."""

import csv
import io

import pytest

from contracting.disputes.models import JointRecount
from contracting.disputes.queries.evidence import sheets_of
from contracting.disputes.queries.recounts import population_of
from contracting.disputes.refusals import RecountImpossible
from contracting.reconciliation.models import Finding
from tests.builders_billing import COUNTS, HOUR, compared, reported, used
from tests.builders_disputes import ANSWERED_AT, opened
from tests.builders_orders import issued_order
from tests.cast import nothing_happens
from tests.disputes.test_start_recount import started
from tests.reconciliation.test_sums import sums
from tests.worlds import once_per_file

pytestmark = pytest.mark.django_db


def _summed():
    order = issued_order()
    used(order)
    reported(order, content=sums({**COUNTS, "OUT_TEXT": 90_005}))
    compared(order)
    return Finding.objects.get(order=order)


world = once_per_file(_summed)


@pytest.fixture
def finding(world):
    return Finding.objects.get(pk=world)


def test_the_sum_stands_in_the_evidence_beside_the_calls_of_the_meter(finding):
    case = opened(finding)

    sheets = {sheet.name: sheet for sheet in sheets_of(case, ANSWERED_AT)}

    text = sheets["report_rows.csv"].content.decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["tokens"], row["request_id"]) == ("90005", "")
    assert row["sum_until"] == HOUR[1].isoformat()
    metered = csv.DictReader(io.StringIO(sheets["meter_rows.csv"].content.decode()))
    assert sum(int(each["tokens"]) for each in metered) == COUNTS["OUT_TEXT"]


def test_no_sample_is_drawn_from_sums(finding):
    case = opened(finding)

    with nothing_happens(), pytest.raises(RecountImpossible):
        started(case, finding, token_class="OUT_TEXT")


def test_no_sample_of_some_days_is_drawn_from_sums(finding):
    # The days of a recount may be named without any difference of them
    day = HOUR[0].date()
    recount = JointRecount(
        case=opened(finding),
        first_day=day,
        last_day=day,
        token_class_code="OUT_TEXT",
    )

    with pytest.raises(RecountImpossible, match="sums of this period"):
        population_of(recount)
