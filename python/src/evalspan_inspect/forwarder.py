"""Sends records from a thread of its own, so that an eval never waits for the listener."""

from __future__ import annotations

import functools
import http.client
import json
import os
import shlex
import socket
import sys
import threading
import time
import uuid
from importlib.metadata import version as version_of
from urllib.parse import urlsplit

from .buffer import Batch, Buffer, Path, UnderWay

version = "0.1.0"

BUFFER_BYTES = 32 * 2**20
MERGE_SECONDS = 0.2
"""What comes in this time goes out together; also the first pause when the listener is away."""
MOST_PAUSE_SECONDS = 5.0
TOKEN_PAUSE_SECONDS = 30.0
REQUEST_SECONDS = 30.0
TELL_SECONDS = 1.0
"""A listener that is being restarted is not worth a word."""
EXIT_SECONDS = 10.0
SILENT_SECONDS = 0.3
"""How long an exit waits for a listener that says nothing."""
LONGEST_WAIT_AT_EXIT = 2.0
"""What a busy listener may ask for at an exit."""


class Forwarder:
    """What one process sends. A forked one has another."""

    def __init__(self) -> None:
        self.logs: dict[str, str] = {}
        """Where the log of each task is, by its `eval_id`."""
        self._stream = uuid.uuid4().hex
        self._buffer = Buffer(_number(os.environ.get("EVALSPAN_BUFFER"), BUFFER_BYTES))
        self._under_way = UnderWay()
        self._tell_under_way = False
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._connection: http.client.HTTPConnection | None = None
        self._exiting = threading.Event()
        self._done = threading.Event()
        self._ended = False
        self._patience = 0.0
        """Until when an exit waits."""
        self._refused = 0
        self._failures = 0
        self._failing_since = 0.0
        self._problem = ""
        self._told = False

    def add(self, line: bytes, begins: Path | None = None, ends: Path | None = None) -> None:
        """Sends it later. An empty line stands for a record that could not be written."""
        self._buffer.add(line, begins, ends)
        if self._thread is None or not self._thread.is_alive():
            self._start()

    def finish(self) -> None:
        """At the exit: sends what is left, for as long as the listener answers."""
        if self._thread is None:
            return
        now = time.monotonic()
        end = now + EXIT_SECONDS
        self._patience = now + SILENT_SECONDS
        self._exiting.set()
        try:
            while not self._done.is_set() and now < min(end, self._patience):
                self._done.wait(min(end, self._patience) - now)
                now = time.monotonic()
        except KeyboardInterrupt:
            pass  # somebody does not want to wait
        self._thread = None
        lost = self._buffer.dropped + self._refused + len(self._buffer)
        if lost:
            why = f" ({self._problem})" if self._problem else ""
            _say(f"{lost} events did not reach the listener at {_target()}{why}. {self._remedy()}")

    def abandon(self) -> None:
        """In a forked process. The connection is the other one's: this copy of it is closed, and nothing sent."""
        sock = self._connection.sock if self._connection else None
        if sock is not None:
            os.close(sock.detach())

    def _start(self) -> None:
        with self._starting:
            if self._thread is not None and self._thread.is_alive():
                return
            self._thread = threading.Thread(target=self._run, name="evalspan", daemon=True)
            self._thread.start()
            if "multiprocessing.util" in sys.modules:
                # its processes end without what atexit has
                sys.modules["multiprocessing.util"].Finalize(None, self.finish, exitpriority=0)

    def _run(self) -> None:
        pause = MERGE_SECONDS
        while not self._ended:
            exiting = self._exiting.wait(pause)
            try:
                pause = self._send(exiting)
            except Exception as error:  # nothing may end this thread
                pause = self._failed(f"{type(error).__name__}: {error}")
            if exiting and not self._ended:
                if self._failures or pause > LONGEST_WAIT_AT_EXIT:
                    break
                self._patience = time.monotonic() + pause + SILENT_SECONDS
                time.sleep(pause)
        self._hang_up()
        self._done.set()

    def _send(self, exiting: bool) -> float:
        """Sends the next batch, and says how many seconds to wait before the one after it."""
        batch = self._buffer.batch()
        if not batch.records and not exiting:
            return MERGE_SECONDS
        is_end = exiting and batch.is_last
        opened = self._under_way.lines() if self._tell_under_way else None
        try:
            status, answer, retry_after = self._post(self._body(batch, opened, is_end))
        except (OSError, http.client.HTTPException) as error:
            return self._failed(str(error) or type(error).__name__)
        if status == 409 and opened is None:
            self._tell_under_way = True
            return 0
        if status == 200:
            taken = json.loads(answer)["next"] - batch.first
            self._settle(min(max(taken, 0), len(batch.records)))
            if taken < len(batch.records):
                return self._failed("it did not take a whole batch")
        elif status in (400, 413):
            self._refused += len(batch.records)
            self._problem = _reason(status, answer)
            self._settle(len(batch.records))
        else:
            pause = self._failed(_reason(status, answer))
            if status in (429, 503):
                self._failures = 0
                pause = _number(retry_after, pause)
            return TOKEN_PAUSE_SECONDS if status == 401 else pause
        self._failures = 0
        self._tell_under_way = False
        self._ended = is_end
        return 0 if exiting or not batch.is_last else MERGE_SECONDS

    def _settle(self, count: int) -> None:
        for record in self._buffer.take(count):
            self._under_way.follow(record)

    def _body(self, batch: Batch, opened: list[bytes] | None, is_end: bool) -> bytes:
        envelope = {"stream": self._stream, "first": batch.first, "end": is_end} | _about()
        if opened is not None:
            envelope["open"] = len(opened)
        lines = [json.dumps(envelope).encode() + b"\n", *(opened or []), *(record.line for record in batch.records)]
        return b"".join(lines)

    def _post(self, body: bytes) -> tuple[int, bytes, str | None]:
        if self._connection is not None:
            try:
                return self._request(self._connection, body)
            except TimeoutError:
                self._hang_up()
                raise
            except (OSError, http.client.HTTPException):
                self._hang_up()  # the listener closes one that was idle: once more, on another
        self._connection = _connection()
        try:
            return self._request(self._connection, body)
        except BaseException:
            self._hang_up()
            raise

    def _request(self, connection: http.client.HTTPConnection, body: bytes) -> tuple[int, bytes, str | None]:
        headers = {"Content-Type": "application/x-ndjson"}
        token = os.environ.get("EVALSPAN_TOKEN")
        if token and not os.environ.get("EVALSPAN_SOCKET"):
            headers["Authorization"] = f"Bearer {token}"
        path = "" if os.environ.get("EVALSPAN_SOCKET") else urlsplit(os.environ["EVALSPAN_URL"]).path.rstrip("/")
        connection.request("POST", f"{path}/v1/hooks", body, headers)
        response = connection.getresponse()
        return response.status, response.read(2**16), response.getheader("Retry-After")

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _failed(self, problem: str) -> float:
        now = time.monotonic()
        self._problem = problem
        if self._failures == 0:
            self._failing_since = now
        self._failures += 1
        # where Inspect draws on the terminal, all is said at the exit
        if not self._told and now - self._failing_since >= TELL_SECONDS and not _is_terminal():
            self._told = True
            _say(f"the listener at {_target()} does not take events ({problem}); they wait in memory. {self._remedy()}")
        return min(MERGE_SECONDS * 2 ** min(self._failures - 1, 10), MOST_PAUSE_SECONDS)

    def _remedy(self) -> str:
        logs = list(dict.fromkeys(self.logs.values()))
        if len(logs) > 3:
            logs = list(dict.fromkeys(log.rpartition("/")[0] for log in logs))
        return f"The logs have all: evalspan replay {' '.join(map(shlex.quote, logs)) or 'LOG'}"


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=REQUEST_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(REQUEST_SECONDS)
        self.sock.connect(self._path)


