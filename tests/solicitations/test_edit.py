"""The package is edited; every change makes a version and voids the review."""

from datetime import date
from decimal import Decimal

import pytest

from contracting.approvals.queries import is_complete_for, latest_route_of, standing
from contracting.approvals.states import RouteState
from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed, Stale
from contracting.core.identifiers import BadIdentifier
from contracting.core.periods import BadPeriod
from contracting.core.quantities import Tokens
from contracting.reference.models import TokenClass
from contracting.solicitations.calculations import FactorDraft, LineDraft
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.edit import edit_solicitation
from contracting.solicitations.operations.release import release_solicitation
from contracting.solicitations.queries import factors_of, lines_of
from contracting.solicitations.refusals import (
    NothingChanged,
    NotInDictionary,
    ReviewIncomplete,
    TermInvalid,
)
from contracting.solicitations.states import SolicitationState
from tests.builders import (
    DEADLINE,
    approved_solicitation,
    drafted_solicitation,
    released_solicitation,
    solicitation_in_review,
)
from tests.cast import days, nothing_happens
from tests.worlds import once_per_file

LINE = LineDraft("0002", "0002AA", "Embeddings", "EMBED", Tokens(5))


world = once_per_file(drafted_solicitation)


@pytest.fixture
def package(world, db):
    return Solicitation.objects.get(pk=world)


@pytest.fixture
def edit(contract_specialist, at):
    def _edit(package, by=None, seen_version=None, **changed):
        return edit_solicitation(
            solicitation_id=package.pk,
            by=by or contract_specialist,
            at=at,
            seen_version=seen_version or package.version,
            **changed,
        )

    return _edit


def test_a_change_of_a_term_makes_the_next_version(package, edit):
    before = package.content_sha256

    done = edit(package, terms={"naics": " 518210 "})

    assert done.naics == "518210"
    assert done.version == 2
    assert done.content_sha256 != before
    event = AuditEvent.objects.get(event="solicitations.solicitation.edited")
    assert '"changes":[{"new":"518210","old":"","term":"NAICS code"}]' in event.payload


def test_the_same_content_has_the_same_hash(package, edit):
    first = edit(package, terms={"naics": "518210"})
    edit(first, terms={"naics": ""}, seen_version=2)
    again = edit(first, terms={"naics": "518210"}, seen_version=3)

    assert again.version == 4
    assert again.content_sha256 == first.content_sha256


def test_factors_and_clauses_are_written_in_their_order(package, edit):
    factors = [FactorDraft("Price", "On the workload.", is_price=True)]
    clause = package.clauses.first()

    done = edit(package, factors=factors, clause_ids=[clause.clause_id])

    assert [factor.name for factor in factors_of(done)] == ["Price"]
    assert [row.clause_id for row in done.clauses.all()] == [clause.clause_id]


@pytest.mark.rule("R-SOL-13", case="allowed")
def test_a_line_asks_for_a_class_and_unit_of_the_dictionary(package, edit):
    done = edit(package, lines=[LINE])

    # Then it stands alone, and what was taken out is kept and marked
    assert [line.slin for line in lines_of(done)] == ["0002AA"]
    assert done.lines.filter(is_removed=True).count() == 4


@pytest.mark.rule("R-SOL-13", case="refused")
@pytest.mark.parametrize(
    "outside",
    [
        {"token_class": "WORDS"},
        {"unit": "KTOK"},
        {"unit": "EA"},
        {"tier": "GOLD"},
        {"boundary": "MOON"},
        {"context_band": "LONG"},
    ],
)
def test_a_line_outside_the_dictionary_is_refused(package, edit, outside):
    values = {name: getattr(LINE, name) for name in LineDraft.__slots__}

    with nothing_happens(), pytest.raises(NotInDictionary) as refusal:
        edit(package, lines=[LineDraft(**{**values, **outside})])
    assert refusal.value.rule == "R-SOL-13"


