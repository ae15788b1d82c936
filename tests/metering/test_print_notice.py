"""A notice of funds goes out as paper too, once, with the figures of its instant."""

from contracting.documents.models import Document
from contracting.documents.queries import documents_of
from contracting.metering.models import FundsNotice
from tests.documents.papers import readers_of, squeezed, words_on


def test_a_burn_notice_goes_out_as_paper_with_the_figures_of_its_instant(funded, burn):
    burn(30)

    notice = FundsNotice.objects.get(percent=75)
    paper = documents_of(notice.subject).get()
    assert paper.kind == "burn_notice"
    words = words_on(paper)
    for said in (
        f"75 percent of the funds of order {funded.piid} are used",
        "Obligated $40.00 Used, exact $30.00 Left $10.00",
        "Whole order $40.00 $30.00 $10.00 75%",
        "at the vendor's own risk",
        "exceed 75 percent of the funds",
        notice.number,
    ):
        assert squeezed(said) in words, said
    parts = ("cor", "vendor_a_signer", "vendor_b_signer", "other_agency_officer")
    assert readers_of(paper, *parts) == set(parts[:2])


def test_a_share_that_is_told_again_is_no_second_paper(funded, burn):
    burn(30)
    papers = Document.objects.count()

    burn(1)

    assert Document.objects.count() == papers
