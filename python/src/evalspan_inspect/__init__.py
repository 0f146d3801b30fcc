"""
Sends what Inspect's hooks are given to evalspan, which listens on a socket. Off unless EVALSPAN_SOCKET or EVALSPAN_URL
is set.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from inspect_ai.hooks import Hooks, hooks

from .buffer import Path
from .forwarder import Forwarder, version
from .listener import target
from .records import line, log_of_sample, log_of_task, now
from .traceparent import follow, propagate

__version__ = version

T = TypeVar("T")

_forwarder = Forwarder()
_logs_told: set[str] = set()


def _take(hook: str, data: Any) -> None:
    """Everything happens before it returns: objects change later, and Inspect cancels a hook that awaits."""
    time = now()
    # an eval never fails because of any of this
    log = _or_none(_untold_log, hook, data)
    begins, ends = _or_none(_extent, hook, data) or (None, None)
    text = _or_none(line, hook, time, data, log) or b""
    if _or_none(_forwarder.add, text, begins, ends) and log is not None:
        _logs_told.add(data.eval_id)
    if os.environ.get("EVALSPAN_PROPAGATE") == "1":
        _or_none(propagate if hook == "on_before_model_generate" else follow, hook, data)


def _or_none(function: Callable[..., T], *args: Any) -> T | None:
    try:
        return function(*args)
    except Exception:
        return None


def _untold_log(hook: str, data: Any) -> str | None:
    """The location of the task's log, for the first record of the task or its samples that can say it."""
    is_task = hook == "on_task_start"
    if not is_task and not hook.startswith("on_sample_"):
        return None
    eval_id: str = data.eval_id
    if eval_id in _logs_told:
        return None
    log = _forwarder.logs.get(eval_id) or (log_of_task(eval_id) if is_task else log_of_sample(eval_id))
    if log is not None:
        _forwarder.logs[eval_id] = log
    return log


def _extent(hook: str, data: Any) -> tuple[Path | None, Path | None]:
    """What begins and what ends with it."""
    kind = hook.removeprefix("on_")
    if kind.startswith("eval_set_"):
        path: Path = (data.eval_set_id,)
    elif kind.startswith("run_"):
        path = (data.run_id,)
    elif kind.startswith("task_"):
        path = (data.run_id, data.eval_id)
    elif kind.startswith("sample_"):
        path = (data.run_id, data.eval_id, data.sample_id)
    else:
        return None, None
    if kind == "sample_event":
        kind = data.event.event
        if kind not in ("span_begin", "span_end"):
            return None, None
        path = (*path, "attempt", data.event.id)
    elif kind.startswith("sample_attempt_"):
        path = (*path, "attempt")
    if kind == "sample_attempt_start":
        return path, path
    if kind in ("sample_init", "sample_start"):
        return (*path, kind), None
    if kind.endswith(("_start", "_begin")):
        return path, None
    if kind == "task_end":
        # until its run ends: its end may not arrive, and a listener has to know where the log is
        return None, None
    return None, path if kind.endswith("_end") else None


def _method(name: str) -> Callable[[Hooks, Any], Coroutine[Any, Any, None]]:
    async def method(self: Hooks, data: Any) -> None:
        _take(name, data)

    return method


def _enabled(self: Hooks) -> bool:
    return target() != ""


# Whatever this version of Inspect has, except override_api_key: to define it changes what Inspect does.
_methods = {name: _method(name) for name in dir(Hooks) if name.startswith("on_")}

EvalspanHooks: type[Hooks] = hooks(name="evalspan", description="Sends this run to evalspan.")(
    type("EvalspanHooks", (Hooks,), {"__module__": __name__, "enabled": _enabled, **_methods})
)


def _finish() -> None:
    _forwarder.finish()


def _after_fork() -> None:
    global _forwarder
    parent, _forwarder = _forwarder, Forwarder()
    _logs_told.clear()
    parent.abandon()


atexit.register(_finish)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
