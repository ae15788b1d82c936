"""How large an order may be and how long it may perform, as the package says."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("requisitions", "0004_workload_guards"),
        ("solicitations", "0012_quotations"),
    ]

    operations = [
        migrations.AddField(
            model_name="solicitation",
            name="largest_item_dollars",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="Of a single line, FAR 52.216-19(b)(1).",
                max_digits=18,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="largest_order_dollars",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="Of a combination of lines, FAR 52.216-19(b)(2).",
                max_digits=18,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="order_series_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Orders of so many days count as one, FAR 52.216-19(b)(3).",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="performance_end",
            field=models.DateField(
                blank=True,
                help_text="Last day of performance of any order, FAR 52.216-22(d).",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="smallest_order_dollars",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="FAR 52.216-19(a).",
                max_digits=18,
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="solicitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("smallest_order_dollars__isnull", True),
                        ("largest_order_dollars__isnull", True),
                        (
                            "largest_order_dollars__gte",
                            models.F("smallest_order_dollars"),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("order_series_days__isnull", True),
                        ("order_series_days__gte", 1),
                        _connector="OR",
                    ),
                    models.Q(
                        ("smallest_order_dollars__isnull", True),
                        ("smallest_order_dollars__gt", 0),
                        _connector="OR",
                    ),
                    models.Q(
                        ("largest_item_dollars__isnull", True),
                        ("largest_item_dollars__gt", 0),
                        _connector="OR",
                    ),
                    models.Q(
                        ("largest_order_dollars__isnull", True),
                        ("largest_order_dollars__gt", 0),
                        _connector="OR",
                    ),
                ),
                name="a_solicitation_leaves_room_for_an_order",
            ),
        ),
    ]
