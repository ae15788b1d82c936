"""Numbers come gapless from the agency's counter, with the year of the signature."""

import threading
from datetime import date

import pytest
from django.db import connection, connections, transaction

from contracting.core.errors import Refusal
from contracting.core.identifiers import BadIdentifier, Piid
from contracting.reference.models import Counter
from contracting.reference.operations.assign_number import assign_number
from tests.cast import nothing_happens

SIGNED = date(2026, 3, 2)


def test_numbers_follow_each_other_without_a_gap(agency):
    numbers = [assign_number(agency=agency, type="R", on=SIGNED) for _ in range(3)]

    assert numbers == ["75D30126R00001", "75D30126R00002", "75D30126R00003"]


def test_each_type_of_instrument_is_counted_by_itself(agency):
    assert assign_number(agency=agency, type="R", on=SIGNED) == "75D30126R00001"
    assert assign_number(agency=agency, type="D", on=SIGNED) == "75D30126D00001"
    assert assign_number(agency=agency, type="F", on=SIGNED) == "75D30126F00001"


def test_the_count_begins_again_with_the_fiscal_year(agency):
    assign_number(agency=agency, type="D", on=date(2026, 9, 30))

    turned = assign_number(agency=agency, type="D", on=date(2026, 10, 1))

    assert turned == "75D30127D00001"


def test_another_agency_counts_for_itself(agency, other_agency_officer):
    # Given a number of ours, when an outsider's agency takes one
    assign_number(agency=agency, type="D", on=SIGNED)
    elsewhere = type(agency).objects.get(pk=other_agency_officer.organization_id)

    number = assign_number(agency=elsewhere, type="D", on=SIGNED)

    assert Piid.parse(number).aac == elsewhere.aac != agency.aac
    assert number.endswith("D00001")


def test_a_signature_that_fails_gives_its_number_back(agency):
    # Given a verb that takes a number and is then refused
    assign_number(agency=agency, type="D", on=SIGNED)

    def sign_and_fail():
        with transaction.atomic():
            assign_number(agency=agency, type="D", on=SIGNED)
            raise Refusal("No funds.")

    with pytest.raises(Refusal):
        sign_and_fail()

    # Then the next signature gets that number
    assert assign_number(agency=agency, type="D", on=SIGNED) == "75D30126D00002"


def test_a_type_that_does_not_exist_gets_no_number(agency):
    with nothing_happens(), pytest.raises(BadIdentifier):
        assign_number(agency=agency, type="I", on=SIGNED)


def test_used_up_serials_are_not_used_again(agency):
    assign_number(agency=agency, type="D", on=SIGNED)
    Counter.objects.update(last=99_999)

    with nothing_happens(), pytest.raises(BadIdentifier):
        assign_number(agency=agency, type="D", on=SIGNED)


def test_two_who_sign_at_once_get_two_numbers(own_database, agency):
    # Given eight officers who sign in the same moment, on a connection each
    together = threading.Barrier(8)
    numbers = []

    def sign():
        together.wait()
        try:
            numbers.append(assign_number(agency=agency, type="D", on=SIGNED))
        finally:
            connections.close_all()

    officers = [threading.Thread(target=sign) for _ in range(8)]
    for officer in officers:
        officer.start()
    for officer in officers:
        officer.join()
    connection.close()

    # Then no number is missing and none came twice
    assert sorted(numbers) == [f"75D30126D{n:05d}" for n in range(1, 9)]
