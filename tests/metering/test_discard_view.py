"""A saved view is discarded by its owner, and its name is free again."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.metering.operations.discard_view import discard_view
from tests.builders_metering import CALLED_AT
from tests.cast import actor, client_for, nothing_happens, submit
from tests.metering.test_save_view import saved, text


def test_a_discarded_view_is_listed_no_more_and_its_name_is_free(db, cor):
    view = saved(is_shared=True)

    done = submit(client_for(cor), f"/usage/views/{view.public_id}/discard_view", {})

    assert done.status_code == 303
    discard_view(view_id=view.pk, by=cor, at=CALLED_AT)
    assert "Saved views (1)" not in text("contracting_officer")
    assert saved().pk != view.pk


def test_a_view_that_is_not_ones_own_stays(db):
    view = saved(is_shared=True)
    url = f"/usage/views/{view.public_id}/discard_view"

    for part_name in ("vendor_a_signer", "other_agency_officer"):
        assert client_for(actor(part_name)).get(url).status_code == 404
    with nothing_happens(), pytest.raises(NotAllowed):
        discard_view(view_id=view.pk, by=actor("contracting_officer"), at=CALLED_AT)
