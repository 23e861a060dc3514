from django.db import migrations

from clinic.append_only import of_kept_records


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0005_the_diary'),
        ('clinic', '0005_finding_and_merging'),
    ]

    operations = [of_kept_records('bookings_booking')]
