"""How large an offer may be, stated by the solicitation."""

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Q


def _is_open_or_one(column):
    return Q((f"{column}__isnull", True)) | Q((f"{column}__gte", 1))


class Migration(migrations.Migration):
    dependencies = [("solicitations", "0009_templates")]

    operations = [
        migrations.AddField(
            model_name="solicitation",
            name="most_characters",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Of the technical proposal; empty: the site's.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="most_files",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Beside the proposal; empty: the site's.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="most_megabytes",
            field=models.PositiveSmallIntegerField(
                blank=True, help_text="Of all files; empty: the site's.", null=True
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="most_pages",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Of all PDF files; empty: not limited.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="file_kinds",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=10),
                blank=True,
                default=list,
                help_text="Suffixes of files that are taken; empty: all that the site "
                "takes.",
                size=None,
            ),
        ),
        migrations.AddConstraint(
            model_name="solicitation",
            constraint=models.CheckConstraint(
                condition=_is_open_or_one("most_characters")
                & _is_open_or_one("most_files")
                & _is_open_or_one("most_megabytes")
                & _is_open_or_one("most_pages"),
                name="a_limit_of_offers_leaves_room_for_an_offer",
            ),
        ),
    ]
