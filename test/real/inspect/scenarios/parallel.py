"""Model calls at the same time, some of which are tried again."""

import asyncio
from collections import Counter

from inspect_ai.model import (
    get_model,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import collect

from fake_model import Call, Fatal, RateLimit, fake
from scenario import Run, scenario, task


@solver
def parallel(questions: list[str], with_collect: bool = False) -> Solver:
    """Asks several questions at the same time."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        calls = [get_model().generate(question) for question in questions]
        answers = await (collect(*calls) if with_collect else asyncio.gather(*calls))
        state.metadata["answers"] = [output.completion for output in answers]
        return await generate(state)

    return solve


refused: Counter[str] = Counter()


async def some_are_limited(call: Call) -> str:
    """Answers after a time that depends on the question, and refuses each first call."""
    refused[call.last] += 1
    await asyncio.sleep({"a": 0.03, "b": 0.01, "c": 0.02}.get(call.last, 0))
    if call.last in ("a", "b") and refused[call.last] <= 2:
        raise RateLimit(f"too many requests for {call.last}")
    return f"answer to {call.last}"


@scenario()
def parallel_calls(run: Run) -> None:
    fake(run.name, some_are_limited)
    run.eval(task(run.name, 1, solver=parallel(["a", "b", "c"])))


@scenario()
def parallel_calls_collected(run: Run) -> None:
    fake(run.name, some_are_limited)
    run.eval(task(run.name, 1, solver=parallel(["a", "b", "c"], with_collect=True)))


@scenario()
def parallel_calls_with_the_same_input(run: Run) -> None:
    """Cannot be told apart by their input."""

    async def script(call: Call) -> str:
        await asyncio.sleep(0.02 / call.number)
        if call.number in (1, 2, 4):
            raise RateLimit(f"too many requests ({call.number})")
        return f"answer {call.number}"

    fake(run.name, script)
    run.eval(task(run.name, 1, solver=parallel(["same", "same", "same"])))


@scenario()
def parallel_calls_one_fails(run: Run) -> None:
    """The others are cancelled, or go on in the background."""

    async def script(call: Call) -> str:
        await asyncio.sleep(0.05 if call.last == "b" else 0.5)
        if call.last == "b":
            raise Fatal("bad request")
        return "late"

    fake(run.name, script)
    run.eval(task(run.name, 1, solver=parallel(["a", "b"], with_collect=True)), fail_on_error=False)
