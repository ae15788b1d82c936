"""How figures, moments, verdicts, forms and charts look on every page."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string

from contracting.core.permissions import Allowed, Refused
from contracting.core.quantities import Dollars, Tokens, UnitPrice

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 11, 27, 22, 5, tzinfo=UTC)


def shown(source: str, **context: object) -> str:
    return Template("{% load drawdown %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "value", "words"),
    [
        ("{{ value|tokens }}", Tokens(18_059_974), "18,059,974"),
        ("{{ value|tokens }}", -1200, "-1,200"),
        ("{{ value|dollars }}", Dollars("54.123456789"), "$54.123456789"),
        ("{{ value|dollars }}", Decimal("-1234.5"), "-$1,234.50"),
        ("{{ value|dollars }}", "400000", "$400,000.00"),
        ("{{ value|cents }}", Decimal("54.120000000000"), "$54.12"),
        ("{{ value|unit_price }}", UnitPrice("2.500000"), "$2.50 per million tokens"),
        ("{{ value|unit_price }}", "0.0375", "$0.0375 per million tokens"),
        ("{{ value|percent:200 }}", 57, "28.5%"),
        ("{{ value|state_words }}", "CLOSED_OUT", "Closed out"),
    ],
)
def test_a_figure_is_shown_exactly(source: str, value: object, words: str) -> None:
    assert shown(source, value=value) == words


def test_a_rounded_amount_keeps_the_exact_one_at_hand() -> None:
    html = shown("{{ value|cents }}", value=Decimal("54.125"))

    assert ">$54.13<" in html
    assert 'title="exactly $54.125"' in html


def test_a_float_is_never_printed_as_money() -> None:
    with pytest.raises(TypeError, match="float"):
        shown("{{ value|dollars }}", value=1.5)


def test_a_moment_is_shown_in_the_zone_of_the_contract_and_in_utc() -> None:
    html = shown("{{ at|instant_in:'America/New_York' }}", at=NOON)

    assert 'datetime="2026-11-27T22:05:00Z"' in html
    assert "Fri 27 Nov 2026, 5:05 p.m. EST (22:05 UTC)" in html


def test_a_moment_on_another_day_in_utc_says_so() -> None:
    late = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)

    assert "(28 Nov, 03:00 UTC)" in shown("{{ at|instant_in:'US/Eastern' }}", at=late)


def test_paper_prints_moments_that_were_frozen_as_text() -> None:
    assert "27 Nov 2026, 22:05 UTC" in shown("{{ '2026-11-27T22:05:00Z'|instant }}")
    assert "27 Nov 2026" in shown("{{ '2026-11-27'|day }}")


def test_nothing_is_shown_as_nothing() -> None:
    for name in ("tokens", "dollars", "cents", "instant", "day", "state_tag", "sha"):
        assert 'aria-label="none"' in shown("{{ value|" + name + " }}", value=None)


def test_an_allowed_verb_is_a_link_and_a_refused_one_says_why() -> None:
    source = "{% verb_button '/x/issue' 'Issue order' verdict %}"
    allowed = shown(source, verdict=Allowed())
    refused = shown(source, verdict=Refused("You <requested> this.", "R-ROL-01"))

    assert 'href="/x/issue"' in allowed
    assert "href" not in refused
    assert "You &lt;requested&gt; this." in refused
    assert "R-ROL-01" in refused


def test_a_button_without_a_verdict_is_a_mistake_of_the_page() -> None:
    with pytest.raises(TypeError, match="needs a verdict"):
        shown("{% verb_button '/x' 'Issue' unknown %}")


def test_a_bar_says_what_it_shows() -> None:
    html = shown("{% money_bar 54 60 400 label='Line 0001' %}")

    assert "$54.00 used of $60.00 obligated (90.0%)" in html
    assert "$6.00 left" in html
    assert '<title id="chart-1-title">Line 0001</title>' in html


def test_a_bar_beyond_its_obligation_says_so() -> None:
    html = shown("{% money_bar 70 60 400 %}")

    assert "Use is beyond the obligation." in html


def test_a_chart_has_its_sentence_and_every_point_in_a_table() -> None:
    points = [(date(2026, 10, day), 100 * day) for day in range(1, 8)]
    html = shown("{% burn_chart points limit=1000 %}", points=points)

    assert "700 by 7 Oct 2026, 70.0% of the limit of 1,000." in html
    assert html.count('<th scope="row">') == 7


def test_a_chart_without_points_says_that_nothing_was_used() -> None:
    assert "Nothing has been used yet." in shown("{% burn_chart points %}", points=[])


class OrderForm(forms.Form):
    title = forms.CharField(label="Title", help_text="What vendors read first.")
    kind = forms.ChoiceField(
        label="Decision", choices=[("C", "Concur")], widget=forms.RadioSelect
    )
    note = forms.CharField(label="Note", required=False)


def test_an_error_is_linked_to_its_field_and_read_with_it() -> None:
    form = OrderForm({"note": "kept"})
    page = render_to_string("base.html", {"form": form})
    body = render_to_string(
        "components/form.html", {"form": form, "form_token": "once"}
    )

    assert "<title>Error: " in page
    assert '<a href="#id_title">Title: This field is required.</a>' in page
    assert 'aria-describedby="id_title_helptext id_title_error"' in body
    assert 'id="id_title_error"' in body
    assert 'name="form_token" value="once"' in body
    assert 'value="kept"' in body
    for target in re.findall(r'href="#(id_\w+)"', page):
        assert f'id="{target}"' in body


def test_a_refusal_is_shown_above_the_page_that_was_refused() -> None:
    refusal = {
        "message": "One token too many.",
        "rule": "R-FND-02",
        "sentence": "An order never passes its ceiling.",
        "citation": "FAR 16.504",
        "lift": "Order less.",
    }
    for name in ("base.html", "refusal.html"):
        page = render_to_string(name, {"refusal": refusal})

        assert page.count("One token too many.") == 1
        assert "Nothing was changed; what you typed is kept." in page
        for words in ("R-FND-02", "FAR 16.504", "Order less."):
            assert words in page


@pytest.mark.parametrize("name", ["400", "403", "404", "500", "accessibility"])
def test_each_page_that_stands_alone_answers_in_words(name: str) -> None:
    page = render_to_string(f"{name}.html")

    assert re.search(r"data-answer>[^<\s]", page)


def test_no_template_and_no_script_breaks_the_content_security_policy() -> None:
    inline = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=", re.I)
    for path in (ROOT / "templates").rglob("*.html"):
        assert not inline.search(path.read_text()), path


def test_every_file_that_a_stylesheet_names_is_there() -> None:
    sheets = [
        *(ROOT / "contracting" / "static").rglob("*.css"),
        ROOT / "templates" / "documents" / "print.css",
    ]
    for sheet in sheets:
        for name in re.findall(r'url\("?([^")]+)"?\)', sheet.read_text()):
            assert (sheet.parent / name).is_file(), f"{sheet.name}: {name}"
