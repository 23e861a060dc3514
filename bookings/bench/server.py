"""A PostgreSQL of bench's own under var/bench: as safe as the demo's, with room for a million bookings."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from clinic.local import processes, servers
from clinic.local.var_folder import BASE

OPTIONS = {"shared_buffers": "1GB", "max_wal_size": "8GB", "checkpoint_timeout": "30min"}


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Give the address of the running server; it ends with us."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "postgresql.log"
    server = processes.start(servers.prepare_postgres(folder / "postgres", **OPTIONS), log)
    try:
        processes.wait_until_ready(server, log, say=lambda line: print(line, file=sys.stderr))
        yield servers.database_url(folder / "postgres")
    finally:
        processes.stop([server], patience=60)


def environ(folder: Path, url: str, database: str = "bench_empty") -> dict[str, str]:
    """For a process that works on a bench database: a demo of its own, which finds no clinic."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL") if name in os.environ}
    own = {"CLINIC_MODE": "demo", "CLINIC_VAR": str(folder), "PYTHONPATH": str(BASE)}
    own |= {"DATABASE_URL": urlsplit(url)._replace(path=f"/{database}").geturl()}
    return inherited | own | {"DJANGO_SETTINGS_MODULE": "bookings.bench.settings"}
