"""Kinds of evals. What hooks were given goes into `seen.jsonl`, by a hook that is registered here."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import anyio
import recorder
from inspect_ai import Task, eval, eval_set, task
from inspect_ai.dataset import Sample
from inspect_ai.model import GenerateConfig, Model, ModelAPI, ModelOutput, ModelUsage, get_model, modelapi
from inspect_ai.scorer import match
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver, use_tools
from inspect_ai.solver._task_state import sample_state
from inspect_ai.tool import Tool, tool
from inspect_ai.util._span import current_span_id


def model(*outputs: ModelOutput) -> Model:
    answers = list(outputs) or [ModelOutput.from_content("mockllm/model", "4") for _ in range(200)]
    for answer in answers:
        # given, since it would be counted with a file from the network otherwise
        answer.usage = ModelUsage(input_tokens=1, output_tokens=2, total_tokens=3)
    return get_model("mockllm/model", custom_outputs=answers)


def sums(count: int = 3, **options: Any) -> Task:
    samples = [Sample(id=n, input="What is 2+2?", target="4", metadata={"nan": float("nan")}) for n in range(count)]
    return Task(**{"dataset": samples, "scorer": match(), "name": "sums"} | options)


def run(tasks: Any, **options: Any) -> None:
    eval(tasks, **{"model": model(), "log_dir": "logs", "display": "none"} | options)


failed: set[Any] = set()


@solver
def fails(once: bool = False, seconds: float = 0) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await anyio.sleep(seconds)
        if state.sample_id == 1 and not (once and 1 in failed):
            failed.add(1)
            raise ValueError("no")
        return await generate(state)

    return solve


@solver
def waits(seconds: float) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        Path("waiting").touch()
        await anyio.sleep(seconds)
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


@task
def sums_task() -> Task:
    return sums(solver=[fails(once=True)])


def success() -> None:
    run(sums())


def error() -> None:
    run(sums(solver=[fails()]))


def retried() -> None:
    run(sums(solver=[fails(once=True)]), retry_on_error=1)


def tools() -> None:
    call = ModelOutput.for_tool_call("mockllm/model", "add", {"x": 2, "y": 2})
    run(
        sums(1, solver=[use_tools(add()), generate()]),
        model=model(call, ModelOutput.from_content("mockllm/model", "4")),
    )


def sets() -> None:
    options = {"retry_wait": 0.01, "retry_attempts": 2}
    eval_set(sums_task(), log_dir="logs", model=model(), display="none", **options)


def twice() -> None:
    """In one process, and in threads: each has event loops of its own."""
    run(sums(1))
    thread = threading.Thread(target=run, args=(sums(1),))
    thread.start()
    thread.join()


def forks() -> None:
    """A process that runs an eval, forks one that does too, and goes on."""
    run(sums(1))
    child = os.fork()
    if child == 0:
        recorder.record_to(Path("seen-child.jsonl"))
        run(sums(2))
        sys.exit()
    os.waitpid(child, 0)
    run(sums(1))


def long() -> None:
    run(sums(1, solver=[waits(60)]))


def propagated() -> None:
    """Writes the headers of each model call into `calls.jsonl`."""
    shared = {"x-own": "1"}
    calls: list[dict[str, Any]] = []

    @modelapi(name="headers")
    class Headers(ModelAPI):
        async def generate(self, input: Any, tools: Any, tool_choice: Any, config: GenerateConfig) -> ModelOutput:
            state = sample_state()
            calls.append({"call": input[-1].text, "headers": config.extra_headers, "span": current_span_id()})
            calls[-1]["uuid"] = state.uuid if state else None
            answer = ModelOutput.from_content("headers/x", "4")
            answer.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
            return answer

    asks = get_model("headers/x", config=GenerateConfig(extra_headers=shared))

    @solver
    def asks_often() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            await asks.generate("plain")
            own = GenerateConfig(extra_headers={"TraceParent": "theirs"})
            await asks.generate("own", config=own)
            for _ in range(2):
                await asks.generate("cached", cache=True)
            return state

        return solve

    run(sums(2, solver=[asks_often()], epochs=1), model=asks)
    calls.append({"call": "end", "headers": [shared, asks.config.extra_headers], "span": None, "uuid": None})
    Path("calls.jsonl").write_text("".join(json.dumps(call) + "\n" for call in calls))


def serve() -> None:
    """
    Runs each kind that a line of the input asks for in a forked process with a folder of its own, since to import
    Inspect takes seconds. Says the process's id, and its exit code when it has ended.
    """
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            os.chdir(request["folder"])
            os.environ.update(request["env"])
            output = os.open("output.txt", os.O_CREAT | os.O_WRONLY)
            os.dup2(output, 1)
            os.dup2(output, 2)
            recorder.record_to(Path("seen.jsonl"))
            globals()[request["kind"]]()
            sys.exit()
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    serve()
