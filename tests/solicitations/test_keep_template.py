"""A contracting officer keeps a package to start others from."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from contracting.core.errors import NotAllowed, Stale
from contracting.solicitations.models import SolicitationTemplate
from contracting.solicitations.operations.edit import edit_solicitation
from contracting.solicitations.operations.keep_template import keep_template
from contracting.solicitations.refusals import TemplateNameTaken, TermInvalid
from tests.builders import TERMS, complete_solicitation
from tests.cast import client_for, days, nothing_happens, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def package(at):
    return complete_solicitation(at)


def kept(package, by, at, **other):
    said = {"name": "Text tokens", "summary": "For assistants.", **other}
    return keep_template(
        solicitation_id=package.pk,
        by=by,
        at=at,
        **{"seen_version": package.version, **said},
    )


def test_a_template_keeps_what_the_package_said_whatever_is_edited_later(
    package, contracting_officer, contract_specialist, at
):
    # When the officer keeps it, and a specialist edits the package afterwards
    template = kept(package, contracting_officer, at + days(1))
    edit_solicitation(
        solicitation_id=package.pk,
        terms={"ai_terms": "Something else."},
        by=contract_specialist,
        at=at + days(2),
        seen_version=package.version,
    )

    # Then the template says what it said, without dates and amounts
    template.refresh_from_db()
    terms = template.content["terms"]
    assert terms["ai_terms"] == TERMS["ai_terms"]
    assert {"deadline", "maximum_dollars", "synopsis_id", "set_aside"} & {
        *terms
    } == set()
    assert template.kept_from == package


def test_the_database_refuses_to_change_a_template(package, contracting_officer, at):
    template = kept(package, contracting_officer, at + days(1))

    with pytest.raises(DatabaseError), transaction.atomic():
        SolicitationTemplate.objects.filter(pk=template.pk).update(name="Another")


def test_two_templates_in_use_never_share_a_name(package, contracting_officer, at):
    kept(package, contracting_officer, at + days(1))

    with nothing_happens(), pytest.raises(TemplateNameTaken):
        kept(package, contracting_officer, at + days(2), name="text TOKENS")


@pytest.mark.parametrize("empty", [{"name": " "}, {"summary": ""}])
def test_a_template_has_a_name_and_says_for_what_it_is(
    empty, package, contracting_officer, at
):
    with nothing_happens(), pytest.raises(TermInvalid):
        kept(package, contracting_officer, at + days(1), **empty)


def test_what_was_not_read_is_not_kept(package, contracting_officer, at):
    with nothing_happens(), pytest.raises(Stale):
        kept(package, contracting_officer, at + days(1), seen_version=1)


@pytest.mark.parametrize("outsider", ["contract_specialist", "other_agency_officer"])
def test_nobody_else_keeps_a_template(request, outsider, package, at):
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        kept(package, by, at + days(1))


def test_a_template_is_kept_from_its_page_and_listed(package, contracting_officer):
    browser = client_for(contracting_officer)
    keep = reverse("solicitations:keep_template", args=[package.public_id])
    assert keep in browser.get(package.path).content.decode()
    assert "What is kept" in browser.get(keep).content.decode()

    done = submit(
        browser,
        keep,
        {
            "name": "Text tokens",
            "summary": "For assistants.",
            "seen_version": package.version,
        },
    )

    assert done.status_code == 303
    listed = browser.get(reverse("solicitations:templates")).content.decode()
    assert "Text tokens" in listed
    assert package.path in listed


@pytest.mark.parametrize("outsider", ["other_agency_officer", "vendor_a_signer"])
def test_an_outsider_keeps_and_lists_nothing(
    request, outsider, package, contracting_officer, at
):
    kept(package, contracting_officer, at + days(1))
    browser = client_for(request.getfixturevalue(outsider))
    keep = reverse("solicitations:keep_template", args=[package.public_id])

    assert browser.get(keep).status_code == 404
    listed = browser.get(reverse("solicitations:templates")).content.decode()
    assert "Text tokens" not in listed