@pytest.mark.parametrize("clin_slin", [("0001", "0001IO"), ("1", "1AA"), ("A", "B")])
def test_a_line_number_keeps_its_grammar(package, edit, clin_slin):
    clin, slin = clin_slin
    line = LineDraft(clin, slin, "Input", "IN_UNCACHED", Tokens(1))

    with nothing_happens(), pytest.raises(BadIdentifier):
        edit(package, lines=[line])


def test_a_line_stands_once_and_under_its_clin(package, edit):
    stray = LineDraft("0001", "0002AA", "Input", "IN_UNCACHED", Tokens(1))

    for lines in ([LINE, LINE], [stray]):
        with nothing_happens(), pytest.raises(TermInvalid):
            edit(package, lines=lines)


@pytest.mark.parametrize(
    ("wrong", "refused_as"),
    [
        ({"naics": "12"}, BadIdentifier),
        ({"psc": "??"}, BadIdentifier),
        ({"time_zone": "Mars/Olympus"}, BadPeriod),
        ({"set_aside": "FRIENDS"}, TermInvalid),
        ({"title": " "}, TermInvalid),
        ({"deadline": DEADLINE.replace(tzinfo=None)}, TermInvalid),
        ({"deadline": DEADLINE.replace(year=9999)}, TermInvalid),
        ({"ordering_end": date(9999, 12, 31)}, TermInvalid),
        ({"ordering_start": date(1, 1, 1)}, TermInvalid),
        ({"maximum_tokens": -1}, TermInvalid),
        ({"most_awards": 0}, TermInvalid),
        ({"most_awards": 21}, TermInvalid),
        ({"minimum_dollars": Decimal("0.001")}, TermInvalid),
        ({"minimum_dollars": Decimal("500000")}, TermInvalid),
        ({"state": "RELEASED"}, TermInvalid),
        ({"naics": None}, TermInvalid),
    ],
)
def test_a_term_that_cannot_be_is_refused(package, edit, wrong, refused_as):
    with nothing_happens(), pytest.raises(refused_as):
        edit(package, terms=wrong)


def test_limits_of_orders_leave_room_for_an_order(package, edit):
    for wrong in (
        {"smallest_order_dollars": Decimal(0)},
        {"largest_order_dollars": Decimal("100.001")},
        {"smallest_order_dollars": Decimal(2), "largest_order_dollars": Decimal(1)},
        {"order_series_days": 30},
        {"ordering_end": date(2027, 3, 31), "performance_end": date(2027, 3, 30)},
    ):
        with nothing_happens(), pytest.raises(TermInvalid):
            edit(package, terms=wrong)

    limits = {"largest_order_dollars": Decimal(100), "order_series_days": 30}
    edited = edit(package, terms=limits)
    assert (edited.largest_order_dollars, edited.order_series_days) == (100, 30)


def test_a_package_states_what_the_contract_will_tolerate(package, edit):
    for wrong in (
        {"tolerance_percent": Decimal("100.5")},
        {"tolerance_dollars": Decimal("0.001")},
        {"tolerance_cap_percent": Decimal(-1)},
        {"tolerance_tokens": None},
    ):
        with nothing_happens(), pytest.raises(TermInvalid):
            edit(package, terms=wrong)

    stated = {"tolerance_percent": Decimal("0.5"), "tolerance_cap_percent": Decimal(1)}
    edited = edit(package, terms=stated)
    assert "0.5 percent" in edited.tolerances_said
    assert "value of an order: 1 percent" in edited.tolerances_said


def test_two_factors_cannot_both_be_the_price(package, edit):
    twice = [
        FactorDraft("Price", "One.", is_price=True),
        FactorDraft("Cost", "Two.", is_price=True),
    ]
    same = [FactorDraft("Skill", "One."), FactorDraft("skill", "Two.")]
    empty = [FactorDraft("Skill", " ")]

    for factors in (twice, same, empty):
        with nothing_happens(), pytest.raises(TermInvalid):
            edit(package, factors=factors)


