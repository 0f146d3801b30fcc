"""What Inspect's own reader says of logs: `python describe_logs.py FILE…` prints a JSON list with an object for each."""

import json
import sys
from typing import Any

from inspect_ai.log import EvalLog, EvalSample, read_eval_log
from pydantic import BaseModel


def describe(path: str) -> dict[str, Any]:
    log = read_eval_log(path)
    samples = log.samples or []
    return {
        "status": log.status,
        "ids": [log.eval.eval_set_id, log.eval.run_id, log.eval.task_id, log.eval.eval_id],
        "task": log.eval.task,
        "model": log.eval.model,
        "error": log.error and log.error.message,
        "usage": plain(log.stats.model_usage),
        "counts": log.results and [log.results.total_samples, log.results.completed_samples],
        "metrics": metrics(log),
        "samples": {f"{sample.id!s} {sample.epoch}": describe_sample(sample) for sample in samples},
    }


def metrics(log: EvalLog) -> list[list[Any]]:
    return [
        [score.scorer, score.name, score.reducer, key, metric.value]
        for score in (log.results.scores if log.results else [])
        for key, metric in score.metrics.items()
    ]


def describe_sample(sample: EvalSample) -> dict[str, Any]:
    return {
        "uuid": sample.uuid,
        # the value, and what it was before each edit
        "scores": {name: [score.value, *[edit.value for edit in score.history]] for name, score in (sample.scores or {}).items()},
        "usage": plain(sample.model_usage),
        "error": sample.error and sample.error.message,
        "limit": sample.limit and sample.limit.type,
        "retries": len(sample.error_retries or []),
        "messages": len(sample.messages),
        "events": [event.event for event in sample.events],
        "times": [sample.started_at, sample.total_time, sample.working_time],
    }


def plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True, fallback=lambda _: None)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


if __name__ == "__main__":
    json.dump([describe(path) for path in sys.argv[1:]], sys.stdout)
