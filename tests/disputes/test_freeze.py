"""The rows behind a dispute are kept under one hash, the same byte for byte."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.disputes.operations.freeze import freeze_evidence
from contracting.disputes.queries.evidence import bundle_of, sheets_of
from contracting.documents.queries import read_blob
from tests.builders_billing import compared, invoiced, reported
from tests.builders_disputes import ANSWERED_AT, opened
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db


def frozen(case, *, by="cor", at=ANSWERED_AT):
    return freeze_evidence(case_id=case.pk, by=actor(by), at=at)


def sheet(archive, name):
    return list(csv.DictReader(io.StringIO(archive.read(name).decode())))


def test_the_same_rows_are_the_same_bytes_and_the_manifest_holds(case):
    bundle = frozen(case)

    content = read_blob(bundle.blob)
    assert hashlib.sha256(content).hexdigest() == bundle.sha256 == bundle.blob.sha256
    assert bundle_of(sheets_of(case, ANSWERED_AT + timedelta(days=9))) == content
    again = frozen(case, by="contracting_officer", at=ANSWERED_AT + timedelta(days=1))
    assert again == bundle
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert set(manifest) == set(bundle.rows)
        for name, said in manifest.items():
            inside = archive.read(name)
            assert hashlib.sha256(inside).hexdigest() == said["sha256"]
            assert len(list(csv.reader(io.StringIO(inside.decode())))) == (
                bundle.rows[name] + 1
            )


def test_both_sides_of_the_difference_are_in_it(order, finding):
    # Given the call that our meter has once and the report twice, on an invoice
    invoice = invoiced(order)
    compared(order, invoice)
    case = opened(finding)

    bundle = frozen(case)

    with zipfile.ZipFile(io.BytesIO(read_blob(bundle.blob))) as archive:
        metered = sheet(archive, "meter_rows.csv")
        said = sheet(archive, "report_rows.csv")
        billed = sheet(archive, "invoice_lines.csv")
        (batch,) = sheet(archive, "meter_batches.csv")
        (found,) = sheet(archive, "findings.csv")
    assert {row["request_id"] for row in [*metered, *said]} == {"r-2"}
    assert sum(int(row["tokens"]) for row in metered) == 270_001
    assert sum(int(row["tokens"]) for row in said) == 2 * 270_001
    assert {row["token_class"] for row in billed} == {"IN_UNCACHED", "OUT_TEXT"}
    assert len(batch["payload_sha256"]) == 64
    assert (found["code"], found["amount_usd"]) == ("DUPLICATE", "0.660008")


def test_other_rows_make_another_bundle(case, order):
    first = frozen(case)
    reported(order, label="R-2", supersedes="R-1")

    assert frozen(case).sha256 != first.sha256


@pytest.mark.parametrize("outsider", ["vendor_a_signer", "other_agency_officer"])
def test_nobody_else_freezes(case, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        frozen(case, by=outsider)
