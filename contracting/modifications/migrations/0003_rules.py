"""The words of the rules of changing a contract."""

from datetime import date

from django.db import migrations

START = date(2020, 1, 1)

RULES = (
    (
        "R-MOD-04",
        "A modification carries a determination that it is within scope, or is competed or justified.",
        "Write the scope determination; for a change out of scope have a justification for other than full and open competition approved on the modification.",
        "FAR 6.303, 16.505(b)(2); RFO 16.507-6",
        "FAR",
    ),
    (
        "R-MOD-06",
        "Nothing is extended after its end, and after physical completion only close-out modifications remain.",
        "Compete or justify what is still needed anew; give back what is left at close-out.",
        "FAR 43.1, 16.505(a)(2)",
        "FAR",
    ),
    (
        "R-MOD-07",
        "The signature's date is the system's; another effective date never reprices accepted usage except by credit.",
        "Let a price begin after the usage that is accepted, or credit the difference of a lower one and write why.",
        "FAR 43.101",
        "FAR",
    ),
    (
        "R-MOD-08",
        "A new model comes onto the contract with rates, tokenizer, equivalence test, security evidence and price memo.",
        "Complete the checklist, or let the contracting officer write the memo on the price.",
        "FAR 12.209; contract terms on new models",
        "CONTRACT",
    ),
    (
        "R-MOD-09",
        "When the public list falls below the contract's price, a lower rate row takes effect on the clause's date.",
        "Confirm the finding and sign the modification that it drafts, or hold it and write why.",
        "Contract terms on the public list; FAR 12.302",
        "CONTRACT",
    ),
    (
        "R-MOD-10",
        "A price or unit rises only by a bilateral modification with consideration, never by a vendor's notice.",
        "Choose 13C, state the consideration, and have both sign.",
        "FAR 52.212-4(c); OMB M-25-22",
        "FAR",
    ),
    (
        "R-MOD-11",
        "The retirement of a model is announced in time, its orders are listed and a substitute comes on properly.",
        "Move the day of retirement, or let the contracting officer accept the shorter notice in writing.",
        "Contract terms on the retirement of models",
        "CONTRACT",
    ),
)


def add(apps, schema_editor):
    rule = apps.get_model("reference", "Rule")
    rule.objects.bulk_create(
        rule(
            rule_id=rule_id,
            sentence=sentence,
            lift=lift,
            citation=citation,
            regime=regime,
            valid_from=START,
        )
        for rule_id, sentence, lift, citation, regime in RULES
    )


def remove(apps, schema_editor):
    rule = apps.get_model("reference", "Rule")
    rule.objects.filter(rule_id__in=[row[0] for row in RULES]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("modifications", "0002_guards"),
        ("reference", "0009_earlier_amounts"),
    ]

    operations = [
        migrations.RunPython(add, remove),
    ]
