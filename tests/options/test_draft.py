"""An option is exercised: in its window, as it is stated, on findings of these days."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from contracting.bans.refusals import Banned
from contracting.contracts.calculations import content
from contracting.contracts.models import Contract, ContractOption, RateRow
from contracting.contracts.refusals import TooLong
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotAllowed, NotVisible
from contracting.core.quantities import Dollars
from contracting.determinations.operations.make import make_determination
from contracting.ledger.queries import contract_balance
from contracting.modifications.invariants import INVARIANTS as MODIFICATIONS
from contracting.modifications.models import ContractModification
from contracting.options.invariants import INVARIANTS
from contracting.options.operations.draft import draft_option_exercise
from contracting.options.queries import get_option_for
from contracting.options.refusals import (
    AlreadyExercised,
    IntentMissing,
    NotAsStated,
    NotDetermined,
    NotInWindow,
    SizeNotRepresented,
)
from tests.builders_options import (
    EXERCISED_AT,
    EXTENSION,
    FOUND_AT,
    LINE,
    PERIOD,
    QUANTITY,
    added_options,
    banned_vendor,
    determination,
    determined_option,
    drafted_exercise,
    exercised_option,
    represented_size,
    signed,
    told_option,
)
from tests.builders_orders import line_of_accounting, registrations
from tests.cast import actor, nothing_happens

DAY = timedelta(days=1)


def exercise(option, by="contract_specialist", at=EXERCISED_AT):
    registrations(until="2027-12-31", at=at)
    return draft_option_exercise(option_id=option.pk, by=actor(by), at=at)


def holds():
    checks = [*INVARIANTS, *MODIFICATIONS]
    return [each.exceptions() for each in checks] == [[]] * len(checks)


@pytest.mark.rule("R-OPT-01", case="allowed")
@pytest.mark.rule("R-OPT-02", case="allowed")
@pytest.mark.rule("R-OPT-03", case="allowed")
@pytest.mark.rule("R-OPT-04", case="allowed")
def test_an_option_period_extends_the_contract_and_brings_its_own_lines(option):
    # Given an option of which the vendor was told in time, and a determination on it
    modification = drafted_exercise(on=determined_option(on=told_option(on=option)))

    # When another officer signs its exercise
    signed(modification)

    # Then period and ceilings are as the option states, and so are the books
    contract = Contract.objects.get(pk=option.contract_id)
    assert contract.ordering_end == date(2028, 3, 31)
    assert contract.ceiling_dollars == Decimal("650000.00")
    assert contract.ceiling_tokens == 65_000_000_000
    books = contract_balance(contract.pk)
    assert books is not None
    assert books.ceiling_dollars == contract.ceiling_dollars

    # And line 1001 follows line 0001 from the first day of the option on
    base, new = contract.lines.order_by("clin")
    assert (base.clin, base.orders_until) == ("0001", date(2027, 3, 31))
    assert (new.clin, new.orders_from) == ("1001", date(2027, 4, 1))
    assert new.ceiling_dollars == option.ceiling_dollars
    before = RateRow.objects.filter(line=base).order_by("slin")
    after = RateRow.objects.filter(line=new).order_by("slin")
    assert [row.slin for row in after] == ["1001" + row.slin[4:] for row in before]
    assert [row.usd_per_million_tokens for row in after] == [
        row.usd_per_million_tokens for row in before
    ]

    # And base and modifications are the contract, the option exercised once
    option.refresh_from_db()
    assert (option.first_day, option.last_day) == (date(2027, 4, 1), date(2028, 3, 31))
    assert contract.content_sha256 == content_sha256(content(contract))
    assert holds()
    with pytest.raises(DatabaseError), transaction.atomic():
        ContractOption.objects.filter(pk=option.pk).update(exercised_at=EXERCISED_AT)


def test_more_quantity_raises_the_ceilings_at_the_same_prices(db):
    # Given an option for more quantity, whose clause asks for no notice of intent
    option = added_options(QUANTITY)[0]

    # When it is exercised
    option = exercised_option(on=determined_option(on=option))

    # Then line 0001 may cost more, and nothing else is different
    contract = Contract.objects.get(pk=option.contract_id)
    (line,) = contract.lines.all()
    assert line.ceiling_dollars == Decimal("650000.00")
    assert contract.ordering_end == date(2027, 3, 31)
    assert holds()


def test_a_separate_line_is_bought_at_the_price_that_its_rule_makes(db):
    # Given an option for a line of its own, ten percent below the base lines
    option = exercised_option(on=determined_option(on=added_options(LINE)[0]))

    # Then its prices are nine tenths of those
    contract = Contract.objects.get(pk=option.contract_id)
    base, new = contract.lines.order_by("clin")
    prices = [
        list(
            RateRow.objects.filter(line=line)
            .order_by("slin")
            .values_list("usd_per_million_tokens", flat=True)
        )
        for line in (base, new)
    ]
    assert prices[1] == [price * 9 / 10 for price in prices[0]]
    assert (new.orders_from, base.orders_until) == (None, None)
    assert holds()


@pytest.mark.rule("R-OPT-05", case="allowed")
def test_an_extension_of_services_goes_on_with_the_lines_of_the_contract(db):
    # Given six months under FAR 52.217-8
    option = exercised_option(on=determined_option(on=added_options(EXTENSION)[0]))

    # Then the period is longer, at the same lines
    contract = Contract.objects.get(pk=option.contract_id)
    assert contract.ordering_end == date(2027, 9, 30)
    assert contract.lines.count() == 1
    assert holds()


@pytest.mark.rule("R-OPT-02", case="refused")
def test_no_option_is_exercised_after_its_window(option):
    # Given everything in place on the last day of the window
    determined_option(on=told_option(on=option))
    late = EXERCISED_AT.replace(month=3, day=27)
    registrations(until="2027-12-31", at=late)

    # When the office drafts it a day late
    with nothing_happens(), pytest.raises(NotInWindow) as refusal:
        draft_option_exercise(
            option_id=option.pk, by=actor("contract_specialist"), at=late
        )

    # Then nobody can let it pass: what is needed takes a new modification
    assert refusal.value.rule == "R-OPT-02"
    assert "both sign, with a justification" in refusal.value.message


@pytest.mark.rule("R-OPT-02", case="refused")
def test_no_option_is_signed_after_its_window(option):
    # Given a draft of the last day
    determined_option(
        on=told_option(on=option), at=EXERCISED_AT.replace(month=3, day=20)
    )
    modification = drafted_exercise(on=option, at=EXERCISED_AT.replace(month=3, day=26))
    late = EXERCISED_AT.replace(month=3, day=27)
    registrations(until="2027-12-31", at=late)

    # When the officer comes to sign it a day later
    with nothing_happens(), pytest.raises(NotInWindow):
        signed(modification, at=late)


@pytest.mark.rule("R-OPT-02", case="refused")
def test_an_option_is_exercised_as_it_is_stated_and_not_otherwise(option):
    # Given a draft in which somebody has written another ceiling
    modification = drafted_exercise(on=determined_option(on=told_option(on=option)))
    terms = {**modification.terms, "ceiling_tokens": 99_000_000_000}
    ContractModification.objects.filter(pk=modification.pk).update(terms=terms)

    # When the officer signs it
    with nothing_happens(), pytest.raises(NotAsStated) as refusal:
        signed(modification)

    # Then it is refused: an option is exercised whole and unconditionally
    assert "terms" in refusal.value.message


@pytest.mark.rule("R-OPT-02", case="refused")
def test_an_option_is_exercised_once(option):
    # Given an exercise on its way
    drafted_exercise(on=determined_option(on=told_option(on=option)))

    # When it is drafted again
    with nothing_happens(), pytest.raises(AlreadyExercised):
        draft_option_exercise(
            option_id=option.pk, by=actor("contract_specialist"), at=EXERCISED_AT
        )


@pytest.mark.rule("R-OPT-01", case="refused")
def test_no_option_period_is_exercised_without_a_notice_of_intent_in_time(option):
    # Given a notice that went out after its last day
    told_option(on=option, at=FOUND_AT - 10 * DAY)
    determined_option(on=option)
    registrations(until="2027-12-31", at=EXERCISED_AT)

    # When the office drafts the exercise
    with nothing_happens(), pytest.raises(IntentMissing) as refusal:
        draft_option_exercise(
            option_id=option.pk, by=actor("contract_specialist"), at=EXERCISED_AT
        )
    assert "30" in refusal.value.message


def test_the_officers_memo_lets_a_late_notice_pass_and_is_shown_as_an_override(
    option, today, client_for_officer
):
    # Given a late notice, and the officer's memo on it
    told_option(on=option, at=FOUND_AT - 10 * DAY)
    determined_option(on=option)
    make_determination(
        kind="LATE_INTENT",
        subject=option.subject,
        agency_id=option.contract.agency_id,
        title=str(option),
        path=option.path,
        value=_dollars(option),
        text="The vendor agrees in writing that the notice is in time.",
        by=actor("contracting_officer"),
        at=FOUND_AT,
    )

    # When it is drafted
    modification = exercise(option)

    # Then it goes on, and the override stands on the option's page
    assert modification.option_id == option.pk
    page = client_for_officer.get(option.path).content.decode()
    assert "R-OPT-01" in page
    assert "agrees in writing" in page


def _dollars(option):
    return Dollars(option.ceiling_dollars)


@pytest.mark.rule("R-OPT-03", case="refused")
def test_no_option_is_exercised_without_a_determination_of_these_days(option):
    # Given a determination that is 31 days old
    told_option(on=option)
    later = EXERCISED_AT + 32 * DAY
    determined_option(on=option)
    registrations(until="2027-12-31", at=later)

    # When it is drafted
    with nothing_happens(), pytest.raises(NotDetermined) as refusal:
        draft_option_exercise(
            option_id=option.pk, by=actor("contract_specialist"), at=later
        )
    assert "older than 30 days" in refusal.value.message


@pytest.mark.rule("R-OPT-03", case="refused")
def test_the_exclusion_record_is_fresh_at_the_signature(option):
    # Given a draft, and no extract of the day on which it is signed
    modification = drafted_exercise(on=determined_option(on=told_option(on=option)))

    # When the officer signs two days later
    with nothing_happens(), pytest.raises(NotDetermined):
        signed(modification, at=EXERCISED_AT + 2 * DAY)


@pytest.mark.rule("R-OPT-06", case="allowed")
@pytest.mark.rule("R-OPT-06", case="refused")
def test_beyond_the_fifth_year_the_vendor_states_its_size_anew(late_option):
    # Given an option that runs to the end of the sixth year, and a statement of 2026
    option = determined_option(on=told_option(on=late_option))
    registrations(until="2027-12-31", at=EXERCISED_AT)

    # When it is drafted without the vendor's statement
    with nothing_happens(), pytest.raises(SizeNotRepresented) as refusal:
        draft_option_exercise(
            option_id=option.pk, by=actor("contract_specialist"), at=EXERCISED_AT
        )
    assert "states its size anew from" in refusal.value.message

    # Then the statement of a signer lets it go on
    represented_size(option.contract, at=FOUND_AT)
    assert exercise(option).option_id == option.pk


@pytest.mark.rule("R-AI-01", case="refused")
def test_a_ban_stops_an_option(option):
    # Given a ban of the vendor after the determination
    determined_option(on=told_option(on=option))
    banned_vendor(option.contract)
    registrations(until="2027-12-31", at=EXERCISED_AT)

    # When the option is exercised
    with nothing_happens(), pytest.raises(Banned):
        draft_option_exercise(
            option_id=option.pk, by=actor("contract_specialist"), at=EXERCISED_AT
        )


def test_who_drafted_the_exercise_does_not_sign_it_and_nobody_else_sees_it(option):
    # Given an exercise that the officer drafted
    determined_option(on=told_option(on=option))
    modification = exercise(option, by="contracting_officer")

    # When the same officer signs it
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        signed(modification)
    assert refusal.value.rule == "R-ROL-03"

    # Then neither another vendor nor another agency finds the option
    for outsider in ("other_vendor_signer", "other_agency_officer"):
        with pytest.raises(NotVisible):
            get_option_for(actor(outsider), option.public_id)


@pytest.mark.rule("R-OPT-04", case="refused")
def test_base_and_options_last_five_years_unless_the_activity_head_approves(
    other_services_contract,
):
    # Given a contract for services that are no information technology
    contract = other_services_contract

    # When both would agree on option periods up to the sixth year
    with nothing_happens(), pytest.raises(TooLong) as refusal:
        added_options({**PERIOD, "months": 60}, on=contract)

    # Then the approval of the head of the contracting activity is asked for
    assert "head of the contracting activity" in refusal.value.message


def test_the_activity_heads_approval_lets_more_than_five_years_pass(
    other_services_contract, client_for_officer
):
    # Given the approval on record
    contract = other_services_contract
    make_determination(
        kind="LONG_TERM",
        subject=contract.subject,
        agency_id=contract.agency_id,
        title=str(contract),
        path=contract.path,
        value=_whole(contract),
        text="The head of the contracting activity approved six years.",
        document_sha256="a" * 64,
        by=actor("contracting_officer"),
        at=EXERCISED_AT - 300 * DAY,
    )

    # Then the options are added, and the override is shown on the contract
    assert added_options({**PERIOD, "months": 60}, on=contract)
    page = client_for_officer.get(contract.path).content.decode()
    assert "R-OPT-04" in page


def _whole(contract):
    return Dollars(contract.whole_dollars)


@pytest.mark.rule("R-OPT-03", case="refused")
def test_funds_that_lapse_between_finding_and_exercise_carry_nothing(db):
    # Given a quantity option, determined on the last day of the fiscal year
    last_day = datetime(2026, 9, 30, 15, 0, tzinfo=UTC)
    (option,) = added_options({**QUANTITY, "opens_days": 365})
    registrations(until="2027-12-31", at=last_day)
    determination(option, at=last_day, line_of_accounting_id=line_of_accounting().pk)

    # When it is drafted on the first day of the next
    registrations(until="2027-12-31", at=last_day + timedelta(days=1))
    with nothing_happens(), pytest.raises(NotDetermined) as refusal:
        draft_option_exercise(
            option_id=option.pk,
            by=actor("contract_specialist"),
            at=last_day + timedelta(days=1),
        )

    # Then funds of that year are asked for; on the last day they still carried it
    assert "available until 2026-09-30" in refusal.value.message
    assert drafted_exercise(on=option, at=last_day).kind == "OPTION"
