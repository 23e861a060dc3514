from django.db import migrations

from clinic.append_only import of_kept_records


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0005_finding_and_merging'),
        ('treatments', '0003_precheck'),
    ]

    operations = [
        of_kept_records('treatments_course'),
        of_kept_records('treatments_pause'),
    ]
