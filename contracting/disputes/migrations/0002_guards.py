"""What is said in disputes is only ever added; their days, and the words of the rule."""

import datetime
from decimal import Decimal

from django.db import migrations

from contracting.core.triggers import append_only

TABLES = (
    "disputecase",
    "casefinding",
    "caseanswer",
    "answerfile",
    "casewithdrawal",
    "casereminder",
    "casedecision",
    "evidencebundle",
    "jointrecount",
    "recountdraw",
    "sampledcall",
    "recountentry",
    "recountedcall",
    "claim",
    "claimdate",
    "claimdecision",
    "servicecredit",
    "servicecreditdecision",
)
NUMBERS = (
    (
        "DISPUTE_QUERY",
        "Days from a difference to the question to the vendor",
        "5",
        "DAYS",
    ),
    ("DISPUTE_ANSWER", "Days for the vendor's answer in a dispute", "10", "DAYS"),
    (
        "RECOUNT_MARGIN",
        "Half the 95 percent interval of a joint recount",
        "0.5",
        "PERCENT",
    ),
)


def seed(apps, schema_editor):
    start = datetime.date(2020, 1, 1)
    Threshold = apps.get_model("reference", "Threshold")
    Threshold.objects.bulk_create(
        Threshold(
            code=code,
            label=label,
            value=Decimal(value),
            unit=unit,
            valid_from=start,
            regime="AGENCY",
            citation="Default of this software; the contract may say otherwise",
            confidence="LOW",
        )
        for code, label, value, unit in NUMBERS
    )
    apps.get_model("reference", "Rule").objects.create(
        rule_id="R-PAY-07",
        sentence="A claim above its threshold is certified and decided within sixty days or by a date given.",
        lift="Certify the claim in the words of the regulation; state the date of the decision within the sixty days.",
        citation="FAR 33.206 to 33.211; 41 USC 7103",
        regime="FAR",
        valid_from=start,
    )
    FileItem = apps.get_model("contracts", "FileItem")
    last = FileItem.objects.order_by("-position").first()
    FileItem.objects.create(
        code="DISPUTES",
        position=last.position + 1 if last else 1,
        stage="ADMIN",
        title="Disputes and claims",
        is_required=False,
        above="",
        instruments=[],
        citation="FAR 4.803(a)(38), 33.2",
        regime="FAR",
        valid_from=start,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0001_initial"),
        ("contracts", "0017_file_items"),
        ("reference", "0003_seed"),
    ]

    operations = [
        *(append_only(f"disputes_{table}") for table in TABLES),
        append_only("disputes_servicelevel", may_set_once=["superseded_at"]),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
