"""How a contract line is priced, and a unit that fits it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0012_letters_and_free_lines"),
    ]

    operations = [
        migrations.AddField(
            model_name="contractline",
            name="structure",
            field=models.CharField(
                choices=[
                    ("UNIT_PRICE", "fixed unit price per million tokens"),
                    ("POOL", "pool of AI consumption units with burn-down multipliers"),
                    ("TIERS", "committed-use tiers, marginal"),
                    ("BUNDLE", "bundle per month inside a usage envelope"),
                    ("RESERVED", "reserved capacity"),
                    ("SEATS", "seats per month"),
                    ("SERVICE", "service or event"),
                ],
                default="UNIT_PRICE",
                max_length=10,
                verbose_name="price structure",
            ),
        ),
        migrations.AlterField(
            model_name="contractline",
            name="unit",
            field=models.CharField(
                choices=[
                    ("MTOK", "million tokens"),
                    ("ACU", "AI consumption unit"),
                    ("MO", "month"),
                    ("HR", "hour"),
                    ("EA", "each"),
                    ("GB-MO", "gigabyte-month"),
                ],
                default="MTOK",
                max_length=6,
            ),
        ),
        migrations.AddConstraint(
            model_name="contractline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("unit", ""),
                    models.Q(("structure", "UNIT_PRICE"), ("unit__in", ["MTOK"])),
                    models.Q(("structure", "POOL"), ("unit__in", ["ACU"])),
                    models.Q(("structure", "TIERS"), ("unit__in", ["MTOK"])),
                    models.Q(("structure", "BUNDLE"), ("unit__in", ["MO"])),
                    models.Q(("structure", "RESERVED"), ("unit__in", ["HR", "MO"])),
                    models.Q(("structure", "SEATS"), ("unit__in", ["MO"])),
                    models.Q(
                        ("structure", "SERVICE"),
                        ("unit__in", ["EA", "HR", "MO", "GB-MO"]),
                    ),
                    _connector="OR",
                ),
                name="a_contract_line_is_measured_in_a_unit_of_its_structure",
            ),
        ),
    ]
