"""Real evals in the Inspect that runs these tests: all that hooks were given arrives, as it was and in order."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import unittest
from importlib.util import find_spec
from pathlib import Path
from subprocess import PIPE
from typing import Any, ClassVar

from inspect_ai.hooks import Hooks
from listener import Listener
from support import PROJECT, UNINSTALLED, Child, InFolder, lines_of, uninstalled

from evalspan_inspect.traceparent import span_id, trace_id

RECORDER = PROJECT.parent / "test" / "real" / "inspect"
EVALS = str(Path(__file__).parent / "evals.py")


class EvalsTest(InFolder):
    server: ClassVar[Child]

    @classmethod
    def setUpClass(cls) -> None:
        # on from the start, since what makes Inspect find it is decided then
        env = uninstalled(EVALSPAN_SOCKET="later", PYTHONPATH=os.pathsep.join([*UNINSTALLED, str(RECORDER)]))
        cls.server = Child([sys.executable, EVALS], env=env, stdin=PIPE, stdout=PIPE, text=True)
        cls.addClassCleanup(cls.server.communicate)

    def start_kind(self, kind: str, **variables: str) -> int:
        """Starts a process that runs evals of this kind, and returns its id."""
        env = {"EVALSPAN_SOCKET": str(self.socket), "XDG_DATA_HOME": str(self.folder / "data"), **variables}
        assert self.server.stdin and self.server.stdout
        self.server.stdin.write(json.dumps({"kind": kind, "folder": str(self.folder), "env": env}) + "\n")
        self.server.stdin.flush()
        return int(self.server.stdout.readline())

    def ends(self) -> str:
        """Waits for it, and returns what it wrote."""
        assert self.server.stdout
        code = int(self.server.stdout.readline())
        output = (self.folder / "output.txt").read_text()
        self.assertEqual(code, 0, output)
        return output

    def run_kind(self, kind: str, **variables: str) -> str:
        self.start_kind(kind, **variables)
        return self.ends()


class Evals(EvalsTest):
    def setUp(self) -> None:
        super().setUp()
        self.listener = Listener(self.socket)
        self.addCleanup(lambda: self.listener.kill())

    def seen(self, name: str = "seen.jsonl") -> list[tuple[str, Any]]:
        records = map(json.loads, (self.folder / name).read_text().splitlines())
        return [(record["hook"], same(record["data"])) for record in records]

    def arrived(self, stream: int = 0) -> list[tuple[str, Any]]:
        return [(record["hook"], same(record["data"])) for record in list(self.listener.records.values())[stream]]

    def check(self, kind: str, **variables: str) -> None:
        self.run_kind(kind, **variables)
        self.assertGreater(len(self.seen()), 5)
        self.assertEqual(self.arrived(), self.seen())
        records = self.listener.all
        self.assertEqual([record["number"] for record in records], list(range(1, len(records) + 1)))
        self.assertTrue(self.listener.envelopes[-1]["end"])

    def test_success(self) -> None:
        self.check("success")

    def test_an_error(self) -> None:
        self.check("error")

    def test_a_sample_that_is_retried(self) -> None:
        self.check("retried")

    def test_tools(self) -> None:
        self.check("tools")

    def test_an_eval_set(self) -> None:
        self.check("sets")

    def test_several_event_loops_and_threads(self) -> None:
        self.check("twice")

    @unittest.skipUnless(find_spec("trio"), "trio is not installed")
    def test_trio(self) -> None:
        self.check("success", INSPECT_ASYNC_BACKEND="trio")

    def test_each_task_says_where_its_log_is(self) -> None:
        self.run_kind("sets")
        said = [record["log"] for record in self.listener.all if "log" in record]
        starts = [record for record in self.listener.all if record["hook"] == "on_task_start"]
        self.assertEqual(said, [record.get("log") for record in starts])
        self.assertLessEqual({str(path) for path in (self.folder / "logs").glob("*.eval")}, set(said))

    def test_a_process_and_the_one_it_forks_are_two_streams(self) -> None:
        self.run_kind("forks")
        parent, child = sorted(range(2), key=lambda stream: -len(self.arrived(stream)))
        self.assertEqual(self.arrived(parent)[: len(self.seen())], self.seen())
        self.assertEqual(self.arrived(child), self.seen("seen-child.jsonl"))
        ended = {envelope["pid"] for envelope in self.listener.envelopes if envelope["end"]}
        self.assertEqual(len(ended), 2)

    def test_ctrl_c(self) -> None:
        child = self.start_kind("long")
        until = time.monotonic() + 30
        while not (self.folder / "waiting").exists() and time.monotonic() < until:
            time.sleep(0.05)
        os.kill(child, signal.SIGINT)
        self.ends()
        self.assertEqual(self.arrived(), self.seen())
        self.assertEqual(self.arrived()[-1][0], "on_run_end")
        self.assertTrue(self.listener.envelopes[-1]["end"])

    def test_a_listener_that_is_killed_and_comes_back_misses_nothing(self) -> None:
        self.listener.kill()
        self.start_kind("success")
        while not (self.folder / "seen.jsonl").exists():
            time.sleep(0.05)
        self.socket.unlink()
        self.listener = Listener(self.socket)
        self.ends()
        self.assertEqual(self.arrived(), self.seen())


@unittest.skipUnless(hasattr(Hooks, "on_before_model_generate"), "this version has no hook before a model call")
class Propagation(EvalsTest):
    def calls(self, **variables: str) -> dict[str, list[dict[str, Any]]]:
        self.socket.unlink(missing_ok=True)
        with Listener(self.socket) as self.listener:
            self.run_kind("propagated", INSPECT_CACHE_DIR=str(self.folder / "cache"), **variables)
        calls = [json.loads(line) for line in (self.folder / "calls.jsonl").read_text().splitlines()]
        return {name: [call for call in calls if call["call"] == name] for name in ("plain", "own", "cached", "end")}

    def test_a_call_carries_the_trace_of_its_sample_and_its_span(self) -> None:
        calls = self.calls(EVALSPAN_PROPAGATE="1")
        self.assertEqual(len({call["uuid"] for call in calls["plain"]}), 2)
        for call in calls["plain"]:
            trace = trace_id("sample", call["uuid"])
            parent = f"00-{trace}-{span_id(trace, 'span', call['span'])}-01"
            self.assertEqual(call["headers"], {"x-own": "1", "traceparent": parent})
        self.assertEqual([call["headers"] for call in calls["own"]], [{"TraceParent": "theirs"}] * 2)

    def test_it_changes_nothing_for_caches_and_for_the_model(self) -> None:
        for variables in ({"EVALSPAN_PROPAGATE": "1"}, {}):
            calls = self.calls(**variables)
            self.assertEqual(calls["end"][0]["headers"], [{"x-own": "1"}] * 2)
            cached = [call["headers"] for call in calls["cached"]]
            # the second run finds what the first one kept
            self.assertEqual(cached, [{"x-own": "1"}] * len(cached))
            self.assertLessEqual(len(cached), 2 if variables else 0)

    def test_all_of_a_run_is_in_one_trace_if_so_wanted(self) -> None:
        variables = {"EVALSPAN_TRACE_SHAPE": "run", "OTEL_TRACES_SAMPLER": "always_off"}
        calls = self.calls(EVALSPAN_PROPAGATE="1", **variables)
        trace = trace_id("run", self.listener.all[0]["data"]["run_id"])
        for call in calls["plain"]:
            self.assertEqual(call["headers"]["traceparent"], f"00-{trace}-{span_id(trace, 'span', call['span'])}-00")


def same(value: Any) -> Any:
    """Two that are not a number are never equal otherwise; what the recorder does not write is left out."""
    if isinstance(value, dict):
        if value.keys() == {"type", "message", "traceback"}:
            value = {key: item for key, item in value.items() if key != "traceback"}
        return {key: same(item) for key, item in value.items()}
    if isinstance(value, list):
        return [same(item) for item in value]
    return "NaN" if isinstance(value, float) and value != value else value


class WithoutListener(EvalsTest):
    def test_an_eval_goes_on_and_says_at_its_end_what_to_do(self) -> None:
        # one that takes more than a second is told of the listener while it runs, too
        *before, line = lines_of(self.run_kind("success"))
        self.assertLessEqual(len(before), 1)
        (log,) = (self.folder / "logs").glob("*.eval")
        self.assertRegex(line, rf"^evalspan: \d+ events did not reach the listener at {self.socket} \(No such file")
        self.assertTrue(line.endswith(f"evalspan replay {log}"), line)

    def test_nothing_is_sent_and_nothing_said_when_it_is_off(self) -> None:
        with Listener(self.socket) as listener:
            output = self.run_kind("success", EVALSPAN_SOCKET="")
            self.assertEqual((listener.all, lines_of(output)), ([], []))
