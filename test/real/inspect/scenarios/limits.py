"""Limits of a sample, and limits that code sets around a part of it."""

import asyncio

from inspect_ai.model import GenerateConfig, ModelCost, ModelInfo, ModelUsage, get_model, set_model_info
from inspect_ai.scorer import match
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver, use_tools
from inspect_ai.util import LimitExceededError, apply_limits, message_limit, time_limit, token_limit

from fake_model import Call, answer, fake
from parts import add, adds, fail, wait
from scenario import Run, scenario, task


@scenario()
def limit_messages(run: Run) -> None:
    fake(run.name, adds(9))
    run.eval(task(run.name, 2, solver=[use_tools(add()), generate()]), message_limit=5)


@scenario()
def limit_tokens(run: Run) -> None:
    fake(run.name, adds(9))
    run.eval(task(run.name, 2, solver=[use_tools(add()), generate()]), token_limit=60)


@scenario()
def limit_turns(run: Run) -> None:
    fake(run.name, adds(9))
    run.eval(task(run.name, 2, solver=[use_tools(add()), generate()]), turn_limit=2)


async def slow(call: Call) -> str:
    await asyncio.sleep(0.1 if call.turn == 1 else 20)
    return "not yet"


@solver
def several_turns(turns: int) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        for _ in range(turns):
            state = await generate(state)
        return state

    return solve


@scenario()
def limit_time_in_model_call(run: Run) -> None:
    """The second model call is cut off and stays pending."""
    fake(run.name, slow)
    run.eval(task(run.name, 2, solver=several_turns(2)), time_limit=1)


@scenario()
def limit_time_in_solver(run: Run) -> None:
    run.eval(task(run.name, 1, solver=[generate(), wait(20)]), time_limit=1)


@scenario()
def limit_working_in_model_call(run: Run) -> None:
    fake(run.name, slow)
    run.eval(task(run.name, 1, solver=several_turns(2)), working_limit=1)


@scenario()
def limit_working_after_call(run: Run) -> None:
    async def steady(call: Call) -> str:
        await asyncio.sleep(0.45)
        return "more"

    fake(run.name, steady)
    run.eval(task(run.name, 1, solver=several_turns(5)), working_limit=1)


@scenario()
def limit_cost(run: Run) -> None:
    model = fake(run.name, adds(9))
    cost = ModelCost(input=1000.0, output=2000.0, input_cache_write=100.0, input_cache_read=10.0)
    set_model_info(model, ModelInfo(cost=cost))
    run.eval(task(run.name, 1, solver=[use_tools(add()), generate()]), cost_limit=0.05)


@scenario()
def cost_without_limit(run: Run) -> None:
    model = fake(run.name, lambda call: "2")
    cost = ModelCost(input=3.0, output=15.0, input_cache_write=3.75, input_cache_read=0.3)
    set_model_info(model, ModelInfo())
    run.eval(task(run.name, 2), model_cost_config={model: cost})


@scenario()
def usage_with_cost_of_provider(run: Run) -> None:
    usage = ModelUsage(
        input_tokens=100,
        output_tokens=20,
        total_tokens=1170,
        input_tokens_cache_write=50,
        input_tokens_cache_read=1000,
        reasoning_tokens=15,
        total_cost=0.0123,
    )
    fake(run.name, lambda call: answer("2", usage=usage))
    run.eval(task(run.name, 2))


@solver
def within_limits(caught: bool) -> Solver:
    """Generates within limits of its own; what exceeds them ends this part only, if it is caught."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if caught:
            with apply_limits([token_limit(1)], catch_errors=True) as scope:
                await get_model().generate("A part of its own")
            state.metadata["exceeded"] = str(scope.limit_error)
            try:
                with message_limit(len(state.messages)):
                    state = await generate(state)
            except LimitExceededError as error:
                state.metadata["caught"] = error.type
            return await generate(state)
        with token_limit(1):
            return await generate(state)

    return solve


@scenario()
def limit_scoped_and_caught(run: Run) -> None:
    run.eval(task(run.name, 2, solver=within_limits(caught=True)))


@scenario()
def limit_scoped_and_not_caught(run: Run) -> None:
    run.eval(task(run.name, 2, solver=within_limits(caught=False)))


@solver
def own_turn_limit() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        from inspect_ai.util import turn_limit

        with apply_limits([turn_limit(1)], catch_errors=True):
            for _ in range(3):
                await get_model().generate("a turn")
        return await generate(state)

    return solve


@scenario()
def limit_turns_scoped(run: Run) -> None:
    run.eval(task(run.name, 1, solver=own_turn_limit()))


@solver
def own_time_limit() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        with apply_limits([time_limit(0.2)], catch_errors=True):
            state = await generate(state)
        return state

    return solve


@scenario()
def limit_time_scoped(run: Run) -> None:
    """The call that is cut off stays pending, and the sample goes on."""

    async def script(call: Call) -> str:
        await asyncio.sleep(0 if call.number > 1 else 20)
        return "2"

    fake(run.name, script)
    run.eval(task(run.name, 1, solver=[own_time_limit(), generate()]))


@solver
def raises_custom_limit() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state = await generate(state)
        raise LimitExceededError("custom", value=7, limit=6, message="Own limit exceeded.")

    return solve


@scenario()
def limit_custom(run: Run) -> None:
    run.eval(task(run.name, 2, solver=raises_custom_limit()))


@scenario()
def limit_after_retry(run: Run) -> None:
    """First an error, then a limit."""
    solvers = [generate(), fail(times=1), within_limits(caught=False)]
    run.eval(task(run.name, 2, solver=solvers), retry_on_error=1)


@scenario()
def limit_in_scorer(run: Run) -> None:
    from inspect_ai.scorer import model_graded_qa

    fake(
        "grader", lambda call: answer("GRADE: C", usage=ModelUsage(input_tokens=500, output_tokens=1, total_tokens=501))
    )
    run.eval(task(run.name, 1, scorer=[match(), model_graded_qa(model="fake/grader")]), token_limit=200)


@scenario()
def max_tokens_stop(run: Run) -> None:
    from inspect_ai.model import ModelOutput

    fake(run.name, lambda call: ModelOutput.from_content("fake", "cut o", stop_reason="max_tokens"))
    run.eval(task(run.name, 1, config=GenerateConfig(max_tokens=5, temperature=0.0, seed=7)))
