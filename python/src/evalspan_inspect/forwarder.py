"""Sends records from a thread of its own, so that an eval never waits for the listener."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shlex
import sys
import threading
import time
import uuid
from importlib.metadata import version as version_of

from .buffer import Batch, Buffer, Path, UnderWay
from .listener import Listener, shown_target

version = "0.1.0"

BUFFER_BYTES = 32 * 2**20
MERGE_SECONDS = 0.2
"""What comes in this time goes out together; also the first pause when the listener is away."""
MOST_PAUSE_SECONDS = 5.0
TOKEN_PAUSE_SECONDS = 30.0
TELL_SECONDS = 3.0
"""A listener that is being restarted is not worth a word."""
EXIT_SECONDS = 10.0
SILENT_SECONDS = 0.3
"""How long an exit waits for a listener that says nothing, or is away."""
BUSY_SECONDS = 1.0
"""How long it waits for the next answer of one that has answered until now: on a busy machine it may be slow."""
LONGEST_WAIT_AT_EXIT = 2.0
"""What a busy listener may ask for at an exit."""


class Forwarder:
    """What one process sends. A forked one has another."""

    def __init__(self) -> None:
        self.logs: dict[str, str] = {}
        """Where the log of each task is, by its `eval_id`."""
        self._about: dict[str, int | str] = {}
        self._stream = uuid.uuid4().hex
        self._buffer = Buffer(_number(os.environ.get("EVALSPAN_BUFFER"), BUFFER_BYTES))
        self._under_way = UnderWay()
        self._tell_under_way = False
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._listener = Listener()
        self._exiting = threading.Event()
        self._done = threading.Event()
        self._ended = False
        self._silence = SILENT_SECONDS
        self._patience = 0.0
        """Until when an exit waits."""
        self._asked = 0.0
        """When the request was begun that has no answer yet, if there is one."""
        self._refused = 0
        self._failures = 0
        self._failing_since = 0.0
        self._problem = ""
        self._told = False

    def add(self, line: bytes, begins: Path | None = None, ends: Path | None = None) -> bool:
        """Sends it later, if there is place. An empty line stands for a record that could not be written."""
        added = self._buffer.add(line, begins, ends)
        if self._thread is None or not self._thread.is_alive():
            self._start()
        return added

    def finish(self) -> None:
        """At the exit: sends what is left, for as long as the listener answers."""
        if self._thread is None or self._exiting.is_set():
            return
        now = time.monotonic()
        end = now + EXIT_SECONDS
        if self._asked and now - self._asked >= BUSY_SECONDS:
            self._silence = SILENT_SECONDS
        self._patience = now + self._silence
        self._exiting.set()
        try:
            while not self._done.is_set() and now < min(end, self._patience):
                self._done.wait(min(end, self._patience) - now)
                now = time.monotonic()
        except KeyboardInterrupt:
            pass  # somebody does not want to wait
        lost = self._buffer.dropped + self._refused + len(self._buffer)
        if lost:
            why = self._problem or ("no answer" if len(self._buffer) else "too large or too many to wait")
            events = "1 event" if lost == 1 else f"{lost} events"
            _say(f"{events} did not reach the listener at {shown_target()} ({why}). {self._remedy()}")

    def abandon(self) -> None:
        """In a forked process, which has a forwarder of its own."""
        self._listener.abandon()

    def _start(self) -> None:
        with self._starting:
            if self._exiting.is_set() or (self._thread is not None and self._thread.is_alive()):
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
                pause = self._failed(type(error).__name__)  # its text may hold the token
            if exiting and not self._ended:
                if self._failures or pause > LONGEST_WAIT_AT_EXIT:
                    break
                self._patience = time.monotonic() + pause + self._silence
                time.sleep(pause)
        self._listener.hang_up()
        self._done.set()

    def _send(self, exiting: bool) -> float:
        """Sends the next batch, and says how many seconds to wait before the one after it."""
        batch = self._buffer.batch()
        if not batch.records and not exiting:
            return MERGE_SECONDS
        is_end = exiting and batch.is_last
        opened = self._under_way.lines() if self._tell_under_way else None
        self._asked = time.monotonic()
        try:
            answer = self._listener.post(self._body(batch, opened, is_end))
        except OSError as error:
            return self._failed(error.strerror or str(error) or type(error).__name__)
        except http.client.HTTPException as error:
            return self._failed(str(error) or type(error).__name__)
        self._asked = 0
        self._silence = BUSY_SECONDS
        self._patience = time.monotonic() + self._silence
        if answer.status == 409 and opened is None:
            self._failures = 0
            self._tell_under_way = True
            return 0
        if answer.status == 200:
            taken: int = json.loads(answer.body)["next"] - batch.first
            self._settle(min(max(taken, 0), len(batch.records)))
            if taken < len(batch.records):
                return self._failed("it did not take a whole batch")
        elif answer.status in (400, 413):
            self._refused += len(batch.records)
            self._problem = answer.reason
            self._settle(len(batch.records))
        else:
            pause = self._failed(answer.reason)
            if answer.status in (429, 503):
                self._failures = 0  # it is busy, not away
                pause = max(_number(answer.retry_after, pause), MERGE_SECONDS)
            return TOKEN_PAUSE_SECONDS if answer.status == 401 else pause
        self._failures = 0
        self._tell_under_way = False
        self._ended = is_end
        return 0 if exiting or not batch.is_last else MERGE_SECONDS

    def _settle(self, count: int) -> None:
        for record in self._buffer.take(count):
            self._under_way.follow(record)

    def _body(self, batch: Batch, opened: list[bytes] | None, is_end: bool) -> bytes:
        # what it says of the process is for people
        self._about = self._about or {
            "pid": os.getpid(),
            "inspect": version_of("inspect_ai"),
            "forwarder": version,
            "command": _command(),
        }
        envelope: dict[str, int | str] = {"stream": self._stream, "first": batch.first, "end": is_end, **self._about}
        if opened is not None:
            envelope["open"] = len(opened)
        lines = [json.dumps(envelope).encode() + b"\n", *(opened or []), *(record.line for record in batch.records)]
        return b"".join(lines)

    def _failed(self, problem: str) -> float:
        now = time.monotonic()
        self._silence = SILENT_SECONDS
        self._problem = problem
        if self._failures == 0:
            self._failing_since = now
        self._failures += 1
        is_worth_it = now - self._failing_since >= TELL_SECONDS or problem.startswith("HTTP 401")
        # at the exit there is one line that says all, and where Inspect draws on the terminal none before it
        if is_worth_it and not self._told and not self._exiting.is_set() and not _is_terminal():
            self._told = True
            _say(f"the listener at {shown_target()} does not take events ({problem}); they wait in memory. {self._remedy()}")
        return min(MERGE_SECONDS * 2.0 ** min(self._failures - 1, 10), MOST_PAUSE_SECONDS)

    def _remedy(self) -> str:
        logs = list(dict.fromkeys(self.logs.values()))
        if len(logs) > 3:
            logs = list(dict.fromkeys(log.rpartition("/")[0] for log in logs))
        return f"What it misses is in the log: evalspan replay {' '.join(map(shlex.quote, logs)) or 'LOG'}"


def _command() -> str:
    """What was run, without its options: they may hold secrets."""
    words = [os.path.basename(sys.argv[0])] if sys.argv and sys.argv[0] else ["python"]
    if words == ["__main__.py"]:  # python -m
        words = [os.path.basename(os.path.dirname(sys.argv[0])).removesuffix("_ai")]
    for word in sys.argv[1:]:
        if word.startswith("-"):
            break
        words.append(word)
    return " ".join(words)


def _number(text: str | None, otherwise: float) -> float:
    return float(text) if text and text.isdecimal() else otherwise


def _is_terminal() -> bool:
    try:
        return sys.__stderr__ is not None and sys.__stderr__.isatty()
    except ValueError:
        return False


def _say(message: str) -> None:
    with contextlib.suppress(Exception):  # it may be closed
        print(f"evalspan: {message}", file=sys.__stderr__, flush=True)
