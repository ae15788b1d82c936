"""What is tolerated, written off, reassigned, and accepted beyond our meter."""

from datetime import date

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


def seed(apps, schema_editor):
    apps.get_model("reference", "Rule").objects.create(
        rule_id="R-REC-02",
        sentence="A line passes only within the contract's tolerance in quantity and in dollars.",
        lift="Let the contracting officer decide, or change the tolerance by modification.",
        citation="Contract terms on reconciliation",
        regime="CONTRACT",
        valid_from=date(2020, 1, 1),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("billing", "0003_units"),
        ("contracts", "0019_tolerances"),
        ("orders", "0010_search"),
        ("reconciliation", "0008_every_cause"),
        ("reference", "0015_usage_terms"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                ("on_day", models.DateField()),
                ("findings", models.PositiveIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="acceptedline",
            name="beyond_dollars",
            field=models.DecimalField(
                decimal_places=12,
                default=0,
                help_text="Of the exact amount, beyond our meter's count.",
                max_digits=24,
            ),
        ),
        migrations.AddField(
            model_name="acceptedline",
            name="beyond_tokens",
            field=models.BigIntegerField(
                default=0, help_text="Of these, beyond our meter's count."
            ),
        ),
        migrations.AddField(
            model_name="resolution",
            name="capped_dollars",
            field=models.DecimalField(
                decimal_places=12,
                default=0,
                help_text="What counts against a cap: of what is tolerated or written off.",
                max_digits=24,
            ),
        ),
        migrations.AddField(
            model_name="resolution",
            name="reassigned_to",
            field=models.ForeignKey(
                blank=True,
                help_text="The line it belongs to, where it is on the wrong one.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="orders.orderline",
            ),
        ),
        migrations.AlterField(
            model_name="resolution",
            name="code",
            field=models.CharField(
                choices=[
                    ("accept-A", "our meter's count is right"),
                    ("credit", "credited: not paid on this invoice"),
                    ("rebill", "the invoice goes back and is sent anew"),
                    ("withdrawn", "withdrawn by the vendor"),
                    ("accept-B", "the vendor's report is right"),
                    ("accept-C", "the invoice is right"),
                    ("shift-period", "belongs to another period"),
                    ("reassign", "belongs to another line or order"),
                    ("write-off", "too small to pursue: written off"),
                    ("escalate", "escalated to a claim"),
                    ("tolerated", "within the contract's tolerance"),
                    ("arrived", "closed on arrival of the late rows"),
                    ("explained", "explained by usage or reports that came later"),
                    ("superseded", "found anew with other figures"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="acceptedline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("beyond_dollars__gte", 0),
                    ("beyond_dollars__lte", models.F("exact_dollars")),
                    ("beyond_tokens__gte", 0),
                    ("beyond_tokens__lte", models.F("payable_tokens")),
                ),
                name="what_is_beyond_our_meter_is_part_of_what_is_accepted",
            ),
        ),
        migrations.AddConstraint(
            model_name="resolution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("capped_dollars", 0),
                    models.Q(
                        ("capped_dollars__gt", 0),
                        ("code__in", ["tolerated", "write-off"]),
                    ),
                    _connector="OR",
                ),
                name="only_what_is_tolerated_or_written_off_counts_against_a_cap",
            ),
        ),
        migrations.AddConstraint(
            model_name="resolution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reassigned_to__isnull", True),
                    ("code", "reassign"),
                    _connector="OR",
                ),
                name="only_what_is_reassigned_names_another_line",
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="contract",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contracts.contract",
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="accounts.membership"
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=("contract", "owner", "on_day"),
                name="an_owner_is_reminded_once_a_day",
            ),
        ),
        append_only("reconciliation_reminder"),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
