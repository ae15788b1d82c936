"""One award or several: said before the release, and one unless it is said."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("solicitations", "0010_limits"),
    ]

    operations = [
        migrations.AddField(
            model_name="solicitation",
            name="most_awards",
            field=models.PositiveSmallIntegerField(
                default=1, help_text="Contracts intended, at most; 1 is a single award."
            ),
        ),
        migrations.AddConstraint(
            model_name="solicitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_awards__gte", 1)),
                name="a_solicitation_intends_at_least_one_award",
            ),
        ),
    ]
