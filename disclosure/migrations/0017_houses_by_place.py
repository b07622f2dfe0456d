"""Houses by where they stand: «houses near me» reads an index."""

from django.contrib.postgres.indexes import GistIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # A city's register is being read while the index is built.
    atomic = False

    dependencies = [("disclosure", "0016_streets_begin_like")]

    operations = [
        AddIndexConcurrently(
            "building",
            GistIndex(
                models.Func("lon", "lat", function="point"),
                condition=models.Q(lat__isnull=False),
                name="building_by_place",
            ),
        )
    ]
