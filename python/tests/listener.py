"""A listener as `evalspan listen` is one, on a Unix socket or on TCP, which can be slow, dead, forgetful and rude."""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any


class Listener:
    """Keeps what it was sent. `answers` holds what comes instead of the next answers, in order."""

    def __init__(self, path: Path | None = None, port: int = 0, token: str | None = None) -> None:
        self.records: dict[str, list[dict[str, Any]]] = {}
        """By stream, each with its number as `number`."""
        self.opened: dict[str, list[dict[str, Any]]] = {}
        self.envelopes: list[dict[str, Any]] = []
        self.answers: list[int | str] = []
        """A status, `lost` (taken over, but not answered) or `hang` (neither, and the connection stays)."""
        self.headers: dict[str, str] = {}
        """That go with those answers."""
        self.delay = 0.0
        self.token = token
        self.lengths: list[int] = []
        self._expected: dict[str, int] = {}
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._server = _server(self, path, port)
        self.url = "" if path else f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """As kill -9 does: nobody listens, and all connections are cut."""
        self._server.shutdown()
        self._server.server_close()
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    @property
    def all(self) -> list[dict[str, Any]]:
        return [record for records in self.records.values() for record in records]

    @property
    def ended(self) -> bool:
        return any(envelope["end"] for envelope in self.envelopes)

    def wait(self, count: int, seconds: float = 10) -> None:
        until = time.monotonic() + seconds
        while len(self.all) < count:
            if time.monotonic() > until:
                raise TimeoutError(f"{len(self.all)} of {count} records after {seconds} s")
            time.sleep(0.01)

    def take(self, body: bytes) -> tuple[int, dict[str, Any]]:
        lines = [json.loads(line) for line in body.splitlines()]
        envelope, lines = lines[0], lines[1:]
        with self._lock:
            self.lengths.append(len(body))
            stream, first, count = envelope["stream"], envelope["first"], envelope.get("open")
            if stream not in self._expected and first > 1 and count is None:
                return 409, {"need": "open"}
            self.envelopes.append(envelope)
            if stream not in self._expected:
                self.opened[stream] = lines[: count or 0]
            records = self.records.setdefault(stream, [])
            expected = self._expected.get(stream, 1)
            for number, record in enumerate(lines[count or 0 :], first):
                if number >= expected:
                    records.append(record | {"number": number})
                    expected = number + 1
            self._expected[stream] = max(expected, first)
            return 200, {"next": self._expected[stream]}


def _server(listener: Listener, path: Path | None, port: int) -> socketserver.BaseServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = path is None

        def setup(self) -> None:
            listener._sockets.append(self.request)
            super().setup()

        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(listener.delay)
            if listener.token is not None and self.headers["Authorization"] != f"Bearer {listener.token}":
                return self._say(401, {"error": "wrong token"})
            answer = listener.answers.pop(0) if listener.answers else 200
            if answer == "hang":
                time.sleep(60)
            elif answer == "lost":
                listener.take(body)
                self.request.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
            elif answer == 200:
                self._say(*listener.take(body))
            else:
                self._say(int(answer), {"error": f"told to say {answer}"}, listener.headers)

        def _say(self, status: int, answer: dict[str, Any], headers: dict[str, str] | None = None) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def handle(self) -> None:
            with contextlib.suppress(OSError):  # cut
                super().handle()

    kind = socketserver.ThreadingUnixStreamServer if path else socketserver.ThreadingTCPServer
    kind.daemon_threads = True
    kind.block_on_close = False
    kind.allow_reuse_address = True
    return kind(str(path) if path else ("127.0.0.1", port), Handler)
