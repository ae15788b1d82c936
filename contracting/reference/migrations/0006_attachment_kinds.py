"""The papers that an offer for AI brings along; rows are only ended, never rewritten."""

from datetime import date

from django.db import migrations

from contracting.core.triggers import append_only

ROWS = (
    (
        "ACCEPTABLE_USE",
        "acceptable use policy",
        "What the vendor allows and forbids to do with the model.",
        "OMB M-26-04",
    ),
    (
        "MODEL_CARD",
        "model card",
        "What the model was made for, trained on and measured by, and where it fails.",
        "OMB M-26-04",
    ),
    (
        "SYSTEM_CARD",
        "system card",
        "What stands around the model: filters, tools, and how they were tested.",
        "OMB M-26-04",
    ),
    (
        "DATA_CARD",
        "data card",
        "Which data it was trained on, and under which rights.",
        "OMB M-26-04",
    ),
    (
        "USER_RESOURCES",
        "resources for users",
        "What helps people to use it well.",
        "OMB M-26-04",
    ),
    (
        "FEEDBACK_PATH",
        "path for feedback",
        "How users report answers that break the principles, and what happens then.",
        "OMB M-26-04",
    ),
    (
        "SECURITY_AUTHORIZATION",
        "evidence of the security authorization",
        "The authorization of the boundary in which the model runs.",
        "OMB M-25-22",
    ),
    (
        "TOKENIZER_DISCLOSURE",
        "disclosure of the tokenizer",
        "What cuts text into tokens, by name and version, so that anybody can count.",
        "OMB M-25-22; solicitation terms",
    ),
)


def seed(apps, schema_editor):
    rows = apps.get_model("reference", "AttachmentKind").objects
    names = ("code", "label", "summary", "citation")
    for row in ROWS:
        rows.create(
            valid_from=date(2020, 1, 1),
            regime="REGULATION",
            **dict(zip(names, row, strict=True)),
        )


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0004_solicitation_rules"),
    ]

    operations = [
        append_only("reference_attachmentkind", may_set_once=["valid_to"]),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
