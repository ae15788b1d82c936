"""One notice to every person concerned, and one only."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Membership, User
from accounts.states import Role
from contracting.core.subjects import Subject
from contracting.notices.models import Notice
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.notices.refusals import NoRecipient
from contracting.notices.states import EmailState
from tests.cast import nothing_happens, organization

ORDER = Subject("orders.task_order", 7, "contract:1")


@pytest.fixture
def post(contracting_officer, at):
    """Post a notice as the contracting officer."""

    def posting(*recipients, by=contracting_officer, **more):
        words = {
            "title": "Order is waiting for your review",
            "body": "Read the order and concur, or say why not.",
            "url_path": "/orders/ord_7k2m",
        }
        return post_notice(
            recipients=recipients, subject=ORDER, by=by, at=at, **(words | more)
        )

    return posting


def test_a_role_means_everybody_who_holds_it(post, agency, cor, at):
    (notice,) = post(Recipient(agency.pk, Role.COR), due_on=date(2026, 3, 9))

    assert notice.public_id.startswith("ntc_")
    assert notice.recipient_user_id == cor.user_id
    assert notice.recipient_organization_id == agency.pk
    assert (notice.created_at, notice.due_on) == (at, date(2026, 3, 9))
    assert notice.read_at is None
    assert notice.email_state == EmailState.PENDING


def test_an_organization_means_all_its_people(post, vendor_a):
    notices = post(Recipient(vendor_a.pk))

    names = {notice.recipient_user.name for notice in notices}
    assert names == {"Quin Meridian", "Ria Meridian", "Sol Meridian"}


def test_who_is_concerned_twice_gets_one_notice(post, agency, cor, at):
    Membership.objects.create(
        user_id=cor.user_id, organization=agency, role=Role.AUDITOR
    )

    notices = post(
        Recipient(agency.pk, Role.COR),
        Recipient(agency.pk, Role.AUDITOR),
        Recipient(agency.pk, user_id=cor.user_id),
    )

    assert [n.recipient_user_id for n in notices].count(cor.user_id) == 1
    assert {n.created_at for n in notices} == {at}


def test_who_posts_it_is_not_told(post, agency, contracting_officer):
    notices = post(Recipient(agency.pk, Role.CONTRACTING_OFFICER))

    assert [n.recipient_user.name for n in notices] == ["Ben Officer"]
    assert contracting_officer.user_id not in {n.recipient_user_id for n in notices}


def test_who_has_left_is_not_told(post, agency, cor):
    Membership.objects.filter(pk=cor.membership_id).update(is_active=False)

    (notice,) = post(Recipient(agency.pk, Role.COR))

    assert notice.recipient_user is None


def test_who_cannot_log_in_is_not_told(post, agency, cor):
    User.objects.filter(pk=cor.user_id).update(is_active=False)

    (notice,) = post(Recipient(agency.pk, Role.COR))

    assert notice.recipient_user is None


def test_a_role_that_nobody_holds_waits_for_whoever_will(post, vendor_a):
    Membership.objects.filter(organization=vendor_a, role=Role.VENDOR_SIGNER).update(
        is_active=False
    )

    (notice,) = post(Recipient(vendor_a.pk, Role.VENDOR_SIGNER))

    assert notice.recipient_user is None
    assert notice.recipient_organization == vendor_a
    assert notice.email_state == EmailState.NONE


def test_a_title_is_one_line(post, agency):
    (notice,) = post(Recipient(agency.pk, Role.COR), title="One\r\nBcc: all@x.test")

    assert notice.title == "One Bcc: all@x.test"


def test_a_notice_to_nobody_is_refused(post):
    with nothing_happens(), pytest.raises(NoRecipient):
        post(Recipient())


@pytest.mark.parametrize("path", ["https://x.test/", "//x.test/", "/\\x.test", "x"])
def test_a_notice_leads_to_this_site_only(post, agency, path):
    with pytest.raises(IntegrityError), transaction.atomic():
        post(Recipient(agency.pk, Role.COR), url_path=path)

    assert not Notice.objects.exists()


def test_the_home_page_is_a_page(post, cor):
    house = organization(cor).pk

    assert post(Recipient(house, Role.COR), url_path="/")
