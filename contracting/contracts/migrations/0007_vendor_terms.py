"""Terms of the vendor, and which of them bind nobody."""

from datetime import date

from django.db import migrations

from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words

CITATION = "FAR 52.232-39, 52.212-4(u)"
KINDS = [
    ("UNCAPPED_INDEMNITY", "The Government indemnifies without limit", CITATION),
    ("AUTOMATIC_RENEWAL", "It renews by itself", "31 USC 1341; " + CITATION),
    ("UNILATERAL_CHANGE", "The vendor changes terms alone", "FAR 52.212-4(c)"),
    ("CLICK_THROUGH", "A click binds the Government", "FAR 52.232-39(a), (b)"),
]


def add_kinds(apps, schema_editor):
    """The kinds of vendor terms that are struck, whatever anybody wants."""
    term = apps.get_model("contracts", "UnenforceableTerm")
    for code, words, citation in KINDS:
        term.objects.create(
            code=code, words=words, citation=citation, valid_from=date(2020, 1, 1)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0006_single_award"),
        ("accounts", "0002_guards"),
    ]

    operations = [
        append_only("contracts_vendorterm"),
        migrations.RunPython(add_kinds, migrations.RunPython.noop),
        rule_words(
            "R-AWD-10",
            "Vendor terms that indemnify without limit, renew or change by themselves "
            "are struck.",
            "Strike the term; it is printed as unenforceable.",
            "FAR 52.232-39, 52.212-4(u)",
        ),
    ]
