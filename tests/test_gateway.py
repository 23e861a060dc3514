"""The stand-in for an SMS gateway knows only requests that came whole."""

import socket
from urllib.parse import urlsplit

from tests import gateway


def test_a_request_cut_off_between_its_head_and_its_body_is_no_message(tmp_path):
    with gateway.running(tmp_path / "gateway") as running_gateway:
        address = urlsplit(running_gateway.url)
        with socket.create_connection((address.hostname, address.port)) as line:
            line.sendall(b"POST /messages HTTP/1.1\r\nIdempotency-Key: cut\r\nContent-Length: 20\r\n\r\n{")
            line.shutdown(socket.SHUT_WR)
            assert line.recv(100) == b""  # it hung up

        assert running_gateway.attempts() == []
        assert running_gateway.sent() == {}
