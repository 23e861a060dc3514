from django.db import migrations

from clinic.append_only import append_only

# The door parks every booking it touches before it takes new times, so that a whole course can shift
# past itself; a booking still parked at commit would stand outside the constraints for ever.
NONE_PARKED_AT_COMMIT = migrations.RunSQL(
    sql="""
    CREATE FUNCTION bookings_refuse_parked() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM bookings_booking WHERE id = NEW.id AND parked) THEN
            RAISE EXCEPTION 'booking still parked at commit' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER bookings_none_parked AFTER INSERT OR UPDATE OF parked ON bookings_booking
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.parked)
        EXECUTE FUNCTION bookings_refuse_parked();
    """,
    reverse_sql="""
    DROP TRIGGER bookings_none_parked ON bookings_booking;
    DROP FUNCTION bookings_refuse_parked();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("bookings", "0002_initial"), ("clinic", "0002_append_only")]

    operations = [NONE_PARKED_AT_COMMIT, append_only("bookings_changeline")]
