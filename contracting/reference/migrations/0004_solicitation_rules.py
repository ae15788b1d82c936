"""The rules of publishing a need, their numbers, and what offers for AI bring along."""

from datetime import date
from decimal import Decimal

from django.db import migrations

START = date(2020, 1, 1)

RULES = (
    (
        "R-SOL-03",
        "Above the synopsis threshold a synopsis or the code of an exception comes before or with the release.",
        "Give the id of the synopsis and wait the days that follow it, publish a combined synopsis and solicitation, or name the exception.",
        "FAR 5.101, 5.202, 5.203, 12.603",
        "FAR",
    ),
    (
        "R-SOL-04",
        "A response window shorter than the policy's is warned about and explained in writing.",
        "Move the deadline, or let the contracting officer put the reason in a memo.",
        "FAR 5.203(b), (c)",
        "FAR",
    ),
    (
        "R-SOL-07",
        "Between the micro-purchase and the simplified acquisition threshold an action is set aside for small business unless a finding says otherwise.",
        "Set it aside for small business, or have the small business specialist approve the contracting officer's finding on the rule of two.",
        "FAR 19.502-2; RFO 19.104-1",
        "FAR",
    ),
    (
        "R-SOL-08",
        "Naming one vendor or model needs a justification, which is published above its threshold.",
        "Describe what is needed without the name, or have a brand-name justification approved.",
        "FAR 11.105, 16.505(a)(4)",
        "FAR",
    ),
    (
        "R-SOL-09",
        "Anything less than full competition needs an approved justification before award and its posting after.",
        "Have the justification approved along the ladder; after an award for urgency it may follow.",
        "FAR 6.303 to 6.305; RFO 6.103-2(d), 6.301(b)(1)",
        "FAR",
    ),
    (
        "R-SOL-11",
        "A cancelled solicitation states its reason, everybody is told and unopened offers stay sealed.",
        "Give the reason that vendors read, and the memo for the file; end first what has begun on it.",
        "FAR 14.209, 15.206(e)",
        "FAR",
    ),
    (
        "R-SOL-12",
        "A solicitation for a language model asks for its use policy, cards, resources, feedback path, security evidence and tokenizer.",
        "Ask for each of them, or put the chief information officer's waiver on record.",
        "OMB M-25-22, M-26-04",
        "REGULATION",
    ),
)

THRESHOLDS = (
    (
        "SYNOPSIS_WAIT",
        "Days between a synopsis and the solicitation",
        "15",
        "FAR",
        "FAR 5.203(a)",
        "HIGH",
    ),
    (
        "RESPONSE_WINDOW",
        "Days to respond above the simplified acquisition threshold, not commercial",
        "30",
        "FAR",
        "FAR 5.203(c)",
        "HIGH",
    ),
    (
        "RESPONSE_WINDOW_COMMERCIAL",
        "Days to respond to a commercial solicitation, as a reasonable opportunity",
        "10",
        "AGENCY",
        "FAR 5.203(b); the number is a starting point for agency policy",
        "LOW",
    ),
    (
        "JUSTIFICATION_POSTING",
        "Days after award within which a justification is posted",
        "14",
        "FAR",
        "FAR 6.305(a)",
        "HIGH",
    ),
    (
        "JUSTIFICATION_POSTING_URGENT",
        "Days after award within which a justification for urgency is posted",
        "30",
        "FAR",
        "FAR 6.305(b)",
        "HIGH",
    ),
)


def seed(apps, schema_editor):
    Rule = apps.get_model("reference", "Rule")
    names = ("rule_id", "sentence", "lift", "citation", "regime")
    Rule.objects.bulk_create(
        Rule(valid_from=START, **dict(zip(names, row, strict=True))) for row in RULES
    )
    Threshold = apps.get_model("reference", "Threshold")
    Threshold.objects.bulk_create(
        Threshold(
            code=code,
            label=label,
            value=Decimal(value),
            unit="DAYS",
            valid_from=START,
            regime=regime,
            citation=citation,
            confidence=confidence,
        )
        for code, label, value, regime, citation, confidence in THRESHOLDS
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0003_seed"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
