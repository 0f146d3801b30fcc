"""The connection to the listener: HTTP over a Unix socket or TCP, one request at a time."""

from __future__ import annotations

import http.client
import os
import re
import socket
from typing import NamedTuple
from urllib.parse import urlsplit

REQUEST_SECONDS = 30.0
MOST_ANSWER_BYTES = 2**16


class Answer(NamedTuple):
    status: int
    body: bytes
    retry_after: str | None

    @property
    def reason(self) -> str:
        return f"HTTP {self.status} {self.body[:200].decode(errors='replace')}".strip()


def target() -> str:
    """Where the listener is: a path or a URL. Empty when there is none."""
    return os.environ.get("EVALSPAN_SOCKET") or os.environ.get("EVALSPAN_URL") or ""


def shown_target() -> str:
    """The same for people, without a user and password in it."""
    return re.sub(r"(?<=://)[^/@]*@", "", target())


class Listener:
    def __init__(self) -> None:
        self._connection: http.client.HTTPConnection | None = None

    def post(self, body: bytes) -> Answer:
        """Raises OSError or HTTPException when there is no answer."""
        if self._connection is not None:
            try:
                return self._post(self._connection, body)
            except TimeoutError:
                raise
            except (OSError, http.client.HTTPException):
                pass  # it was idle, and the listener has closed it: once more, on another
        self._connection = _connect()
        return self._post(self._connection, body)

    def hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def abandon(self) -> None:
        """In a forked process. The connection is the other one's: this copy of it is closed, and nothing sent."""
        sock = self._connection.sock if self._connection else None
        file = sock.detach() if sock is not None else -1
        if file >= 0:
            os.close(file)

    def _post(self, connection: http.client.HTTPConnection, body: bytes) -> Answer:
        headers = {"Content-Type": "application/x-ndjson"}
        path = "/v1/hooks"
        if not isinstance(connection, _UnixConnection):
            path = urlsplit(target()).path.rstrip("/") + path
            headers["Authorization"] = f"Bearer {os.environ.get('EVALSPAN_TOKEN', '').strip()}"
        try:
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            return Answer(response.status, response.read(MOST_ANSWER_BYTES), response.getheader("Retry-After"))
        except BaseException:
            self.hang_up()
            raise


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=REQUEST_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(REQUEST_SECONDS)
        self.sock.connect(self._path)


def _connect() -> http.client.HTTPConnection:
    path = os.environ.get("EVALSPAN_SOCKET")
    if path:
        return _UnixConnection(path)
    url = urlsplit(target())
    if url.scheme not in ("http", "https") or not url.hostname:
        raise OSError("EVALSPAN_URL is no http or https URL")
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    return kind(url.hostname, url.port, timeout=REQUEST_SECONDS)
