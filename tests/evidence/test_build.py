"""Everything on a contract, for who may have it."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest

from contracting.audit.queries import events_of_stream
from contracting.core import clock
from contracting.core.errors import NotAllowed
from contracting.core.periods import accounting_day
from contracting.documents.models import Document
from contracting.documents.queries import documents_of_stream
from contracting.evidence import paperwork
from contracting.evidence.operations.hand_over import hand_over_archive
from contracting.evidence.refusals import NothingToGather
from tests.cast import actor, nothing_happens
from tests.evidence.packs import gathered, manifest_of, pack, unpacked

NAMES = ("Ada Officer", "Lee Representative", "Ned Payment", "Quin Meridian")


def rows(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name].decode(), newline="")))


def chain(files: dict[str, bytes], kind: str = "contract") -> list[dict]:
    lines = files[f"chain-{kind}.jsonl"].decode().splitlines()
    return [json.loads(line) for line in lines]


def test_the_full_pack_has_papers_records_index_and_chains(contract):
    # When an auditor asks for everything
    archive = gathered(pack(contract))
    files = unpacked(archive, "auditor")

    # Then it has every paper of the case, the price memo too, but no vendor's receipt
    listed = [each for each in manifest_of(files)["files"] if each["kind"] == "paper"]
    papers = documents_of_stream(contract.stream).count()
    of_the_case = documents_of_stream(contract.solicitation.stream)
    papers += of_the_case.exclude(kind="receipt").count()
    assert len(listed) == papers

    # And the money of each table is that of the books, to the last digit
    (invoice,) = rows(files, "records/invoices.csv")
    (voucher,) = rows(files, "records/vouchers.csv")
    (payment,) = rows(files, "records/payments.csv")
    assert voucher["invoice"] == invoice["number"]
    assert payment["voucher_number"] == voucher["voucher_number"]
    assert payment["reference"] == "TRACE-0000451"
    order = contract.orders.get()
    assert [each["number"] for each in rows(files, "records/orders.csv")] == [
        order.piid
    ]
    ledger = rows(files, "records/ledger.csv")
    assert {"OBLIGATE", "CONSUME", "PAY"} & {each["kind"] for each in ledger}
    assert len({each["entry"] for each in ledger}) == len(ledger) > 0
    assert rows(files, "records/runs.csv")
    assert rows(files, "file_index.csv")

    # And the chains, each link in full
    links = chain(files)
    assert len(links) >= events_of_stream(contract.stream).count() - 2
    assert not any(each.get("withheld") for each in links)
    assert chain(files, "solicitation")


def test_a_vendor_gets_its_own_view(contract):
    files = unpacked(
        gathered(pack(contract, by="vendor_a_signer", level="OWN")), "vendor_a_signer"
    )

    assert "records/ledger.csv" not in files
    assert "file_index.csv" not in files
    assert "chain-solicitation.jsonl" not in files
    assert len(rows(files, "records/invoices.csv")) == 1
    assert "by_acrn" not in rows(files, "records/vouchers.csv")[0]
    own = actor("vendor_a_signer").organization_id
    for link in chain(files):
        assert link.get("withheld") or link["actor_organization_id"] == own
    kinds = {each["title"].partition(":")[0] for each in manifest_of(files)["files"]}
    assert "Source selection decision" not in kinds


def test_a_release_copy_names_nobody_and_has_public_papers_alone(contract):
    files = unpacked(gathered(pack(contract, level="RELEASE")), "auditor")

    records = b"".join(
        content
        for name, content in files.items()
        if not name.startswith("papers/") and name != "verify_pack.py"
    ).decode()
    assert [name for name in NAMES if name in records] == []
    assert "TRACE-0000451" not in records
    assert "records/ledger.csv" not in files
    assert all(each["withheld"] for each in chain(files))
    withheld = rows(files, "withheld_papers.csv")
    assert {"contract", "payment voucher"} <= {each["kind"] for each in withheld}
    papers = [each for each in manifest_of(files)["files"] if each["kind"] == "paper"]
    streams = (contract.stream, contract.solicitation.stream)
    public = Document.objects.filter(is_public=True, stream__in=streams)
    assert {each["number"] for each in papers} == set(
        public.values_list("number", flat=True)
    )
    assert contract.solicitation.piid in {each["number"] for each in papers}


@pytest.mark.parametrize(
    ("by", "level"),
    [
        ("vendor_a_signer", "FULL"),
        ("vendor_a_signer", "RELEASE"),
        ("vendor_b_signer", "OWN"),
        ("other_agency_officer", "FULL"),
        ("other_agency_officer", "RELEASE"),
        ("auditor", "OWN"),
        ("cor", "FULL"),
        ("administrator", "FULL"),
    ],
)
def test_nobody_else_gets_it(contract, by, level):
    with nothing_happens(), pytest.raises(NotAllowed):
        pack(contract, by=by, level=level)


def test_days_and_orders_narrow_it(contract):
    # Given days before anything was paid
    order = contract.orders.get()
    last = accounting_day(order.issued_at, contract.time_zone)

    files = unpacked(
        gathered(pack(contract, orders=[order.public_id], ends_on=last)), "auditor"
    )

    kinds = {each["title"] for each in manifest_of(files)["files"]}
    assert any(each.startswith("Task order") for each in kinds)
    assert not any(each.startswith("Payment voucher") for each in kinds)
    assert rows(files, "records/payments.csv") == []
    assert "TRACE-0000451" not in files["records/payments.csv"].decode()

    # And what is no order of it, or no stretch of days, is refused
    with nothing_happens(), pytest.raises(NothingToGather, match="orders is not"):
        pack(contract, orders=["ord_" + "0" * 26])
    with nothing_happens(), pytest.raises(NothingToGather, match="before the first"):
        pack(contract, starts_on=last, ends_on=last - timedelta(days=1))


def test_the_check_inside_finds_every_change(contract, tmp_path):
    # Given a pack, unpacked on a machine without this site
    archive = gathered(pack(contract))
    made, whole = hand_over_archive(
        archive_id=archive.pk, by=actor("auditor"), at=clock.now()
    )
    sound = tmp_path / "pack.zip"
    sound.write_bytes(whole)
    with zipfile.ZipFile(sound) as file:
        file.extractall(tmp_path / "folder")

    # Then it says that everything holds, in the folder as in the ZIP
    script = tmp_path / "folder" / "verify_pack.py"
    code, said = checked(script)
    assert (code, "everything holds" in said) == (0, True), said
    assert checked(script, sound, "--sha256", made.blob.sha256)[0] == 0
    assert checked(script, sound, "--sha256", "0" * 64)[0] == 1

    # And it finds a flipped byte, a file too few and too many, and a bent chain
    for bend, words in BENDS.items():
        bent = tmp_path / "bent.zip"
        bent.write_bytes(bent_copy(whole, bend))
        code, said = checked(script, bent)
        assert code == 1, bend
        assert words in said, said
    bent.write_bytes(whole[: len(whole) // 2])
    assert checked(script, bent)[0] == 2


BENDS = {
    "flip": "was changed",
    "drop": "is missing",
    "add": "not in the manifest",
    "chain": "is not what was hashed",
    "cut": "and the manifest says",
    "partial": "does not say that the archive is complete",
}


def bent_copy(whole: bytes, bend: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(whole)) as file:
        files = {name: file.read(name) for name in file.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    files.pop("SHA256SUMS")
    about = {each["name"]: each for each in manifest["files"]}
    if bend == "flip":
        files["records/invoices.csv"] = files["records/invoices.csv"][::-1]
    if bend == "drop":
        del files["records/invoices.csv"]
    if bend == "add":
        files["records/more.csv"] = b"more"
    if bend in ("chain", "cut"):
        name = "chain-contract.jsonl"
        lines = files[name].splitlines(keepends=True)
        if bend == "chain":
            lines[0] = lines[0].replace(b'"actor_name": "', b'"actor_name": "Not ')
        changed = b"".join(lines[:-1] if bend == "cut" else lines)
        files[name] = changed
        about[name]["size_bytes"] = len(changed)
        about[name]["sha256"] = paperwork.Member(name, changed, "", "").sha256
    if bend == "partial":
        manifest["complete"] = False
    members = [paperwork.Member(name, each, "", "") for name, each in files.items()]
    return paperwork.zip_of(members, json.dumps(manifest).encode())


def checked(script, *words) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", script, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr
