"""A stand-in for an SMS gateway that knows idempotency keys: a process of its own, one file for each key.

    python tests/gateway.py FOLDER PORT

FOLDER/behaviour says what it does with a request: accept; hold (accepts, and withholds the answer while the
file says so); silent (accepts and hangs up); or a status and an error code, such as "400 bad_number".
FOLDER/attempts has a line for each request, FOLDER/sent/KEY what a phone would have shown.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Gateway:
    """The test's side of it."""

    def __init__(self, folder: Path, port: int):
        self.folder, self.url = folder, f"http://127.0.0.1:{port}/messages"

    def behave(self, how: str) -> None:
        new = self.folder / "behaviour.new"
        new.write_text(how)
        new.replace(self.folder / "behaviour")

    def attempts(self) -> list[str]:
        """The keys in the order in which they were asked for."""
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / "attempts").read_text().split()
        return []

    def authorization(self) -> str:
        return (self.folder / "authorization").read_text()

    def sent(self) -> dict[str, dict]:
        return {file.name: json.loads(file.read_text()) for file in (self.folder / "sent").iterdir()}

    def wait_for_attempts(self, number: int, patience: float = 30) -> None:
        until = time.monotonic() + patience
        while len(self.attempts()) < number:
            assert time.monotonic() < until, f"{len(self.attempts())} of {number} attempts came"
            time.sleep(0.02)


@contextlib.contextmanager
def running(folder: Path):
    (folder / "sent").mkdir(parents=True)
    (folder / "behaviour").write_text("accept")
    command = [sys.executable, __file__, str(folder), "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield Gateway(folder, int(process.stdout.readline()))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class _Handler(BaseHTTPRequestHandler):
    folder: Path

    def do_POST(self):
        key = self.headers["Idempotency-Key"]
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:  # whoever asked was killed between the two: a gateway has no message then
            return
        with (self.folder / "attempts").open("a") as attempts:
            attempts.write(f"{key}\n")
        (self.folder / "authorization").write_text(self.headers["Authorization"] or "")
        status, _, error = self._behaviour().partition(" ")
        if status.isdigit():
            self._answer(int(status), {"error": error})
            return
        self._keep(key, body)
        while self._behaviour() == "hold":
            time.sleep(0.02)
        if status != "silent":
            self._answer(200, {"id": f"gateway-{key}"})

    def _behaviour(self) -> str:
        return (self.folder / "behaviour").read_text().strip()

    def _keep(self, key: str, body: bytes) -> None:
        """The first one stays; whole or not there at all, for whoever looks at this moment."""
        new = self.folder / f"new.{threading.get_ident()}"
        new.write_bytes(body)
        with contextlib.suppress(FileExistsError):
            (self.folder / "sent" / key).hardlink_to(new)
        new.unlink()

    def _answer(self, status: int, content: dict) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):  # whoever asked may be dead by now
            self.wfile.write(body)

    def log_message(self, *_args):
        pass


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # with the usual 5 it hangs up when many ask at once
    daemon_threads = True


def main(folder: str, port: str) -> None:
    _Handler.folder = Path(folder)
    server = _Server(("127.0.0.1", int(port)), _Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
