"""What is written into a transcript beside models and tools: spans, subtasks, forks, stores, infos, warnings."""

import asyncio
import logging
import os
from typing import Any

from inspect_ai.log import transcript
from inspect_ai.model import get_model
from inspect_ai.solver import Generate, Solver, TaskState, chain, fork, generate, solver, system_message
from inspect_ai.util import background, collect, span, store, subtask

from fake_model import fake
from parts import fail, fails
from scenario import Run, scenario, task

logger = logging.getLogger(__name__)


@subtask
async def look_up(what: str, times: int = 1) -> dict[str, Any]:
    store().set("looked up", what)
    await get_model().generate(what)
    return {"found": what, "times": times, "nothing": None}


@subtask(name="named", type="search", input={"given": True})
async def look_up_with_type() -> str:
    async with span("within the subtask", type="own"):
        await get_model().generate("named")
    return "found"


@solver
def with_subtasks() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await look_up("one")
        await asyncio.gather(look_up("two", times=2), look_up("three"), look_up_with_type())
        return await generate(state)

    return solve


@scenario()
def subtasks(run: Run) -> None:
    run.eval(task(run.name, 1, solver=with_subtasks()))


@subtask
async def failing_subtask() -> str:
    await get_model().generate("before")
    fails("subtask", 1)
    return "fine"


@solver
def with_failing_subtask() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await failing_subtask()
        return await generate(state)

    return solve


@scenario()
def subtask_fails_and_is_retried(run: Run) -> None:
    run.eval(task(run.name, 1, solver=with_failing_subtask()), retry_on_error=1)


@solver
def forks() -> Solver:
    async def solve(state: TaskState, generate_: Generate) -> TaskState:
        states = await fork(state, [generate(), chain(system_message("Be brief."), generate()), asks_twice()])
        state.metadata["forks"] = [len(other.messages) for other in states]
        return states[0]

    return solve


@solver
def asks_twice() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state = await generate(state)
        state.store.set("asked", 2)
        return await generate(state)

    return solve


@scenario()
def forked(run: Run) -> None:
    run.eval(task(run.name, 2, solver=forks()))


@solver
def spans() -> Solver:
    """Nested, side by side, empty, and one that an error leaves."""

    async def part(name: str, seconds: float) -> str:
        async with span(name, type="part"):
            await asyncio.sleep(seconds)
            await get_model().generate(name)
            async with span("inner"):
                transcript().info({"part": name, "nothing": None}, source="spans")
        return name

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        async with span("empty"):
            pass
        async with span("outer", type="own"):
            await part("alone", 0)
            await collect(part("slow", 0.05), part("fast", 0.01))
        try:
            async with span("left by an error"):
                raise ValueError("caught")
        except ValueError:
            pass
        return await generate(state)

    return solve


@scenario()
def own_spans(run: Run) -> None:
    run.eval(task(run.name, 1, solver=spans()))


@solver
def writes() -> Solver:
    """Store changes of every kind, infos of every kind, logger messages."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        own = store()
        own.set("list", [1, {"a": None}])
        own.set("text", "x")
        async with span("changes"):
            own.set("list", [1, {"a": 2}, "three"])
            own.delete("text")
            own.set("slash/and~tilde", {"deep": {"deeper": [True, None, 1.5]}})
        state.metadata["written"] = True
        transcript().info("a text")
        transcript().info(["a", "list", None], source="me")
        logger.warning("A warning of %s", "the solver")
        logger.info("not in the transcript unless asked for")
        logging.getLogger("httpx").error("An error of a library")
        try:
            raise ValueError("logged")
        except ValueError:
            logger.exception("With a traceback")
        return await generate(state)

    return solve


@scenario()
def stores_infos_and_warnings(run: Run) -> None:
    run.eval(task(run.name, 1, solver=writes()), log_level_transcript="info")


@solver
def works_in_background() -> Solver:
    async def later() -> None:
        async with span("background"):
            await get_model().generate("in the background")
            await asyncio.sleep(20)
            transcript().info("never reached")

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        background(later)
        await asyncio.sleep(0.1)
        return await generate(state)

    return solve


@scenario()
def background_work(run: Run) -> None:
    """Is cancelled when the solver ends."""
    run.eval(task(run.name, 1, solver=works_in_background()))


@solver
def fails_within_spans() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        async with span("outer"):
            await get_model().generate("first")
            transcript().info("between")
            async with span("inner"):
                fails("inner", 1)
        return await generate(state)

    return solve


@scenario()
def spans_left_by_error(run: Run) -> None:
    run.eval(task(run.name, 1, solver=[fails_within_spans(), fail(times=0)]), retry_on_error=1)


@solver
def slow_spans(count: int) -> Solver:
    """Each with time between begin and end, so that hooks come while the solver still runs."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        for number in range(count):
            async with span(f"step {number}"):
                await asyncio.sleep(0.03)
                state = await generate(state)
                await asyncio.sleep(0.03)
        return state

    return solve


@scenario()
def hooks_while_running(run: Run) -> None:
    fake(run.name, lambda call: "2")
    run.eval(task(run.name, 2, solver=slow_spans(3)))


@scenario()
def events_moved_out_of_memory(run: Run) -> None:
    """Of a sample with many events, those that are not of late are read back at its end."""
    os.environ["INSPECT_TRANSCRIPT_BOUNDED"] = "1"

    @solver
    def writes_a_lot() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            for number in range(200):
                transcript().info({"number": number, "text": "A long text. " * 20})
            return await generate(state)

        return solve

    run.eval(task(run.name, 1, solver=writes_a_lot()))
