"""The organization's key on a PKCS#11 token, which it never leaves."""

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from contracting.documents.signing import keys, signatures
from tests.documents import files
from tests.documents.signers import PARTIES, authority, person, records
from tests.documents.test_signatures import statuses

MODULES = [
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/opt/homebrew/lib/softhsm/libsofthsm2.so"),
]
MODULE = next((each for each in MODULES if each.exists()), None)
PIN = "1234"

pytestmark = pytest.mark.skipif(
    MODULE is None or not shutil.which("softhsm2-util") or not find_spec("pkcs11"),
    reason="SoftHSM or python-pkcs11 is not installed",
)


@pytest.fixture
def token(settings, tmp_path, monkeypatch):
    """A token in software with a key and its certificate."""
    (tmp_path / "tokens").mkdir()
    place = tmp_path / "softhsm2.conf"
    place.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(place))
    seal = person("Department on a token", authority())
    key = tmp_path / "key.pem"
    key.write_bytes(seal.private())
    for command in (
        ["--init-token", "--free", "--so-pin", "5678"],
        ["--import", str(key), "--token", "drawdown", "--id", "01"],
    ):
        label = ["--label", "drawdown" if "--free" in command else "seal"]
        subprocess.run(
            ["softhsm2-util", *command, *label, "--pin", PIN],
            check=True,
            capture_output=True,
        )
    settings.SEAL_PKCS11_MODULE = str(MODULE)
    settings.SEAL_PKCS11_TOKEN = "drawdown"
    settings.SEAL_PKCS11_KEY = "seal"
    settings.SEAL_PASSPHRASE = PIN
    _keep_certificate(seal.certificate.public_bytes(serialization.Encoding.DER))
    return seal


def _keep_certificate(der: bytes) -> None:
    import pkcs11
    from pkcs11.util.x509 import decode_x509_certificate

    library: Any = pkcs11.lib(str(MODULE))
    library.reinitialize()
    found = library.get_token(token_label="drawdown")
    with found.open(user_pin=PIN, rw=True) as session:
        of_it = decode_x509_certificate(der)
        named = {pkcs11.Attribute.LABEL: "seal", pkcs11.Attribute.TOKEN: True}
        session.create_object(of_it | named | {pkcs11.Attribute.ID: b"\x01"})


def test_a_key_on_a_token_signs_and_its_mistakes_have_words(token, settings):
    signed = signatures.sign_print(files.pdf(), parties=PARTIES, records=records())

    assert [each.bottom_line for _, each in statuses(signed.content)] == [True, True]
    found = signatures.found_in(signed.content)
    assert [each.record for each in found] == records()

    settings.SEAL_PKCS11_KEY = "another"
    with pytest.raises(keys.SealMissing, match="holds no key and certificate"):
        signatures.seal(files.pdf(), reason="Issued")
    settings.SEAL_PASSPHRASE = "0000"
    with pytest.raises(keys.SealMissing, match="cannot be opened: PinIncorrect"):
        signatures.seal(files.pdf(), reason="Issued")
    settings.SEAL_PKCS11_TOKEN = "elsewhere"
    with pytest.raises(keys.SealMissing, match="'elsewhere'"):
        signatures.seal(files.pdf(), reason="Issued")
