"""Views of the explorer are kept, and shared with the agency."""

import pytest
from django.utils.html import strip_tags

from contracting.core.errors import NotAllowed
from contracting.metering.models import SavedView
from contracting.metering.operations.save_view import save_view
from contracting.metering.refusals import BadView
from tests.builders_metering import CALLED_AT
from tests.cast import actor, client_for, nothing_happens, submit

PAGE = "/usage/explorer"


def saved(part_name="cor", **changed):
    by = actor(part_name)
    agency = actor("cor").organization_id
    assert agency is not None
    what = {"name": "By project", "query": "group=project", "is_shared": False}
    return save_view(
        agency_id=agency,
        **{**what, **changed},
        by=by,
        at=CALLED_AT,
    )


def text(part_name, url=PAGE):
    page = client_for(actor(part_name)).get(url)
    return " ".join(strip_tags(page.content.decode()).split())


def test_a_view_is_saved_from_the_explorer_and_found_there(db, cor):
    # Given a question that nobody has saved
    assert "keeps this filter and its grouping under a name" in text("cor")

    # When the representative saves it, and does not keep the days
    done = submit(
        client_for(cor),
        f"{PAGE}/save_view?group=key&first=2026-04-01&what=x",
        {"name": "Keys", "query": "group=key&first=2026-04-01&what=x"},
    )

    # Then it asks that of the last thirty days, for its owner alone
    assert (done.status_code, done.url) == (303, f"{PAGE}?group=key")
    assert "Keys" in text("cor")
    assert "Saved views (1)" not in text("contracting_officer")


def test_a_shared_view_is_found_by_the_agency_and_by_nobody_else(db):
    saved(is_shared=True)

    assert "By project of" in text("contracting_officer")
    assert "By project" not in text("other_agency_officer")


def test_the_same_name_asks_the_new_question_from_now_on(db):
    saved()
    saved(query="group=model", is_shared=True)

    (view,) = SavedView.objects.all()
    assert (view.query, view.is_shared) == ("group=model", True)


@pytest.mark.parametrize("wrong", [{"name": "  "}, {"query": "x" * 1_001}])
def test_a_view_without_a_name_or_with_a_long_question_is_refused(db, wrong):
    with nothing_happens(), pytest.raises(BadView):
        saved(**wrong)


def test_nobody_saves_for_another_agency(db):
    for part_name in ("vendor_a_signer", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            saved(part_name)
