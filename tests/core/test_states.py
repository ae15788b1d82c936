"""State machines are tables."""

import pytest

from contracting.core.errors import IllegalMove
from contracting.core.states import check_move, moves

TABLE = moves({"DRAFT": ("IN_REVIEW", "DISCARDED"), "IN_REVIEW": ("ISSUED",)})


def test_a_move_of_the_table_is_allowed():
    check_move(TABLE, source="DRAFT", target="IN_REVIEW", noun="order")


@pytest.mark.parametrize(
    ("source", "target"),
    [("DRAFT", "ISSUED"), ("ISSUED", "DRAFT"), ("DRAFT", "DRAFT"), ("GONE", "DRAFT")],
)
def test_any_other_move_is_refused(source, target):
    with pytest.raises(IllegalMove) as refusal:
        check_move(TABLE, source=source, target=target, noun="order")

    assert refusal.value.data == {"source": source, "target": target}
    assert refusal.value.status == 409


def test_the_refusal_reads_as_a_sentence():
    with pytest.raises(IllegalMove, match="This order is in review and cannot become"):
        check_move(TABLE, source="IN_REVIEW", target="DRAFT", noun="order")


def test_the_table_cannot_be_changed_from_outside():
    assert TABLE["DRAFT"] == frozenset({"IN_REVIEW", "DISCARDED"})
    with pytest.raises(AttributeError):
        TABLE["DRAFT"].add("ISSUED")  # type: ignore[attr-defined]
