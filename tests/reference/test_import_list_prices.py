"""Public list prices: dated rows from the installed release, only ever added."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, transaction

from contracting.audit.models import AuditEvent
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.reference import calculations, queries
from contracting.reference.models import AiModel, ListPrice
from contracting.reference.operations.import_list_prices import import_list_prices
from contracting.reference.refusals import UnknownTokenClass
from tests.cast import nothing_happens


@pytest.fixture
def gpt_4o(db):
    return AiModel.objects.get(snapshot="gpt-4o-2024-08-06")


def test_an_administrator_imports_the_prices_of_the_installed_release(
    administrator, gpt_4o, at
):
    added = import_list_prices(by=administrator, at=at)

    # Then a price that everybody can look up stands there, dated with the day
    price = queries.list_price(gpt_4o, queries.token_class("IN_UNCACHED"), at.date())
    assert price in added
    assert price.usd_per_million_tokens == Decimal("2.5")
    assert price.package_version == calculations.catalogue_version()
    assert price.imported_on == at.date()

    # And it is recorded once, with the number of rows
    event = AuditEvent.objects.get(event="reference.list_prices.imported")
    assert f'"rows":{len(added)}' in event.payload
    assert event.actor_membership_id == administrator.membership_id


def test_every_model_has_a_price_for_what_goes_in(administrator, at):
    import_list_prices(by=administrator, at=at)

    priced = ListPrice.objects.filter(
        token_class__code__in=["IN_UNCACHED", "EMBED"], tier="STANDARD"
    )
    assert set(priced.values_list("model_id", flat=True)) == set(
        AiModel.objects.values_list("pk", flat=True)
    )


def test_a_release_is_imported_once(administrator, at):
    import_list_prices(by=administrator, at=at)

    with nothing_happens():
        again = import_list_prices(by=administrator, at=at + timedelta(days=1))

    assert again == []


def test_a_new_release_adds_rows_and_leaves_the_old_ones(
    administrator, gpt_4o, at, monkeypatch
):
    # Given yesterday's release
    monkeypatch.setattr(calculations, "catalogue_version", lambda: "0.0.1")
    import_list_prices(by=administrator, at=at)
    before = ListPrice.objects.count()

    # When another release is installed a week later
    monkeypatch.setattr(calculations, "catalogue_version", lambda: "0.0.2")
    import_list_prices(by=administrator, at=at + timedelta(days=7))

    # Then each day is answered with what was known on it
    output = queries.token_class("OUT_TEXT")
    first = queries.list_price(gpt_4o, output, at.date() + timedelta(days=6))
    later = queries.list_price(gpt_4o, output, at.date() + timedelta(days=7))
    versions = [price and price.package_version for price in (first, later)]
    assert versions == ["0.0.1", "0.0.2"]
    assert ListPrice.objects.count() == 2 * before


def test_nothing_is_claimed_about_the_days_before_the_import(administrator, gpt_4o, at):
    import_list_prices(by=administrator, at=at)

    day_before = at.date() - timedelta(days=1)
    token_class = queries.token_class("IN_UNCACHED")
    assert queries.list_price(gpt_4o, token_class, day_before) is None


@pytest.mark.parametrize(
    "role", ["contracting_officer", "cor", "other_vendor_signer", "gateway"]
)
def test_nobody_else_imports_prices(role, request, at):
    by = request.getfixturevalue(role)

    with nothing_happens(), pytest.raises(NotAllowed):
        import_list_prices(by=by, at=at)


def test_a_list_price_is_never_changed_or_removed(administrator, at):
    added = import_list_prices(by=administrator, at=at)

    for change in (
        lambda: ListPrice.objects.filter(pk=added[0].pk).update(tier="FLEX"),
        lambda: ListPrice.objects.filter(pk=added[0].pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_command_says_what_it_did(db):
    said = StringIO()

    call_command("import_list_prices", stdout=said)
    call_command("import_list_prices", stdout=said)

    first, second = said.getvalue().splitlines()
    assert int(first.split()[0]) == ListPrice.objects.count() > 0
    assert second.startswith("0 list prices added from genai-prices ")
    assert AuditEvent.objects.get(
        event="reference.list_prices.imported"
    ).actor_kind == str(SYSTEM.kind)


# A list that somebody carries in ----------------------------------------------------

HEAD = "snapshot,token_class,tier,above_input_tokens,usd_per_million_tokens"
OURS = "gpt-4o-2024-08-06,OUT_TEXT,STANDARD,0,9.00"
LIST = f"{HEAD}\n{OURS}\nno-model,OUT_TEXT,FLEX,0,1\n"


def test_a_carried_list_adds_the_prices_of_our_models(administrator, gpt_4o, at):
    import_list_prices(by=administrator, at=at)
    day = at + timedelta(days=1)

    # When a list comes in on paper, with a model that is not ours
    carried = calculations.read_list("2026.06", LIST)
    (added,) = import_list_prices(carried=carried, by=administrator, at=day)

    # Then its one price of ours is the last that is known
    output = queries.token_class("OUT_TEXT")
    assert queries.list_price(gpt_4o, output, day.date()) == added
    assert added.package_version == "2026.06"
    last = AuditEvent.objects.filter(event="reference.list_prices.imported").last()
    assert last is not None
    assert '"catalogue":"carried list"' in last.payload

    # And it comes in once
    with nothing_happens():
        assert import_list_prices(carried=carried, by=administrator, at=day) == []


def test_a_list_with_a_class_that_there_is_not_is_refused_whole(administrator, at):
    text = LIST.replace("no-model,OUT_TEXT", "gpt-4o-2024-08-06,OUT_SONG")
    carried = calculations.read_list("2026.06", text)

    with nothing_happens(), pytest.raises(UnknownTokenClass, match="OUT_SONG"):
        import_list_prices(carried=carried, by=administrator, at=at)


@pytest.mark.parametrize(
    ("release", "text", "says"),
    [
        ("", LIST, "Name the release"),
        ("x" * 41, LIST, "Name the release"),
        ("1", "", "Line 1: the columns are"),
        ("1", HEAD, "holds no price"),
        ("1", f"{HEAD}\nm,OUT_TEXT,STANDARD,0,-1", "Line 2"),
        ("1", f"{HEAD}\nm,OUT_TEXT,STANDARD,0,NaN", "Line 2"),
        ("1", f"{HEAD}\nm,OUT_TEXT,STANDARD,0,0.1234567", "Line 2"),
        ("1", f"{HEAD}\nm,OUT_TEXT,STANDARD,-1,1", "Line 2"),
        ("1", f"{HEAD}\nm,OUT_TEXT,STANDARD,9999999999,1", "Line 2"),
        ("1", f"{HEAD}\nm,OUT_TEXT,STANDARD,0,1e9", "Line 2"),
        ("1", f"{HEAD}\nm,OUT_TEXT,NEVER,0,1", "Line 2"),
        ("1", f"{HEAD}\nm,OUT_TEXT,STANDARD,0", "Line 2"),
        ("1", f"{HEAD}\nm,OUT_TEXT,STANDARD,0,1,2", "Line 2"),
        ("1", f"{HEAD}\n{'m' * 200_000},OUT_TEXT,STANDARD,0,1", "Line 2"),
        (
            "1",
            f"{HEAD}\nm,EMBED,FLEX,0,1\nm,EMBED,FLEX,0,2",
            "Line 3: this price stands in the list twice",
        ),
    ],
)
def test_what_is_no_list_is_not_read(release, text, says):
    with pytest.raises(ValueError, match=says):
        calculations.read_list(release, text)


def test_the_command_reads_a_carried_list(db, tmp_path):
    path, said = tmp_path / "june.csv", StringIO()
    path.write_text(LIST)

    call_command("import_list_prices", "--file", str(path), stdout=said)
    assert said.getvalue() == "1 list prices added from the list june.\n"

    path.write_text("price\n1\n")
    with pytest.raises(CommandError, match="was not imported. Line 1"):
        call_command("import_list_prices", "--file", str(path))
