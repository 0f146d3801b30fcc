"""The records that wait to be sent, and those that a listener is told which does not know what is under way."""

from __future__ import annotations

import threading
from collections import deque
from itertools import islice
from typing import NamedTuple

BATCH_BYTES = 2**20
BATCH_RECORDS = 1000
RECORD_BYTES = 32 * 2**20
"""A listener takes no larger one."""
UNDER_WAY_BYTES = 8 * 2**20

Path = tuple[str, ...]
"""Ids of a run, a task, a sample, …: each of them within the one before."""
SAMPLE_DEPTH = 3


class Record(NamedTuple):
    number: int
    line: bytes
    begins: Path | None
    """What is under way from now on."""
    ends: Path | None
    """What is not any more, with all that is within it."""


class Batch(NamedTuple):
    first: int
    """The number of the first record; of the next one that comes when there is none."""
    records: list[Record]
    is_last: bool
    """No others wait."""


class Buffer:
    """Hooks add to it, in any thread and never waiting; one thread sends, and takes away what has arrived."""

    def __init__(self, limit: float) -> None:
        self.dropped = 0
        self._limit = limit
        self._lock = threading.Lock()
        self._records: deque[Record] = deque()
        self._bytes = 0
        self._next = 1

    def add(self, line: bytes, begins: Path | None = None, ends: Path | None = None) -> bool:
        """A record that is empty or has no place uses up a number, so that the listener sees that one is missing."""
        with self._lock:
            # In this order, because Ctrl-C may come between any two: a number may be lost, none is given twice.
            number = self._next
            self._next = number + 1
            # With the start of a task, which is small, goes where its log is: without it nothing could be completed.
            is_full = self._bytes + len(line) > self._limit and not (begins and len(begins) < SAMPLE_DEPTH)
            if not line or len(line) > RECORD_BYTES or is_full:
                self.dropped += 1
                return False
            self._records.append(Record(number, line, begins, ends))
            self._bytes += len(line)
            return True

    def batch(self) -> Batch:
        """The first of those that wait, as far as their numbers are consecutive."""
        with self._lock:
            records: list[Record] = []
            size = 0
            for record in islice(self._records, BATCH_RECORDS):
                size += len(record.line)
                if records and (size > BATCH_BYTES or record.number != records[-1].number + 1):
                    break
                records.append(record)
            first = records[0].number if records else self._next
            return Batch(first, records, len(records) == len(self._records))

    def take(self, count: int) -> list[Record]:
        """The first so many, which wait no longer."""
        with self._lock:
            taken = [self._records.popleft() for _ in range(count)]
            self._bytes = self._bytes - sum(len(record.line) for record in taken) if self._records else 0
            return taken

    def __len__(self) -> int:
        return len(self._records)


class UnderWay:
    """The start records of what has begun and not ended; those of samples are left out after UNDER_WAY_BYTES."""

    def __init__(self) -> None:
        # Sets, runs and tasks. Samples are by themselves, since they are many and end often.
        self._outer: dict[Path, bytes] = {}
        self._samples: dict[Path, dict[Path, bytes]] = {}
        self._bytes = 0

    def follow(self, record: Record) -> None:
        if record.ends:
            self._end(record.ends)
        path = record.begins
        is_full = self._bytes + len(record.line) > UNDER_WAY_BYTES
        if path and (len(path) < SAMPLE_DEPTH or not is_full):
            store = self._outer if len(path) < SAMPLE_DEPTH else self._samples.setdefault(path[:SAMPLE_DEPTH], {})
            self._bytes += len(record.line) - len(store.get(path, b""))
            store[path] = record.line

    def lines(self) -> list[bytes]:
        """What is without comes before what is within it."""
        return [*self._outer.values(), *(line for parts in self._samples.values() for line in parts.values())]

    def _end(self, path: Path) -> None:
        depth = len(path)
        within = [path[:SAMPLE_DEPTH]] if depth >= SAMPLE_DEPTH else [key for key in self._samples if key[:depth] == path]
        for sample in within:
            parts = self._samples.get(sample, {})
            self._remove(parts, path)
            if not parts:
                self._samples.pop(sample, None)
        if depth < SAMPLE_DEPTH:
            self._remove(self._outer, path)

    def _remove(self, store: dict[Path, bytes], path: Path) -> None:
        for key in [key for key in store if key[: len(path)] == path]:
            self._bytes -= len(store.pop(key))