def test_saving_what_stands_is_said_to_change_nothing(package, edit):
    with nothing_happens(), pytest.raises(NothingChanged):
        edit(package, terms={"title": package.title})


def test_a_version_that_was_overtaken_is_not_edited(package, edit):
    edit(package, terms={"naics": "518210"})

    with nothing_happens(), pytest.raises(Stale):
        edit(package, terms={"psc": "DA10"})


@pytest.mark.rule("R-ROL-08", case="allowed")
def test_a_change_voids_a_complete_review_visibly(at, edit):
    # Given a package that two reviewers have approved
    approved = approved_solicitation(at)

    # When the specialist changes one number
    done = edit(approved, terms={"maximum_tokens": 1})

    # Then it is a draft again, and both decisions are shown as void
    assert done.state == SolicitationState.DRAFT
    route = latest_route_of(done.subject)
    assert route is not None
    assert route.state == RouteState.VOIDED
    said = [decision for step in standing(route) for decision in step.decisions]
    assert len(said) == 2
    assert all(decision.voided_at for decision in said)
    assert not is_complete_for(done.subject, done.version, done.content_sha256)


def test_a_change_voids_a_review_that_is_under_way(at, edit):
    done = edit(solicitation_in_review(at), terms={"maximum_tokens": 1})

    assert done.state == SolicitationState.DRAFT
    route = latest_route_of(done.subject)
    assert route is not None
    assert route.state == RouteState.VOIDED


@pytest.mark.rule("R-ROL-08", case="refused")
def test_a_version_without_its_own_review_is_not_released(at, contracting_officer):
    # Given an approved package whose content has changed behind the verbs' back
    approved = approved_solicitation(at)
    approved.version += 1
    approved.save(update_fields=["version"])

    # When the contracting officer releases that version
    with nothing_happens(), pytest.raises(ReviewIncomplete) as refusal:
        release_solicitation(
            solicitation_id=approved.pk,
            by=contracting_officer,
            at=at + days(1),
            seen_version=approved.version,
        )

    # Then no review stands on it
    assert refusal.value.rule == "R-ROL-08"


def test_a_released_package_is_not_edited(at, edit):
    released = released_solicitation(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        edit(released, terms={"title": "Other"})


@pytest.mark.parametrize("outsider", ["program_manager", "other_agency_officer"])
def test_nobody_else_edits_it(request, package, edit, outsider):
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        edit(package, by=by, terms={"title": "Other"})


def test_the_dictionary_has_the_class_of_the_test(db):
    assert TokenClass.objects.filter(code="EMBED").exists()


@pytest.mark.parametrize(
    "lines",
    [
        [
            LineDraft("0001", "0001AA", "Input", "IN_UNCACHED", Tokens(7)),
            LineDraft("0001", "0001AB", "Input again", "IN_UNCACHED", Tokens(7)),
        ],
        [LineDraft("0001", "000101", "For information", "IN_UNCACHED", Tokens(7))],
    ],
    ids=["one price twice", "informational"],
)
def test_a_line_that_could_never_be_awarded_is_refused(package, edit, lines):
    with nothing_happens(), pytest.raises(TermInvalid):
        edit(package, lines=lines)


def test_the_same_class_under_two_clins_is_two_prices(package, edit):
    lines = [
        LineDraft(clin, f"{clin}AA", "Input", "IN_UNCACHED", Tokens(7))
        for clin in ("0001", "0002")
    ]

    assert edit(package, lines=lines).lines.filter(is_removed=False).count() == 2


def test_the_package_says_how_many_alternates_are_taken(package, edit):
    # Given a package that takes alternates unless somebody says otherwise
    assert package.alternates_taken == 9

    # When it takes none, Then that is a change like any other
    edit(package, terms={"alternates_taken": 0})
    package.refresh_from_db()
    assert package.alternates_taken == 0

    # And no number beyond what can be evaluated is taken
    for unfit in (21, -1):
        with nothing_happens(), pytest.raises(TermInvalid):
            edit(package, terms={"alternates_taken": unfit})
