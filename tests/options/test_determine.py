"""The findings before an option is exercised, and the market check that is computed."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from contracting.core.errors import NotAllowed
from contracting.documents.models import Document
from contracting.options.calculations.market import market_check
from contracting.options.models import OptionDetermination
from contracting.options.operations.determine import determine_option
from contracting.options.refusals import FindingMissing
from contracting.reference.models import ListPrice
from contracting.solicitations.models import SolicitationLine
from tests.builders_options import (
    FOUND_AT,
    PERIOD,
    added_options,
    determination,
    findings,
    funds_of_the_day,
    told_option,
)
from tests.builders_orders import line_of_accounting, registrations
from tests.cast import actor, nothing_happens


def checked(option):
    """An option with the extract of the day on file."""
    told_option(on=option)
    funds_of_the_day()
    registrations(until="2027-12-31", at=FOUND_AT)
    return option


def by_hand(option, percent=0):
    """Option and list, computed line by line from the rows themselves."""
    at_option = at_list = Fraction(0)
    contract = option.contract
    for line in SolicitationLine.objects.filter(solicitation=contract.solicitation_id):
        row = contract.lines.get(clin="0001").rate_rows.get(slin=line.slin)
        listed = (
            ListPrice.objects.filter(
                model=row.model, token_class=row.token_class, tier=row.tier
            )
            .order_by("-imported_on", "-pk")
            .first()
        )
        assert listed is not None
        price = Fraction(row.usd_per_million_tokens) * (100 + percent) / 100
        at_option += price * line.workload_tokens / 10**6
        at_list += (
            Fraction(listed.usd_per_million_tokens) * line.workload_tokens / 10**6
        )
    return at_option, at_list


def test_the_determination_keeps_every_finding_and_the_market_check(option):
    # When the officer determines on an option of which the vendor was told
    made = determination(checked(option))

    # Then the workload is priced at the option and at the list, to the last digit
    at_option, at_list = by_hand(option)
    assert Fraction(made.market["at_option"]) == at_option
    assert Fraction(made.market["at_list"]) == at_list
    assert made.market["percent_of_list"] == "80.0"

    # And funds and exclusion are those of the day, on a paper of their own
    assert made.free_dollars == Decimal("500000.00")
    assert "is not excluded" in made.exclusion
    paper = Document.objects.get(kind="option_determination")
    assert paper.content_sha256 == made.content_sha256
    assert "17.207(c)(7)" in str(paper.context)


@pytest.mark.parametrize("percent", [-12, 3, 25])
def test_the_market_check_follows_the_rule_of_the_prices(db, percent):
    option = added_options({**PERIOD, "price_percent": Decimal(percent)})[0]

    found = market_check(option, FOUND_AT.date(), FOUND_AT.date())

    at_option, at_list = by_hand(option, percent)
    assert Fraction(found.at_option.amount) == at_option
    assert Fraction(found.at_list.amount) == at_list
    assert found.is_better == (at_option <= at_list)


@pytest.mark.rule("R-OPT-03", case="refused")
@pytest.mark.parametrize(
    ("other", "asked"),
    [
        ({"need": " "}, "existing need"),
        ({"synopsis": ""}, "synopsized"),
        ({"past_performance": ""}, "past performance"),
        ({"rating": "MARGINAL"}, "not acceptable"),
        ({"basis": "HUNCH"}, "17.207(d)"),
    ],
)
def test_a_finding_that_is_missing_or_speaks_against_it_stops_it(option, other, asked):
    checked(option)
    given = findings(**other)

    with nothing_happens(), pytest.raises(FindingMissing) as refusal:
        determine_option(
            option_id=option.pk,
            findings=given,
            by=actor("contracting_officer"),
            at=FOUND_AT,
        )

    assert refusal.value.rule == "R-OPT-03"
    assert asked in refusal.value.message


@pytest.mark.rule("R-OPT-03", case="refused")
def test_funds_of_another_year_are_not_available(option):
    checked(option)
    expired = line_of_accounting()

    with nothing_happens(), pytest.raises(FindingMissing) as refusal:
        determine_option(
            option_id=option.pk,
            findings=findings(line_of_accounting_id=expired.pk),
            by=actor("contracting_officer"),
            at=FOUND_AT,
        )
    assert "funds" in refusal.value.message


@pytest.mark.rule("R-OPT-03", case="refused")
def test_an_excluded_vendor_or_a_stale_extract_stops_it(option):
    told_option(on=option)
    given = findings()

    with nothing_happens(), pytest.raises(FindingMissing) as refusal:
        determine_option(
            option_id=option.pk,
            findings=given,
            by=actor("contracting_officer"),
            at=FOUND_AT,
        )
    assert "were not checked within the last day" in refusal.value.message


@pytest.mark.rule("R-OPT-03", case="refused")
def test_an_option_dearer_than_the_list_is_not_the_best_by_the_market(db):
    option = added_options({**PERIOD, "price_percent": Decimal(30)})[0]
    checked(option)
    given = findings()

    with nothing_happens(), pytest.raises(FindingMissing) as refusal:
        determine_option(
            option_id=option.pk,
            findings=given,
            by=actor("contracting_officer"),
            at=FOUND_AT,
        )
    assert "does not find the option better" in refusal.value.message

    # But a new solicitation that got no better price does carry it
    assert determination(option, basis="SOLICITED").market["percent_of_list"] == "104.0"


def test_only_an_officer_determines(option):
    checked(option)
    given = findings()
    for part in ("contract_specialist", "other_agency_officer", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            determine_option(
                option_id=option.pk, findings=given, by=actor(part), at=FOUND_AT
            )
    assert not OptionDetermination.objects.exists()


@pytest.mark.rule("R-OPT-03", case="allowed")
def test_funds_without_a_last_day_carry_an_option_too(option):
    forever = line_of_accounting(
        label="Working capital fund",
        at=FOUND_AT,
        treasury_account_symbol="020-X-4501-000",
        funds_available_from=date(2026, 10, 1),
        funds_available_to=None,
        fund_year=2027,
    )

    made = determination(checked(option), line_of_accounting_id=forever.pk)

    assert made.line_of_accounting == forever
