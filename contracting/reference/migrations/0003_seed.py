"""The reference data that every installation starts with."""

from datetime import date

from django.db import migrations

from contracting.core.models import new_public_id
from contracting.core.periods import federal_holidays
from contracting.reference.migrations import _clauses, _models, _rules, _thresholds

START = date(2020, 1, 1)
CLAUSES_START = date(2023, 10, 1)
HOLIDAY_YEARS = range(2020, 2041)


def seed(apps, schema_editor):
    _seed_models(lambda name: apps.get_model("reference", name).objects)
    Threshold = apps.get_model("reference", "Threshold")
    Threshold.objects.bulk_create(Threshold(**row) for row in _thresholds.rows())
    Clause = apps.get_model("reference", "Clause")
    names = ("number", "title", "summary", "is_provision", "required_for", "regime")
    Clause.objects.bulk_create(
        Clause(valid_from=CLAUSES_START, **dict(zip(names, row, strict=True)))
        for row in _clauses.CLAUSES
    )
    Rule = apps.get_model("reference", "Rule")
    names = ("rule_id", "sentence", "lift", "citation", "regime")
    Rule.objects.bulk_create(
        Rule(valid_from=START, **dict(zip(names, row, strict=True)))
        for row in _rules.RULES
    )
    Holiday = apps.get_model("reference", "Holiday")
    Holiday.objects.bulk_create(
        Holiday(day=day, name=name)
        for year in HOLIDAY_YEARS
        for day, name in federal_holidays(year).items()
    )


def _seed_models(rows):
    names = (
        "code",
        "label",
        "direction",
        "cache_action",
        "cache_ttl",
        "modality",
        "phase",
    )
    for row in _models.TOKEN_CLASSES:
        rows("TokenClass").create(**dict(zip(names, row, strict=True)))
    tokenizers = {
        code: rows("Tokenizer").create(
            code=code, vendor_name=vendor, description=description
        )
        for code, vendor, description in _models.TOKENIZERS
    }
    names = (
        "code",
        "snapshot",
        "provider",
        "family",
        "tokenizer",
        "max_output_tokens",
        "context_tokens",
        "boundaries",
        "valid_from",
    )
    for row in _models.AI_MODELS:
        model = dict(zip(names, row, strict=True))
        model["tokenizer"] = tokenizers[model["tokenizer"]]
        rows("AiModel").create(public_id=new_public_id("mdl"), **model)


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0002_guards"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