def _connection() -> http.client.HTTPConnection:
    path = os.environ.get("EVALSPAN_SOCKET")
    if path:
        return _UnixConnection(path)
    url = urlsplit(os.environ["EVALSPAN_URL"])
    if url.scheme not in ("http", "https") or not url.hostname:
        raise OSError("EVALSPAN_URL is not an http or https URL")
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    return kind(url.hostname, url.port, timeout=REQUEST_SECONDS)


def _target() -> str:
    return os.environ.get("EVALSPAN_SOCKET") or os.environ.get("EVALSPAN_URL") or "?"


@functools.cache
def _about() -> dict[str, int | str | bool]:
    """For people."""
    return {"pid": os.getpid(), "inspect": version_of("inspect_ai"), "forwarder": version, "command": _command()}


def _command() -> str:
    """What was run, without its options: they may hold secrets."""
    words = [os.path.basename(sys.argv[0])] if sys.argv and sys.argv[0] else ["python"]
    if words == ["__main__.py"]:
        words = [os.path.basename(os.path.dirname(sys.argv[0]))]
    for word in sys.argv[1:]:
        if word.startswith("-"):
            break
        words.append(word)
    return " ".join(words)


def _number(text: str | None, otherwise: float) -> int:
    return int(text) if text and text.isdecimal() else int(otherwise)


def _reason(status: int, answer: bytes) -> str:
    return f"HTTP {status} {answer[:200].decode(errors='replace')}".strip()


def _is_terminal() -> bool:
    try:
        return sys.__stderr__ is not None and sys.__stderr__.isatty()
    except ValueError:
        return False


def _say(message: str) -> None:
    try:
        print(f"evalspan: {message}", file=sys.__stderr__, flush=True)
    except Exception:
        pass  # there is nobody to tell
