"""M-5: what is in force on a day, as known on another, and what an import changes."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import strip_tags

from contracting.core.actors import SYSTEM
from contracting.reference.models import AiModel, ListPrice
from contracting.reference.operations.import_list_prices import import_list_prices
from contracting.reference.operations.map_model_alias import map_model_alias
from contracting.reference.operations.register_model import register_model
from contracting.reference.queries.in_force import KINDS, history_of, in_force_on
from tests.cast import actor, client_for, nothing_happens, submit

pytestmark = pytest.mark.django_db
PAGE = "/reference/in-force/"
LATER = date(2099, 1, 1)
HEAD = "snapshot,token_class,tier,above_input_tokens,usd_per_million_tokens\n"
MODEL = "gpt-4o-2024-08-06"


def text(part_name, query=""):
    page = client_for(actor(part_name)).get(PAGE + query)
    return " ".join(strip_tags(page.content.decode()).split())


def previewed(part_name, listed, release="List of May"):
    file = SimpleUploadedFile("list.csv", listed.encode(), "text/csv")
    return client_for(actor(part_name)).post(
        reverse("reference:preview_list_prices"), {"release": release, "file": file}
    )


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_table_says_what_holds_and_since_when(kind):
    reader = actor("auditor")

    for row in in_force_on(kind, LATER, reader, LATER):
        assert row.first <= LATER
        assert row.name
        assert row.says
    assert history_of(kind, reader, date(2020, 1, 1)) == []


def test_a_number_is_read_on_its_day_and_with_all_its_versions():
    # Given a threshold that was raised on 1 October 2025
    then = text("auditor", "?kind=thresholds&on=2025-09-30&find=simplified")
    now = text("auditor", "?kind=thresholds&on=2025-10-01&find=simplified")
    every = text("auditor", "?kind=thresholds&all=1&find=simplified")

    assert "250,000" in then
    assert "350,000" not in then
    assert "350,000" in now
    assert "250,000" in every
    assert "350,000" in every


def test_what_was_recorded_later_is_not_known_then():
    assert "as known on 1 Jan 2020" in text("auditor", "?known=2020-01-01")
    assert "Nothing fits" in text("auditor", "?known=2020-01-01")


def test_a_list_price_holds_until_the_next_one(at):
    import_list_prices(by=SYSTEM, at=at)
    before = history_of("prices", actor("auditor"), LATER)

    assert len(before) == ListPrice.objects.count()
    assert all(row.last is None for row in before)
    assert {row.by.split(",")[0] for row in before} == {SYSTEM.name}


def test_who_registered_a_model_is_named_to_their_own_agency(administrator, at):
    tokenizer = AiModel.objects.get(snapshot=MODEL).tokenizer.code
    register_model(
        snapshot="gpt-6-2026-04-01",
        code="gpt-6",
        provider="openai",
        family="GPT",
        tokenizer=tokenizer,
        context_tokens=1_000,
        max_output_tokens=100,
        boundaries=[],
        valid_from=at.date(),
        by=administrator,
        at=at,
    )

    query = "?kind=models&all=1&find=gpt-6"
    assert administrator.name in text("cor", query)
    assert administrator.name not in text("other_agency_officer", query)
    assert "an administrator" in text("other_agency_officer", query)


def test_names_of_another_agency_are_not_shown(cor, at):
    model = AiModel.objects.get(snapshot=MODEL)
    map_model_alias(
        source_name="our-own-name",
        model_id=model.pk,
        agency_id=cor.organization_id,
        by=cor,
        at=at,
    )

    assert "our-own-name" in text("cor", "?kind=names&all=1")
    assert "our-own-name" not in text("other_agency_officer", "?kind=names&all=1")


def test_the_rows_are_handed_over_as_a_file(auditor):
    page = client_for(auditor).get(f"{PAGE}?kind=rules&format=csv")

    rows = list(csv.reader(io.StringIO(page.content.decode())))
    assert rows[0][:3] == ["key", "name", "says"]
    assert len(rows) > 50


def test_a_filter_that_is_wrong_is_named(auditor):
    page = client_for(auditor).get(f"{PAGE}?kind=secrets&on=yesterday")

    assert page.status_code == 422
    assert "valid date" in page.content.decode()


def test_an_import_is_previewed_with_what_it_changes(administrator, at):
    # Given what the installed release states, and a list with one other price
    import_list_prices(by=SYSTEM, at=at)
    known = ListPrice.objects.filter(
        model__snapshot=MODEL, token_class__code="OUT_TEXT", tier="STANDARD"
    ).first()
    assert known is not None
    same = f"{MODEL},OUT_TEXT,STANDARD,0,{known.usd_per_million_tokens}\n"
    other = f"{MODEL},IN_UNCACHED,STANDARD,0,1.23\nno-model,OUT_TEXT,STANDARD,0,1\n"
    listed = HEAD + same + other

    # When the administrator previews it
    with nothing_happens():
        page = previewed("administrator", listed)
    shown = " ".join(strip_tags(page.content.decode()).split())
    assert "1 price new or other than known, 1 the same." in shown
    assert "it is none of our models: no-model" in shown
    assert "$1.23" in shown

    # Then it is imported from there, as it was previewed
    done = submit(
        client_for(administrator),
        reverse("reference:import_list_prices"),
        {"release": "List of May", "listed": listed},
    )
    assert done.status_code == 303
    assert ListPrice.objects.filter(package_version="List of May").count() == 2


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("a,b\n1,2\n", "Line 1: the columns are"),
        (f"{HEAD}{MODEL},OUT_TEXT,STANDARD,0,1\n{MODEL},OUT_TEXT,GOLD,0,1\n", "Line 3"),
        (f"{HEAD}{MODEL},OUT_MAGIC,STANDARD,0,1\n", "no token class"),
        (HEAD, "holds no price"),
    ],
)
def test_a_row_that_is_wrong_is_named_by_its_line(listed, said, at):
    with nothing_happens():
        page = previewed("administrator", listed)

    assert page.status_code == 422
    assert said in page.content.decode()


def test_nobody_else_previews_an_import():
    page = previewed("program_manager", HEAD)

    assert page.status_code == 403
    url = reverse("reference:preview_list_prices")
    assert client_for(actor("cor")).get(url).status_code == 403
