"""The tree over the receipts, on bytes alone."""

import pytest

from contracting.submissions.sealing.tree import (
    DEPTH,
    Proof,
    grow,
    leaf_of,
    root_from,
)


def leaves(number):
    return {each: leaf_of({"receipt": f"rct_{each}"}) for each in range(number)}


@pytest.mark.parametrize("number", [0, 1, 2, 50, 4096])
def test_every_proof_is_of_one_length_and_leads_to_the_root(number):
    sown = leaves(number)

    root, proofs = grow(sown)

    assert len(root) == 64
    assert {len(proof.path) for proof in proofs.values()} <= {DEPTH}
    assert len({proof.position for proof in proofs.values()}) == number
    assert all(root_from(sown[each], proof) == root for each, proof in proofs.items())


def test_one_receipt_more_than_there_are_leaves_still_has_a_proof():
    sown = leaves(2**DEPTH + 1)

    root, proofs = grow(sown)

    assert {len(proof.path) for proof in proofs.values()} == {DEPTH + 1}
    assert root_from(sown[0], proofs[0]) == root


def test_places_are_at_random():
    # Two trees over the same receipts have other roots and other places
    first, second = grow(leaves(5)), grow(leaves(5))

    assert first != second
    assert [p.position for p in first[1].values()] != [
        p.position for p in second[1].values()
    ]


def test_a_node_is_never_a_leaf():
    # Given a proof that is one step shorter, of the node above two receipts
    sown = leaves(2)
    root, proofs = grow(sown)

    shorter = Proof(proofs[0].position >> 1, proofs[0].path[1:])

    # Then no receipt has the hash of that node: it does not lead to the root
    assert root_from(sown[0], shorter) != root


def test_an_altered_receipt_leads_elsewhere():
    sown = leaves(3)
    root, proofs = grow(sown)

    assert root_from(leaf_of({"receipt": "rct_9"}), proofs[0]) != root
    assert root_from(sown[1], proofs[0]) != root
