"""An address is put into the boxes of a form, or stands whole in the first."""

import pytest

from accounts.models import Organization
from contracting.documents.paperwork.addresses import in_boxes, vendor_in_lines

BOXES = ("7c", "7d", "7e", "7f")


@pytest.mark.parametrize(
    ("address", "boxes"),
    [
        ("2 Harbor Lane\nBoise, ID 83702", ("2 Harbor Lane", "Boise", "ID", "83702")),
        (
            " Suite 4 \n\n100 Example Ave NW\nWashington DC  20001-1234 ",
            ("Suite 4\n100 Example Ave NW", "Washington", "DC", "20001-1234"),
        ),
        ("Box 7\nAPO, AE 09012", ("Box 7", "APO", "AE", "09012")),
        ("1 Way\nSt. John's, NL A1A 1A1", ("1 Way\nSt. John's, NL A1A 1A1",)),
        ("1 Way\nBoise, XX 83702", ("1 Way\nBoise, XX 83702",)),
        ("Boise, ID 83702", ("Boise, ID 83702",)),
        ("5 rue de l'Église\n75001 Paris", ("5 rue de l'Église\n75001 Paris",)),
        ("", ("",)),
    ],
)
def test_an_address_is_taken_apart_or_stands_whole(address, boxes):
    assert in_boxes(address, BOXES) == dict(zip(BOXES, boxes, strict=False))


def test_what_is_not_known_of_a_vendor_leaves_no_line():
    known = Organization(name="Larkspur AI", address="1 Way\nReno, NV 89501", uei="U1")

    assert vendor_in_lines(known) == "Larkspur AI\n1 Way\nReno, NV 89501\nUEI U1"
    assert vendor_in_lines(Organization(name="Larkspur AI")) == "Larkspur AI"
