"""Model calls: retries, calls at the same time, caches, roles, and answers that are not plain text."""

import asyncio
from collections import Counter

from fake_model import Call, Fatal, RateLimit, answer, fake, tool_calls
from inspect_ai.model import (
    CachePolicy,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    ContentReasoning,
    ContentText,
    GenerateConfig,
    Logprob,
    Logprobs,
    ModelOutput,
    get_model,
)
from inspect_ai.scorer import match
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver, use_tools
from inspect_ai.tool import Tool, tool
from inspect_ai.util import collect
from parts import add, fail
from scenario import Run, scenario, task

limited: Counter[str] = Counter()


def rate_limited(times: int, text: str = "2"):
    """A script that refuses the same conversation so many times."""

    def script(call: Call) -> str:
        key = "\n".join(message.text for message in call.messages)
        limited[key] += 1
        if limited[key] <= times:
            raise RateLimit(f"too many requests ({limited[key]})")
        return text

    return script


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
def parallel(questions: list[str], with_collect: bool = False) -> Solver:
    """Asks several questions at the same time."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        calls = [get_model().generate(question) for question in questions]
        answers = await (collect(*calls) if with_collect else asyncio.gather(*calls))
        state.metadata["answers"] = [output.completion for output in answers]
        return await generate(state)

    return solve


async def some_are_limited(call: Call) -> str:
    """Answers after a time that depends on the question, and refuses each first call."""
    limited[call.last] += 1
    await asyncio.sleep({"a": 0.03, "b": 0.01, "c": 0.02}.get(call.last, 0))
    if call.last in ("a", "b") and limited[call.last] <= 2:
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
def gives_up_and_asks_again() -> Solver:
    """A call that runs out of retries, caught, and the same call by hand afterwards."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        try:
            await get_model().generate("same", config=GenerateConfig(max_retries=1))
        except Exception:
            await get_model().generate("same", config=GenerateConfig(max_retries=1))
        return state

    return solve


@scenario()
def exhausted_and_asked_again(run: Run) -> None:
    def script(call: Call) -> str:
        if call.number <= 3:
            raise RateLimit(f"too many requests ({call.number})")
        return "at last"

    fake(run.name, script)
    run.eval(task(run.name, 1, solver=gives_up_and_asks_again()))


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


@scenario()
def model_roles(run: Run) -> None:
    from inspect_ai.scorer import model_graded_fact

    fake(run.name, lambda call: "2")
    roles = {"grader": fake("judge", lambda call: "GRADE: C"), "critic": get_model(fake("critic", lambda call: "poor"))}
    solvers = [generate(), asks_role("critic")]
    run.eval(task(run.name, 2, solver=solvers, scorer=[match(), model_graded_fact()]), model_roles=roles)


@solver
def asks_role(role: str) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await get_model(role=role).generate("What about it?")
        return state

    return solve


@scenario()
def cache_written_then_read(run: Run) -> None:
    """Two runs: the second reads what the first wrote."""
    fake(run.name, lambda call: "2")
    solvers = [generate(cache=True), generate(cache=CachePolicy(per_epoch=False))]
    run.eval(task("writes", 2, solver=solvers))
    run.eval(task("reads", 2, solver=solvers))


@scenario()
def cache_read_within_run(run: Run) -> None:
    """The second epoch reads what the first wrote."""
    fake(run.name, lambda call: "2")
    solvers = [generate(cache=CachePolicy(expiry=None, per_epoch=False))]
    run.eval(task(run.name, 1, solver=solvers, epochs=3), max_samples=1)


@solver
def cached_again() -> Solver:
    """The same cached question three times, the last without a cache."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        for cache in (True, True, False):
            await get_model().generate("cached?", cache=cache)
        return state

    return solve


@scenario()
def cache_and_retries(run: Run) -> None:
    """A call that is retried is written, then read; then asked again without a cache, and retried."""

    def script(call: Call) -> str:
        if call.number in (1, 3):
            raise RateLimit(f"too many requests ({call.number})")
        return "cached"

    fake(run.name, script)
    run.eval(task(run.name, 1, solver=cached_again()))


@scenario()
def output_error(run: Run) -> None:
    fake(run.name, lambda call: answer("", error="The provider says no."))
    run.eval(task(run.name, 1))


@scenario()
def content_filter(run: Run) -> None:
    fake(run.name, lambda call: ModelOutput.from_content("fake", "I cannot.", stop_reason="content_filter"))
    run.eval(task(run.name, 2))


@scenario()
def no_choices(run: Run) -> None:
    fake(run.name, lambda call: ModelOutput(model="fake", choices=[]))
    run.eval(task(run.name, 1), fail_on_error=False)


@scenario()
def several_choices(run: Run) -> None:
    def script(call: Call) -> ModelOutput:
        first = answer("2")
        return first.model_copy(update={"choices": first.choices * 2, "metadata": {"n": None, "k": 1}})

    fake(run.name, script)
    run.eval(task(run.name, 1), num_choices=2, temperature=1.0)


@scenario()
def reasoning_and_logprobs(run: Run) -> None:
    def script(call: Call) -> ModelOutput:
        message = ChatMessageAssistant(
            content=[ContentReasoning(reasoning="One and one.", signature="abc"), ContentText(text="2")], source="generate"
        )
        output = ModelOutput.from_message(message)
        output.choices[0].logprobs = Logprobs(content=[Logprob(token="2", logprob=-0.25, bytes=[50], top_logprobs=None)])
        return output

    fake(run.name, script)
    run.eval(task(run.name, 1), reasoning_effort="high", logprobs=True, top_logprobs=1)


@solver
def talks() -> Solver:
    """A conversation of several turns with messages of every role."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.messages.insert(0, ChatMessageSystem(content="Be brief.", metadata={"from": "solver"}))
        for question in ("And then?", "And after that?"):
            state = await generate(state)
            state.messages.append(ChatMessageUser(content=question))
        return await generate(state)

    return solve


@scenario()
def conversation(run: Run) -> None:
    fake(run.name, lambda call: f"answer {call.turn}")
    run.eval(task(run.name, 1, solver=talks()))


@scenario()
def model_with_args(run: Run) -> None:
    model = get_model(fake(run.name), config=GenerateConfig(temperature=0.1, max_tokens=99), base_url="http://127.0.0.1:9/v1")
    run.eval(task(run.name, 1, config=GenerateConfig(top_p=0.5)), model=model, seed=3)


@scenario()
def tools_of_model(run: Run) -> None:
    """A tool choice by name, and a call of it."""
    from inspect_ai.tool import ToolFunction

    def script(call: Call) -> ModelOutput | str:
        return tool_calls(("add", {"x": 1, "y": 1})) if call.turn == 1 else "2"

    fake(run.name, script)
    run.eval(task(run.name, 1, solver=[use_tools(add(), tool_choice=ToolFunction("add")), generate()]))
