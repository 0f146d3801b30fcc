"""
Sends what Inspect's hooks are given to evalspan, which listens on a socket. Off unless EVALSPAN_SOCKET or EVALSPAN_URL
is set.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Coroutine
from typing import Any

from inspect_ai.hooks import Hooks, hooks

from .buffer import Path
from .forwarder import Forwarder, version
from .records import line, log_of_sample, log_of_task, now
from .traceparent import propagate

__version__ = version

_forwarder = Forwarder()


def _take(hook: str, data: Any) -> None:
    """Everything happens before it returns: objects change later, and Inspect cancels a hook that awaits."""
    time = now()
    begins: Path | None = None
    ends: Path | None = None
    try:
        log = _new_log(hook, data)
        begins, ends = _extent(hook, data)
        text = line(hook, time, data, log)
    except Exception:
        text = b""
    try:
        _forwarder.add(text, begins, ends)
        if hook == "on_before_model_generate" and os.environ.get("EVALSPAN_PROPAGATE") == "1":
            propagate(data)
    except Exception:
        pass  # an eval never fails because of this


def _new_log(hook: str, data: Any) -> str | None:
    """The location of the task's log, where it becomes known."""
    eval_id = getattr(data, "eval_id", None)
    if eval_id is None or eval_id in _forwarder.logs:
        return None
    log = None
    if hook == "on_task_start":
        log = log_of_task(eval_id)
    elif hook.startswith("on_sample_"):
        log = log_of_sample(eval_id)
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
    return None, path if kind.endswith("_end") else None


def _method(name: str) -> Callable[[Hooks, Any], Coroutine[Any, Any, None]]:
    async def method(self: Hooks, data: Any) -> None:
        _take(name, data)

    return method


def _enabled(self: Hooks) -> bool:
    return bool(os.environ.get("EVALSPAN_SOCKET") or os.environ.get("EVALSPAN_URL"))


# Whatever this version of Inspect has, except override_api_key: to define it changes what Inspect does.
_methods = {name: _method(name) for name in dir(Hooks) if name.startswith("on_")}

EvalspanHooks = hooks(name="evalspan", description="Sends this run to evalspan.")(
    type("EvalspanHooks", (Hooks,), {"__module__": __name__, "enabled": _enabled, **_methods})
)


def _finish() -> None:
    _forwarder.finish()


def _after_fork() -> None:
    global _forwarder
    parent, _forwarder = _forwarder, Forwarder()
    parent.abandon()


atexit.register(_finish)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
