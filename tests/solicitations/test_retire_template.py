"""A contracting officer takes a template out of use."""

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.solicitations.models import SolicitationTemplate
from contracting.solicitations.operations.keep_template import keep_template
from contracting.solicitations.operations.retire_template import retire_template
from tests.builders import complete_solicitation
from tests.cast import client_for, days, nothing_happens, submit

pytestmark = pytest.mark.django_db


def kept(package, by, at):
    return keep_template(
        solicitation_id=package.pk,
        name="Text tokens",
        summary="For assistants.",
        by=by,
        at=at + days(1),
        seen_version=package.version,
    )


@pytest.fixture
def template(at, contracting_officer):
    return kept(complete_solicitation(at), contracting_officer, at)


def test_a_retired_template_is_offered_no_more_and_leaves_its_name_free(
    template, contracting_officer, at
):
    # When the officer retires it in the browser
    browser = client_for(contracting_officer)
    retire = reverse("solicitations:retire_template", args=[template.public_id])
    assert retire in browser.get(template.path).content.decode()
    assert "cannot be undone" in browser.get(retire).content.decode()
    assert submit(browser, retire).status_code == 303

    # Then it is read as retired, and no list offers it
    listed = browser.get(reverse("solicitations:templates")).content.decode()
    assert template.name not in listed
    assert "was retired" in browser.get(template.path).content.decode()
    # And a better one takes its name
    assert kept(template.kept_from, contracting_officer, at).name == template.name


def test_a_template_is_retired_once(template, contracting_officer, at):
    retire_template(template_id=template.pk, by=contracting_officer, at=at + days(2))

    with nothing_happens(), pytest.raises(NotAllowed, match="already"):
        retire_template(
            template_id=template.pk, by=contracting_officer, at=at + days(3)
        )


def test_the_template_that_came_along_stays_for_everybody(contracting_officer, at):
    starter = SolicitationTemplate.objects.get(agency=None)

    with nothing_happens(), pytest.raises(NotAllowed, match="came with the system"):
        retire_template(template_id=starter.pk, by=contracting_officer, at=at)


@pytest.mark.parametrize("outsider", ["contract_specialist", "other_agency_officer"])
def test_nobody_else_retires_a_template(request, outsider, template, at):
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        retire_template(template_id=template.pk, by=by, at=at + days(2))
