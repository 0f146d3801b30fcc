"""Ids are those that evalspan computes: `ids.json` is made by its own functions."""

from __future__ import annotations

import json
import os
from pathlib import Path
from unittest import TestCase
from unittest.mock import patch

import support  # noqa: F401

from evalspan_inspect.traceparent import attempt_id, is_sampled, span_id, trace_id

IDS = json.loads(Path(__file__).with_name("ids.json").read_text())


class Ids(TestCase):
    def test_they_are_those_of_evalspan(self) -> None:
        sample, run = trace_id("sample", IDS["uuid"]), trace_id("run", IDS["run"])
        self.assertEqual((sample, run), (IDS["sampleTrace"], IDS["runTrace"]))
        self.assertEqual(span_id(sample, "span", "inspect-span"), IDS["span"])
        self.assertEqual(attempt_id(sample, IDS["uuid"], 2, in_run=False), IDS["attempt"])
        self.assertEqual(attempt_id(run, IDS["uuid"], 2, in_run=True), IDS["attemptInRun"])

    def test_the_same_traces_are_sampled(self) -> None:
        traces = [trace_id("sample", str(number)) for number in range(12)]
        for case in IDS["sampled"]:
            variables = {"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": case["ratio"]}
            with patch.dict(os.environ, variables):
                self.assertEqual([trace for trace in traces if is_sampled(trace)], case["traces"])

    def test_a_sampler_that_nobody_knows_samples(self) -> None:
        for variables, expected in (
            ({"OTEL_TRACES_SAMPLER": "parentbased_always_off"}, False),
            ({"OTEL_TRACES_SAMPLER": "odd"}, True),
            ({"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "odd"}, True),
        ):
            with patch.dict(os.environ, variables):
                self.assertEqual(is_sampled("0" * 32), expected)
