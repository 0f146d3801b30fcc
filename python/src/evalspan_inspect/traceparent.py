"""The header with which the spans of a model's server join the sample's trace. Ids are computed as evalspan does."""

from __future__ import annotations

import math
import os
from functools import reduce
from hashlib import sha256
from operator import xor
from typing import Any

_attempts: dict[str, int] = {}


def propagate(_: str, data: Any) -> None:
    """Puts the header into the call that begins; not where answers are cached, since it would be a part of the key."""
    if data.cache is not None or data.config is None:
        return
    headers = data.config.extra_headers or {}
    if any(name.lower() == "traceparent" for name in headers):
        return
    parent = _traceparent(data)
    if parent is not None:
        # the configuration is this call's own, the headers in it may be others' too
        data.config.extra_headers = {**headers, "traceparent": parent}


def follow(hook: str, data: Any) -> None:
    """Which attempt at a sample is under way: Inspect's own count holds those of earlier runs too."""
    if hook == "on_sample_attempt_start":
        _attempts[data.sample_id] = data.attempt
    elif hook == "on_sample_end":
        _attempts.pop(data.sample_id, None)


def _traceparent(data: Any) -> str | None:
    from inspect_ai.util._span import current_span_id

    uuid = _sample_uuid()
    if uuid is None:
        return None
    in_run = os.environ.get("EVALSPAN_TRACE_SHAPE") == "run"
    trace = trace_id("run", data.eval_set_id or data.run_id) if in_run else trace_id("sample", uuid)
    span = current_span_id()
    if span is not None:
        parent = span_id(trace, "span", span)
    else:
        parent = attempt_id(trace, uuid, _attempts.get(uuid, 1), in_run)
    return f"00-{trace}-{parent}-{'01' if is_sampled(trace) else '00'}"


def _sample_uuid() -> str | None:
    from inspect_ai.log._samples import sample_active
    from inspect_ai.solver._task_state import sample_state

    active = sample_active()
    uuid = getattr(active, "sample_uuid", None)
    if uuid is None and active is not None:
        uuid = getattr(sample_state(), "uuid", None)
    return uuid


def trace_id(*parts: str) -> str:
    return _not_zero(_digest(parts)[:32])


def span_id(trace: str, kind: str, key: str) -> str:
    return _not_zero(_digest((trace, kind, key))[:16])


def attempt_id(trace: str, uuid: str, number: int, in_run: bool) -> str:
    return span_id(trace, "eval_attempt", f"{span_id(trace, 'eval_sample', uuid)}|{number}" if in_run else str(number))


def _digest(parts: tuple[str, ...]) -> str:
    return sha256("|".join(("evalspan/1", *parts)).encode()).hexdigest()


def _not_zero(text: str) -> str:
    return text if text.strip("0") else f"{text[1:]}1"


def is_sampled(trace: str) -> bool:
    """As OTEL_TRACES_SAMPLER says; what is not understood there, evalspan reports."""
    kind = os.environ.get("OTEL_TRACES_SAMPLER", "").strip().lower().removeprefix("parentbased_")
    if kind != "traceidratio":
        return kind != "always_off"
    try:
        ratio = float(os.environ.get("OTEL_TRACES_SAMPLER_ARG") or "1")
    except ValueError:
        return True
    bound = 2**32 if ratio == 1 else math.floor(ratio * 0xFFFFFFFF)
    return reduce(xor, (int(trace[at : at + 8], 16) for at in range(0, 32, 8))) < bound
