"""The steps of scenarios as solvers of Inspect."""

from asyncio import sleep
from random import Random
from typing import Any

from inspect_ai.log import transcript
from inspect_ai.model import CachePolicy, GenerateConfig, ModelOutput, execute_tools, get_model
from inspect_ai.scorer import Score
from inspect_ai.solver import (
    Generate,
    Solver,
    TaskState,
    chain,
    generate,
    multiple_choice,
    prompt_template,
    solver,
    system_message,
    use_tools,
    user_message,
)
from inspect_ai.tool import ToolFunction
from inspect_ai.util import span

from errors import fail_times
from tools import make_tool


def make_cache(said: Any) -> bool | CachePolicy:
    return CachePolicy(**said) if isinstance(said, dict) else bool(said)


def call_options(said: dict[str, Any]) -> dict[str, Any]:
    """Of a call of a model; what is not given is left out."""
    config = GenerateConfig(**said.get("config", {}))
    return {"config": config} | ({"cache": make_cache(said["cache"])} if "cache" in said else {})


@solver(name="multiple_choice")
def reversed_choice(options: dict[str, Any]) -> Solver:
    ask = multiple_choice(**options)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.choices.shuffle(Reversing())
        return await ask(state, generate)

    return solve


class Reversing(Random):
    def shuffle(self, x: Any) -> None:
        x.reverse()


@solver(name="generate")
def generate_with_options(said: dict[str, Any]) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if "tool_choice" in said:
            choice = said["tool_choice"]
            state.tool_choice = ToolFunction(choice["name"]) if isinstance(choice, dict) else choice
        options = dict(said.get("config", {}))
        if "cache" in said:
            options["cache"] = make_cache(said["cache"])
        return await generate(state, tool_calls=said.get("tool_calls", "loop"), **options)

    return solve


@solver
def fail(said: dict[str, Any], key: str) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        fail_times(key, said)
        return state

    return solve


@solver(name="sleep")
def sleeping(seconds: float) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await sleep(seconds)
        return state

    return solve


@solver
def set_store(values: dict[str, Any]) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        for key, value in values.items():
            state.store.set(key, value)
        return state

    return solve


@solver
def set_metadata(values: dict[str, Any]) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.metadata.update(values)
        return state

    return solve


@solver
def set_output(text: str) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.output = ModelOutput.from_content(model="none", content=text)
        return state

    return solve


@solver
def set_scores(values: dict[str, Any]) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.scores = {name: Score(value=value) for name, value in values.items()}
        return state

    return solve


@solver
def complete() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.completed = True
        return state

    return solve


@solver
def info(data: Any) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        transcript().info(data)
        return state

    return solve


@solver
def call_tools() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        messages, _ = await execute_tools(state.messages, state.tools)
        state.messages.extend(messages)
        return state

    return solve


@solver
def call_model(said: dict[str, Any]) -> Solver:
    """Asks a model by hand."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        role = {"role": said["role"]} if "role" in said else {}
        model = get_model(said.get("model"), **role)
        await model.generate(said.get("input", "Well?"), **call_options(said))
        return state

    return solve


async def run_steps(steps: list[Solver], state: TaskState, generate: Generate) -> TaskState:
    for step in steps:
        state = await step(state, generate)
    return state


@solver(name="span")
def in_span(said: dict[str, Any], steps: list[Solver]) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        async with span(said["name"], type=said.get("type")):
            return await run_steps(steps, state, generate)

    return solve


def only(said: dict[str, Any], steps: list[Solver]) -> Solver:
    """A solver of its own, for some samples, or some epochs."""

    @solver(name=said.get("name", "only"))
    def own() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            chosen = state.sample_id in said.get("samples", [state.sample_id])
            if chosen and state.epoch in said.get("epochs", [state.epoch]):
                return await run_steps(steps, state, generate)
            return state

        return solve

    return own()


def make_steps(steps: list[dict[str, Any]], key: str) -> list[Solver]:
    return [_make_step(*next(iter(step.items())), f"{key}.{n}") for n, step in enumerate(steps)]


def _make_step(kind: str, said: Any, key: str) -> Solver:
    match kind:
        case "system_message":
            return system_message(said)
        case "user_message":
            return user_message(said)
        case "prompt_template":
            return prompt_template(said)
        case "multiple_choice":
            options = {name: value for name, value in said.items() if name != "reverse"}
            return reversed_choice(options) if said.get("reverse") else multiple_choice(**options)
        case "generate":
            return generate() if not said else generate_with_options(said)
        case "use_tools":
            choice = said.get("tool_choice")
            given = ToolFunction(choice["name"]) if isinstance(choice, dict) else choice
            return use_tools(
                [make_tool(each) for each in said["tools"]], **({"tool_choice": given} if choice is not None else {})
            )
        case "fail":
            return fail(said, key)
        case "sleep":
            return sleeping(said)
        case "set_store":
            return set_store(said)
        case "set_metadata":
            return set_metadata(said)
        case "set_output":
            return set_output(said)
        case "set_scores":
            return set_scores(said)
        case "complete":
            return complete()
        case "info":
            return info(said)
        case "call_tools":
            return call_tools()
        case "call_model":
            return call_model(said)
        case "span":
            return in_span(said, make_steps(said["steps"], key))
        case "only":
            return only(said, make_steps(said["steps"], key))
        case "chain":
            return chain(make_steps(said, key))
    raise ValueError(f"no step is called {kind}")
