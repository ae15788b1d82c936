"""The contracting officer's findings before an option is exercised."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import ContractOption
from contracting.contracts.queries import not_responsible_because
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256, plain
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.documents.operations.request import request_document
from contracting.ledger.queries import FundsPosition, lines_of_accounting_of
from contracting.ledger.queries.positions import positions_of
from contracting.options import calculations, events, paperwork, permissions, queries
from contracting.options.calculations import first_day_of
from contracting.options.calculations.market import MarketCheck, market_check
from contracting.options.models import OptionDetermination
from contracting.options.operations.give import _lock_option
from contracting.options.refusals import FindingMissing, NotInWindow
from contracting.options.states import ACCEPTABLE, WORDS, Basis, Findings


@transaction.atomic
def determine_option(
    *, option_id: int, findings: Findings, by: Actor, at: datetime
) -> OptionDetermination:
    """Make every finding of FAR 17.207(c); the market check is computed with it.

    It stands for some days and for one exercise. Nobody overrides it: where a finding
    cannot be made, the option is not exercised.

    :raises NotAllowed: unless ``by`` is a contracting officer with a warrant
    :raises NotInWindow: after the window has closed (R-OPT-02)
    :raises FindingMissing: without a finding, without funds, for an excluded vendor,
        for performance below satisfactory, or for a market check that finds the option
        dearer than the public list (R-OPT-03)
    """
    option = _lock_option(option_id)
    contract = option.contract
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_determine_option(by, option, on))
    window = calculations.window_of(option)
    if window is None or on > window.closes_on:
        message = f"{option.name}: its window has closed."
        raise NotInWindow(message)
    _require_words(findings)
    funds = _funds(option, findings, on)
    market = market_check(option, first_day_of(option, window, on), on)
    _require_advantage(findings, market)
    because = not_responsible_because(contract, at)
    if because:
        raise FindingMissing(because, finding="exclusion")
    made = OptionDetermination(
        option=option,
        line_of_accounting=funds.line,
        free_dollars=funds.free.amount,
        basis=findings.basis,
        market=plain(market.plain(on)),
        exclusion=queries.exclusion_checked(contract, at),
        rating=findings.rating,
        contract_version=contract.version,
        determined_on=on,
        made_by_id=by.own_membership_id,
        made_at=at,
        **{name: getattr(findings, name).strip() for name in WORDS},
    )
    made.content_sha256 = content_sha256(_content(made))
    made.save()
    _print(made, by, at)
    record_event(
        events.OPTION_DETERMINED,
        subject=option.subject,
        by=by,
        at=at,
        data={
            "option": option.number,
            "basis": made.basis,
            "rating": made.rating,
            "free_dollars": made.free_dollars,
            "at_option": made.market["at_option"],
            "at_list": made.market["at_list"],
            "content_sha256": made.content_sha256,
        },
    )
    return made


def _require_words(findings: Findings) -> None:
    for name, asked in WORDS.items():
        if not getattr(findings, name).strip():
            raise FindingMissing(asked, finding=name, pointer=f"/{name}")
    if findings.basis not in Basis.values:
        message = "Choose on what the option is found advantageous (17.207(d))."
        raise FindingMissing(message, finding="basis", pointer="/basis")
    if findings.rating not in ACCEPTABLE:
        message = (
            "Performance under this contract is not acceptable: an option is exercised "
            "on performance that is satisfactory or better (17.207(c)(7))."
        )
        raise FindingMissing(message, finding="rating", pointer="/rating")


def _funds(option: ContractOption, findings: Findings, on: date) -> FundsPosition:
    """The funds that are named, with what they have left (17.207(c)(1))."""
    held = lines_of_accounting_of(option.contract.agency_id).filter(
        pk=findings.line_of_accounting_id
    )
    found = [each for each in positions_of(held) if each.line.is_available(on)]
    if not found or found[0].free.amount <= 0:
        message = (
            f"Name funds of this agency that are available on {on} and have dollars "
            "left: an option is exercised only where funds are available."
        )
        raise FindingMissing(message, finding="funds", pointer="/line_of_accounting")
    return found[0]


def _require_advantage(findings: Findings, market: MarketCheck) -> None:
    if findings.basis == Basis.MARKET and not market.is_better:
        message = (
            "The market check does not find the option better: the workload costs "
            f"{market.at_option} at its prices and {market.at_list} at the public "
            "list. Rest it on a new solicitation, or let the option lapse."
            if market.compared
            else "No line has a public list price: the market check finds nothing."
        )
        raise FindingMissing(message, finding="advantage", pointer="/basis")


def _print(made: OptionDetermination, by: Actor, at: datetime) -> None:
    option, contract = made.option, made.option.contract
    request_document(
        kind="option_determination",
        subject=made.subject,
        title=f"Determination on {option.name} of contract {contract.piid}",
        number=f"{contract.piid}-OPT{option.number}-D{option.determinations.count()}",
        agency_id=contract.agency_id,
        context=paperwork.determination_sheet(made, signer=by),
        content_sha256=made.content_sha256,
        version=1,
        by=by,
        at=at,
    )


def _content(made: OptionDetermination) -> dict[str, Any]:
    """What a determination says, for its hash."""
    named = (
        *("free_dollars", "need", "basis", "advantage", "market", "synopsis"),
        *("exclusion", "past_performance", "rating", "performance"),
        *("contract_version", "determined_on"),
    )
    return {
        "option": made.option.public_id,
        "line_of_accounting": made.line_of_accounting.public_id,
        **{name: getattr(made, name) for name in named},
    }
