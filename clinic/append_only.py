"""Rows that are evidence refuse UPDATE and DELETE in the database itself, whatever code runs.

The one exception: where two records of one person are merged, whose row it is may change from the record that
goes to the one that is kept, and nothing else of it, in the transaction that has set clinic.merging to these
two (bookings/services/people/merging.py).

TRUNCATE stays possible for the owner of the tables: tests and `make reset` need it.
"""

from django.db import migrations

REFUSE_CHANGE = migrations.RunSQL(
    sql="""
    CREATE FUNCTION clinic_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'append-only: % on %', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$;
    """,
    reverse_sql="DROP FUNCTION clinic_refuse_change();",
)


ALLOW_MERGING = migrations.RunSQL(
    sql="""
    CREATE OR REPLACE FUNCTION clinic_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        expected record;
    BEGIN
        IF TG_OP = 'UPDATE' AND current_setting('clinic.merging', true) <> ''
           AND to_jsonb(OLD) ? 'patient_id' THEN
            expected := OLD;
            expected.patient_id := NEW.patient_id;
            IF current_setting('clinic.merging') = OLD.patient_id || '>' || NEW.patient_id
               AND expected *= NEW THEN  -- byte by byte, jsonb as well
                RETURN NEW;
            END IF;
        END IF;
        RAISE EXCEPTION 'append-only: % on %', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$;
    """,
    reverse_sql=REFUSE_CHANGE.sql.replace("CREATE", "CREATE OR REPLACE", 1),
)

# FOR KEY SHARE waits for a merge that has locked the record, and sees what became of it. The code says that
# trying again helps: the door does so, and the middleware asks for it.
REFUSE_MERGED = migrations.RunSQL(
    sql="""
    CREATE FUNCTION clinic_refuse_merged() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        kept bigint;
    BEGIN
        SELECT merged_into_id INTO kept FROM clinic_patient WHERE id = NEW.patient_id FOR KEY SHARE;
        IF kept IS NOT NULL THEN
            RAISE EXCEPTION '% on % of a record that was merged', TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'serialization_failure';
        END IF;
        RETURN NEW;
    END $$;
    """,
    reverse_sql="DROP FUNCTION clinic_refuse_merged();",
)


def of_kept_records(table: str) -> migrations.RunSQL:
    """No row of `table` is written for a record that was merged into another, however late it comes."""
    return migrations.RunSQL(
        sql=f"""
        CREATE TRIGGER {table}_of_kept_record BEFORE INSERT OR UPDATE OF patient_id ON {table}
            FOR EACH ROW WHEN (NEW.patient_id IS NOT NULL) EXECUTE FUNCTION clinic_refuse_merged();
        """,
        reverse_sql=f"DROP TRIGGER {table}_of_kept_record ON {table};",
    )


def append_only(table: str, *, when: str = "") -> migrations.RunSQL:
    """A row trigger on `table`; `when` narrows it, for example to rows already signed."""
    condition = f"WHEN ({when})" if when else ""
    return migrations.RunSQL(
        sql=f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW {condition} EXECUTE FUNCTION clinic_refuse_change();
        """,
        reverse_sql=f"DROP TRIGGER {table}_append_only ON {table};",
    )
