"""The cryptography of key pairs, with the vectors that a browser would meet."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from contracting.submissions.refusals import SealBroken
from contracting.submissions.sealing import keys


def test_what_is_encrypted_to_a_key_opens_with_it_alone_and_in_its_place():
    pair, other = keys.new_pair(), keys.new_pair()
    wrapped = keys.encrypt_to(pair.public, b"secret", binding="here")

    assert keys.decrypt_from(wrapped, private=pair.private, binding="here") == b"secret"
    for private, binding in ((other.private, "here"), (pair.private, "there")):
        with pytest.raises(SealBroken):
            keys.decrypt_from(wrapped, private=private, binding=binding)


@pytest.mark.parametrize("position", [0, 1, 40, 65, 70, -1])
def test_an_altered_byte_anywhere_breaks_the_seal(position):
    pair = keys.new_pair()
    wrapped = bytearray(keys.encrypt_to(pair.public, b"secret", binding="here"))
    wrapped[position] ^= 1

    with pytest.raises(SealBroken):
        keys.decrypt_from(bytes(wrapped), private=pair.private, binding="here")


@pytest.mark.parametrize(
    "nonsense", [b"", b"\x04", b"\x00" * 65, b"\x04" + b"\xff" * 64]
)
def test_what_is_no_point_of_the_curve_is_no_key(nonsense):
    with pytest.raises(SealBroken):
        keys.encrypt_to(nonsense, b"secret", binding="here")


@pytest.mark.parametrize("nonsense", [b"", bytes(32), b"\xff" * 32])
def test_what_is_no_scalar_of_the_curve_is_no_private_half(nonsense):
    with pytest.raises(SealBroken):
        keys.public_of(nonsense)


def test_a_key_is_laid_out_as_a_browser_takes_it():
    pair = keys.new_pair()

    # The scalar and the coordinates of the point are the d, x and y of a JWK
    numbers = (
        ec.derive_private_key(int.from_bytes(pair.private, "big"), ec.SECP256R1())
        .public_key()
        .public_numbers()
    )
    assert pair.public[0] == 4
    assert int.from_bytes(pair.public[1:33], "big") == numbers.x
    assert int.from_bytes(pair.public[33:], "big") == numbers.y
    assert len(pair.private) == 32


def test_a_passphrase_is_the_same_however_its_letters_are_composed():
    pair = keys.new_pair()
    locked = keys.lock(pair, "fünf graue Reiher", iterations=10)

    assert keys.unlock(locked, "fu\u0308nf graue Reiher") == pair.private
