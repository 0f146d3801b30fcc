"""Writes what Inspect's hooks were given: one JSON object a line, in the order in which the hooks were entered."""

import dataclasses
import json
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, TextIO

from inspect_ai.hooks import Hooks, hooks
from inspect_ai.log import EvalLog
from pydantic import BaseModel

_output: TextIO | None = None
_seq = count(1)
_more: Callable[[], dict[str, Any]] = dict


def record_to(path: Path, more: Callable[[], dict[str, Any]] = dict) -> None:
    """Hooks that fire from now on are written to this file, after those that another process wrote; with `more` fields."""
    global _output, _seq, _more
    _more = more
    _output = path.open("a", encoding="ascii")
    _seq = count(1 + len(path.read_text().splitlines()))


def _write(hook: str, data: Any) -> None:
    # The time comes first: writing a large sample takes a while. Nothing here awaits, since Inspect cancels the hook
    # that is being called for an event when the solver ends, and objects of events change after the hook returned.
    now = time.time()
    if _output is None:
        return
    line = {"seq": next(_seq), "time": now, "hook": hook, "data": _fields(data)} | _more()
    _output.write(json.dumps(line) + "\n")
    # each line by itself, so that a killed process leaves all that was fired
    _output.flush()


def _fields(data: Any) -> dict[str, Any]:
    """A field of the hook itself that is null stays, one of the records within is left out."""
    return {field.name: _json(getattr(data, field.name)) for field in dataclasses.fields(data)}


def _json(value: Any) -> Any:
    if isinstance(value, EvalLog):
        # to touch the samples of a log would read its whole file
        return _dump(value, exclude={"samples", "reductions"})
    if isinstance(value, BaseModel):
        return _dump(value)
    if isinstance(value, BaseException):
        return {"type": type(value).__name__, "message": str(value)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, (list, tuple)):
        return [_json(item) for item in value]
    return value


def _dump(record: BaseModel, exclude: set[str] | None = None) -> Any:
    # what cannot be written is null, as in the logs
    return record.model_dump(mode="json", exclude_none=True, exclude=exclude, fallback=lambda _: None)


def _recording(name: str) -> Any:
    async def record(self: Hooks, data: Any) -> None:
        _write(name, data)

    return record


# Whatever hooks this version of Inspect has, except override_api_key: to define it changes what Inspect does.
_methods = {name: _recording(name) for name in dir(Hooks) if name.startswith("on_")}

Recorder = hooks(name="recorder", description="Records what hooks were given.")(type("Recorder", (Hooks,), _methods))
