"""Rows that are evidence refuse UPDATE and DELETE in the database itself, whatever code runs.

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
