"""The check of a signed copy writes down what was found, whatever it was."""

import pytest
from django.db import DatabaseError, transaction

from contracting.documents.models import SignedCopyCheck
from contracting.documents.operations.upload import upload_signed_copy
from contracting.documents.operations.work_operation import work_operation
from contracting.documents.signing import copies
from contracting.documents.signing.copies import Look
from contracting.documents.states import OperationState
from tests.documents.test_upload import (
    SIGNATURE,
    copy_of,
    file_of,
    looked,
    paper,
)

__all__ = ["looked", "paper"]

SEALS = True


@pytest.mark.parametrize(
    ("found", "result", "said"),
    [
        (Look("", SIGNATURE), "NOT_TRUSTED", "signed by nobody but itself"),
        (Look("", {**SIGNATURE, "is_trusted": True}), "TRUSTED", "and trusted"),
        (Look("changed", {}), "REFUSED", copies.SENTENCES["changed"]),
    ],
)
def test_every_finding_is_a_result_with_a_sentence(
    paper, vendor_a_signer, at, looked, found, result, said
):
    looked.append(found)
    copy = upload_signed_copy(
        document_id=paper.pk, file=file_of(copy_of(paper)), by=vendor_a_signer, at=at
    )

    operation = work_operation(operation_id=copy.operation_id)

    assert operation is not None
    check = SignedCopyCheck.objects.get(copy=copy)
    assert operation is not None
    assert (check.result, operation.state) == (result, OperationState.SUCCEEDED)
    assert said in check.sentence


def test_a_finding_never_changes(paper, vendor_a_signer, at, looked):
    copy = upload_signed_copy(
        document_id=paper.pk, file=file_of(copy_of(paper)), by=vendor_a_signer, at=at
    )
    work_operation(operation_id=copy.operation_id)

    with pytest.raises(DatabaseError), transaction.atomic():
        SignedCopyCheck.objects.update(sentence="Another")
