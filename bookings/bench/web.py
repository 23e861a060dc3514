"""A web server of this project on the bench database, and the smallest client that can ask it something."""

import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import Client

from bookings.bench import server
from bookings.bench.harness import Run
from clinic.local import processes
from clinic.models import User

WORKERS = 4  # as in the Procfile
CSRF = "b" * 32
Headers = Mapping[str, str]
NONE: Headers = {}


@dataclass(frozen=True)
class Web:
    port: int

    def fetch(self, request: bytes) -> tuple[int, bytes]:
        """Send a whole request; the answer's status and all of it."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as link:
            link.sendall(request)
            answer = b"".join(iter(lambda: link.recv(65536), b""))
        return int(answer[9:12]), answer

    def get(self, path: str, login: "Login | None" = None) -> bytes:
        return self.message("GET", path, login)

    def message(
        self, method: str, path: str, login: "Login | None" = None, body: bytes = b"", *, more: Headers = NONE
    ) -> bytes:
        headers = {"Host": f"127.0.0.1:{self.port}", "Connection": "close"} | dict(more)
        if login:
            headers |= {"Cookie": login.cookie, "X-CSRFToken": CSRF}
        if body:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def ok(self, request: bytes, status: int = 200) -> None:
        found, answer = self.fetch(request)
        if found != status:
            raise RuntimeError(f"{found} instead of {status}: {answer[:2000].decode(errors='replace')}")


@dataclass(frozen=True)
class Login:
    """A member of staff who has logged in."""

    client: Client
    cookie: str


def log_in(email: str) -> Login:
    client = Client(headers={"host": "127.0.0.1", "x-csrftoken": CSRF})
    client.force_login(User.objects.get(email=email))
    client.cookies[settings.CSRF_COOKIE_NAME] = CSRF
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return Login(client, cookie)


@contextmanager
def serving() -> Iterator[Web]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        web = Web(probe.getsockname()[1])
    url, database = settings.ENVIRON["DATABASE_URL"], connection.settings_dict["NAME"]
    command = f"-m gunicorn clinic.wsgi --preload --bind 127.0.0.1:{web.port} --workers {WORKERS}"
    program = processes.Program(
        name="Web",
        command=(sys.executable, *command.split(), "--no-control-socket", "--log-level", "warning"),
        environ=server.environ(settings.VAR, url, database),
        is_ready=lambda: _answers(web),
        folder=settings.BASE_DIR,
    )
    running = processes.start(program, log := Path(settings.VAR) / "web.log")
    try:
        processes.wait_until_ready(running, log)
        yield web
    finally:
        processes.stop([running], patience=10)


def _answers(web: Web) -> bool:
    try:
        return web.fetch(web.get("/bench/empty"))[0] == 200
    except (OSError, ValueError):
        return False


def warm_up(works: Iterable[Callable[[], object]], run: Run) -> None:
    """So often that each worker has its connection, its templates and its memory."""
    for _ in range(run.times(3 * WORKERS)):
        for work in works:
            work()
