"""Orders are found by any part of their title or number, however many there are."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("orders", "0009_instruments")]

    operations = [
        TrigramExtension(),
        migrations.AddIndex(
            model_name="taskorder",
            index=GinIndex(
                OpClass(Upper("title"), "gin_trgm_ops"), name="orders_by_words_of_title"
            ),
        ),
        migrations.AddIndex(
            model_name="taskorder",
            index=GinIndex(
                OpClass(Upper("piid"), "gin_trgm_ops"), name="orders_by_part_of_number"
            ),
        ),
    ]
