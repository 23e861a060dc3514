"""People are found through an index, and two records of one person can be merged."""

from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models
from django.db.models.functions import Reverse

from clinic.append_only import ALLOW_MERGING, REFUSE_MERGED, of_kept_records
from clinic.rules.names import search_key, search_words

AT_ONCE = 2_000


def fill(apps, schema_editor):
    Patient, NameWord = apps.get_model("clinic", "Patient"), apps.get_model("clinic", "NameWord")
    last = 0
    while people := list(Patient.objects.filter(pk__gt=last).order_by("pk").only("name", "name_key")[:AT_ONCE]):
        words = (NameWord(patient=one, word=word) for one in people for word in sorted(search_words(one.name)))
        NameWord.objects.bulk_create(words, ignore_conflicts=True)
        for one in people:
            one.name_key = search_key(one.name)
        Patient.objects.bulk_update(people, ["name_key"])
        last = people[-1].pk


def empty(apps, schema_editor):
    apps.get_model("clinic", "NameWord").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0004_desk_and_people'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='patient',
            name='patient_phone',
        ),
        migrations.AddIndex(
            model_name='patient',
            index=models.Index(fields=['phone'], name='patient_phone_start', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='patient',
            index=models.Index(OpClass(Reverse('phone'), name='text_pattern_ops'), name='patient_phone_end'),
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(OpClass(Reverse('phone'), name='text_pattern_ops'), name='user_phone_end'),
        ),
        ALLOW_MERGING,
        REFUSE_MERGED,
        of_kept_records('clinic_alarm'),
        of_kept_records('clinic_message'),
        of_kept_records('clinic_reminderconsent'),
        migrations.RunPython(fill, empty),
    ]
