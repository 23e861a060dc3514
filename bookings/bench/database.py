"""The databases of bench: one template for each size, made once and kept, and a copy of it for each run."""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction

from bookings.bench import places
from bookings.bench.places import SIZES
from bookings.demo import crowd
from bookings.models import Booking, Claim

EMPTY = "bench_empty"


def use(name: str) -> None:
    """Let every connection made from now on, in any thread, be one to this database."""
    connection.close()
    connection.settings_dict["NAME"] = name


def template_of(size: str) -> str:
    return f"bench_{size}"


def copy_of(size: str) -> str:
    return f"bench_{size}_run"


def prepare(sizes: list[str], say: Callable[[str], None], tables_of: str | None = None) -> None:
    """Make what is not there yet, or was made by other code, and a fresh copy of each."""
    _template(EMPTY, _schema_of(), tables_of or "template0", _migrate, say)
    for size in sizes:
        _template(template_of(size), _content_of(), EMPTY, lambda size=size: _seed(size), say)
        _create(copy_of(size), template_of(size))
    use(copy_of(sizes[-1]))


def drop_copies(sizes: list[str]) -> None:
    for size in sizes:
        _ask(f"DROP DATABASE IF EXISTS {copy_of(size)} WITH (FORCE)")


def _template(name: str, content: str, origin: str, fill: Callable[[], None], say) -> None:
    """Its comment, written last, says what it holds: a half-made one has none and is made again."""
    found = _ask("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", name)
    if found == content:
        return
    began = time.monotonic()
    say(f"making {name} …")
    _create(name, origin)
    use(name)
    fill()
    _ask(f"COMMENT ON DATABASE {name} IS '{content}'")
    say(f"made {name} in {time.monotonic() - began:.0f} s")


def _create(name: str, origin: str) -> None:
    _ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _ask(f"CREATE DATABASE {name} TEMPLATE {origin} STRATEGY FILE_COPY")


def _ask(statement: str, *given) -> str | None:
    """In a database of its own: nobody may be connected to one that is copied."""
    use("postgres")
    with connection.cursor() as cursor:
        cursor.execute(statement, given or None)
        row = cursor.fetchone() if cursor.description else None
    connection.close()
    return row and row[0]


def _schema_of() -> str:
    base = Path(places.__file__).parent.parent.parent
    return _hash(sorted(base.glob("*/migrations/*.py")))


def _content_of() -> str:
    return _hash([Path(places.__file__), Path(crowd.__file__)], _schema_of())


def _hash(files: list[Path], more: str = "") -> str:
    content = b"".join(file.read_bytes() for file in files)
    return hashlib.sha256(content + more.encode()).hexdigest()[:16]


def _migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def _seed(size: str) -> None:
    with transaction.atomic(), _without_indexes(Booking._meta.db_table, Claim._meta.db_table):
        places.make_everything(SIZES[size])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE, FREEZE)")
        cursor.execute("CHECKPOINT")


@contextmanager
def _without_indexes(*tables: str) -> Iterator[None]:
    """Rows first and constraints after them: a tenth of the time. Primary keys stay."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'; SET LOCAL session_replication_role = replica")
        again = [line for table in tables for line in _drop_indexes(cursor, table)]
        yield
        for statement in again:
            cursor.execute(statement)


def _drop_indexes(cursor, table: str) -> list[str]:
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype IN ('u', 'x') ORDER BY conname",
        [table],
    )
    constraints = cursor.fetchall()
    again = [f"ALTER TABLE {table} ADD CONSTRAINT {name} {text}" for name, text in constraints]
    for name, _ in constraints:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = %s::regclass AND NOT indisprimary ORDER BY 1",
        [table],
    )
    for name, text in cursor.fetchall():
        cursor.execute(f"DROP INDEX {name}")
        again.append(text)
    return again
