"""What several scenarios are made of: solvers, tools and scripts."""

import asyncio
from collections import Counter

from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import Tool, tool

from fake_model import Answer, Call, RateLimit, Script, tool_calls

_failures: Counter[str] = Counter()
_limited: Counter[str] = Counter()


def fails(key: str, times: int) -> None:
    """Raises as often as said, counted for each key."""
    _failures[key] += 1
    if _failures[key] <= times:
        raise ValueError(f"failure {_failures[key]} of {key}")


@solver
def fail(times: int = 99, only: list[int | str] | None = None) -> Solver:
    """Fails so often for each sample and epoch, or for some samples only."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if only is None or state.sample_id in only:
            fails(f"{state.sample_id}/{state.epoch}", times)
        return state

    return solve


@solver
def wait(seconds: float) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await asyncio.sleep(seconds)
        return state

    return solve


@tool
def add() -> Tool:
    async def execute(x: int, y: int) -> int:
        """Adds two numbers.

        Args:
            x: First number.
            y: Second number.
        """
        return x + y

    return execute


@tool(parallel=True)
def sleeps() -> Tool:
    async def execute(seconds: float) -> str:
        """Waits.

        Args:
            seconds: How long.
        """
        await asyncio.sleep(seconds)
        return f"slept {seconds}"

    return execute


def adds(times: int = 2, last: str = "4") -> Script:
    """A script that calls the tool `add` in so many turns, and then answers."""

    def script(call: Call) -> Answer:
        if call.turn > times:
            return last
        return tool_calls(("add", {"x": call.turn, "y": 2}), text=f"step {call.turn}")

    return script


def rate_limited(times: int, text: str = "2") -> Script:
    """A script that refuses the same conversation so many times."""

    def script(call: Call) -> str:
        key = "\n".join(message.text for message in call.messages)
        _limited[key] += 1
        if _limited[key] <= times:
            raise RateLimit(f"too many requests ({_limited[key]})")
        return text

    return script
