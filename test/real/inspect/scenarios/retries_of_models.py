"""Model calls that are tried again."""

import asyncio

from inspect_ai.model import (
    GenerateConfig,
    ModelOutput,
    get_model,
)
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver, use_tools
from inspect_ai.tool import Tool, tool

from fake_model import Call, Fatal, RateLimit, fake, tool_calls
from parts import fail, rate_limited
from scenario import Run, scenario, task


@scenario()
def model_retried(run: Run) -> None:
    fake(run.name, rate_limited(2))
    run.eval(task(run.name, 2))


@scenario()
def model_retried_until_exhausted(run: Run) -> None:
    fake(run.name, rate_limited(9))
    run.eval(task(run.name, 1), max_retries=2, fail_on_error=False)


@scenario()
def model_retried_then_fatal(run: Run) -> None:
    def script(call: Call) -> str:
        if call.number == 1:
            raise RateLimit("too many requests")
        raise Fatal("bad request")

    fake(run.name, script)
    run.eval(task(run.name, 1), fail_on_error=False)


@scenario()
def model_retried_then_sample_retried(run: Run) -> None:
    """A model call that is retried, then an error, then the whole sample again."""

    def script(call: Call) -> str:
        if call.number in (1, 3):
            raise RateLimit(f"too many requests ({call.number})")
        return "2"

    fake(run.name, script)
    run.eval(task(run.name, 1, solver=[generate(), fail(times=1)]), retry_on_error=1)


@scenario()
def model_attempt_timeout(run: Run) -> None:
    async def script(call: Call) -> str:
        await asyncio.sleep(20 if call.number == 1 else 0)
        return "2"

    fake(run.name, script)
    run.eval(task(run.name, 1), attempt_timeout=1)


@solver
def same_call_twice() -> Solver:
    """The same question after the first was answered, both refused at first."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        for _ in range(2):
            await get_model().generate("same")
        return state

    return solve


@scenario()
def same_call_twice_retried(run: Run) -> None:
    def script(call: Call) -> str:
        if call.number in (1, 3, 4):
            raise RateLimit(f"too many requests ({call.number})")
        return "same answer"

    fake(run.name, script)
    run.eval(task(run.name, 1, solver=same_call_twice()))


@solver
def asks_again_after_error() -> Solver:
    """A call that fails, caught, and the same call by hand afterwards."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        try:
            await get_model().generate("same", config=GenerateConfig(max_retries=1))
        except Exception:
            await get_model().generate("same", config=GenerateConfig(max_retries=1))
        return state

    return solve


@scenario()
def fatal_and_asked_again(run: Run) -> None:
    """Looks like a call that Inspect tried again, but no hook of a retry fires."""

    def script(call: Call) -> str:
        if call.number == 1:
            raise Fatal("bad request")
        return "at last"

    fake(run.name, script)
    run.eval(task(run.name, 1, solver=asks_again_after_error()))


@scenario()
def exhausted_and_asked_again(run: Run) -> None:
    def script(call: Call) -> str:
        if call.number <= 3:
            raise RateLimit(f"too many requests ({call.number})")
        return "at last"

    fake(run.name, script)
    run.eval(task(run.name, 1, solver=asks_again_after_error()))


@tool(parallel=True)
def asks() -> Tool:
    async def execute(question: str) -> str:
        """Asks a model.

        Args:
            question: What to ask.
        """
        return (await get_model().generate(question)).completion

    return execute


@scenario()
def model_retried_within_tool(run: Run) -> None:
    def script(call: Call) -> ModelOutput | str:
        if call.question.startswith("inner"):
            return rate_limited(1, "inner answer")(call)
        if call.turn == 1:
            return tool_calls(("asks", {"question": "inner 1"}), ("asks", {"question": "inner 2"}))
        return "2"

    fake(run.name, script)
    run.eval(task(run.name, 1, solver=[use_tools(asks()), generate()]))
