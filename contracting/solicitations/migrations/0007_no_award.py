"""A solicitation may end without an award, for a reason that everybody reads."""

from django.db import migrations, models

from contracting.core.triggers import legal_moves, moves_of


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("requisitions", "0004_workload_guards"),
        ("solicitations", "0006_offer_validity"),
    ]

    operations = [
        migrations.AddField(
            model_name="solicitation",
            name="no_award_reason",
            field=models.TextField(
                blank=True,
                help_text="Why every offer was rejected, as everybody reads it.",
            ),
        ),
        migrations.AlterField(
            model_name="solicitation",
            name="state",
            field=models.CharField(
                choices=[
                    ("DRAFT", "draft"),
                    ("IN_REVIEW", "in review"),
                    ("APPROVED", "approved for release"),
                    ("RELEASED", "released"),
                    ("OPENED", "offers opened"),
                    ("AWARDED", "awarded"),
                    ("NO_AWARD", "closed without an award"),
                    ("CANCELLED", "cancelled"),
                    ("DISCARDED", "discarded"),
                ],
                default="DRAFT",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="solicitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "NO_AWARD"), _negated=True),
                    models.Q(("no_award_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_solicitation_that_ends_without_an_award_says_why",
            ),
        ),
        legal_moves(
            "solicitations_solicitation",
            moves_of(
                {
                    "DRAFT": ("IN_REVIEW", "DISCARDED"),
                    "IN_REVIEW": ("APPROVED", "DRAFT"),
                    "APPROVED": ("RELEASED", "DRAFT"),
                    "RELEASED": ("OPENED", "CANCELLED"),
                    "OPENED": ("AWARDED", "NO_AWARD", "CANCELLED"),
                }
            ),
        ),
    ]
