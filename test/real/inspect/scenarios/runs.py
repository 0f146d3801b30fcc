"""How a run is put together: models, tasks, epochs, what is logged and where."""

from inspect_ai import Epochs
from inspect_ai.scorer import at_least, pass_at
from inspect_ai.solver import Generate, Solver, TaskState, chain, generate, solver, system_message, use_tools

from fake_model import answer, fake
from parts import add, adds, fail, wait
from scenario import Run, scenario, task


@scenario()
def several_models(run: Run) -> None:
    models = [fake("right", lambda call: "2"), fake("wrong", lambda call: "3")]
    run.eval(task(run.name, 2), model=models)


@scenario()
def several_tasks(run: Run) -> None:
    fake(run.name, lambda call: "4")
    tasks = [
        task("first", 2),
        task("second", 1, solver=[wait(0.2), generate()]),
        task("third", 3, metadata={"a": None}),
    ]
    run.eval(tasks, max_tasks=3, tags=["several"], metadata={"who": "me"})


@scenario()
def tasks_and_models(run: Run) -> None:
    models = [fake("m1", lambda call: "2"), fake("org/m2", lambda call: "4")]
    run.eval([task("t1", 1), task("t2", 2)], model=models, max_tasks=4)


@scenario()
def one_task_of_two_fails(run: Run) -> None:
    run.eval(
        [task("fails", 2, solver=[generate(), fail()]), task("passes", 2, solver=[wait(0.1), generate()])], max_tasks=2
    )


@scenario()
def two_runs(run: Run) -> None:
    """In one process: each run by itself."""
    run.eval(task("first_run", 1))
    run.eval(task("second_run", 1), epochs=2)


@scenario()
def same_task_twice(run: Run) -> None:
    run.eval([task("same", 1), task("same", 1)], max_tasks=2)


@scenario()
def epochs_reduced(run: Run) -> None:
    fake(run.name, lambda call: str(call.number % 3))
    run.eval(task(run.name, 2, epochs=Epochs(3, ["mean", "mode", "max"])))


@scenario()
def epochs_at_least(run: Run) -> None:
    fake(run.name, lambda call: "2" if call.number % 2 else "4")
    run.eval(task(run.name, 2, epochs=Epochs(2, [at_least(1), pass_at(1)])))


@scenario()
def run_samples_false(run: Run) -> None:
    run.eval(task(run.name, 2), run_samples=False)


@scenario()
def score_false(run: Run) -> None:
    run.eval(task(run.name, 2), score=False)


@scenario()
def no_scorer(run: Run) -> None:
    run.eval(task(run.name, 2, scorer=None))


@scenario()
def log_samples_false(run: Run) -> None:
    run.eval(task(run.name, 3, solver=[generate(), fail(only=[2])]), log_samples=False, fail_on_error=False)


@scenario()
def log_realtime_false(run: Run) -> None:
    run.eval(task(run.name, 2, solver=[generate(), fail(times=1, only=[2])]), log_realtime=False, retry_on_error=1)


@scenario()
def log_format_json(run: Run) -> None:
    fake(run.name, adds(2))
    run.eval(
        task(run.name, 2, solver=[use_tools(add()), generate(), fail(times=1)]), log_format="json", retry_on_error=1
    )


@scenario()
def log_format_json_error(run: Run) -> None:
    run.eval(task(run.name, 2, solver=[generate(), fail(only=[2])]), log_format="json", max_samples=1)


@scenario()
def log_model_api(run: Run) -> None:
    """The raw call of each model call, not only of the first."""
    fake(run.name, adds(7))
    run.eval(task(run.name, 1, solver=[use_tools(add()), generate()]), log_model_api=True)


@scenario()
def log_model_api_false(run: Run) -> None:
    run.eval(task(run.name, 1), log_model_api=False)


@scenario()
def log_buffer_one(run: Run) -> None:
    """Each sample is flushed by itself, which makes several journal members."""
    run.eval(task(run.name, 6), log_buffer=1, max_samples=1)


@scenario()
def sample_shuffle_and_limit(run: Run) -> None:
    run.eval(task(run.name, 6), sample_shuffle=42, limit=(1, 4))


@scenario()
def sample_id_chosen(run: Run) -> None:
    run.eval(task(run.name, 4), sample_id=[2, 4])


@scenario()
def setup_finish_cleanup(run: Run) -> None:
    async def cleanup(state: TaskState) -> None:
        state.store.set("cleaned", True)

    solvers = chain(generate(), system_message("Be brief."))
    run.eval(task(run.name, 2, setup=[system_message("Set up."), generate()], solver=solvers, cleanup=cleanup))


@scenario()
def plan_with_finish(run: Run) -> None:
    from inspect_ai.solver import Plan

    plan = Plan(steps=[system_message("Be brief."), generate()], finish=wait(0.01), name="my plan")
    run.eval(task(run.name, 2, plan=plan))


@solver
def completes_early() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.completed = True
        return state

    return solve


@scenario()
def solver_completes_early(run: Run) -> None:
    run.eval(task(run.name, 2, solver=[generate(), completes_early(), fail()]))


@solver
def new_state() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        return TaskState(
            model=state.model,
            sample_id=state.sample_id,
            epoch=state.epoch,
            input=state.input,
            messages=list(state.messages),
            metadata={"new": True},
        )

    return solve


@scenario()
def solver_returns_new_state(run: Run) -> None:
    run.eval(task(run.name, 2, solver=[generate(), new_state(), generate()]))


@scenario()
def no_model_call(run: Run) -> None:
    run.eval(task(run.name, 2, solver=[wait(0.01)]))


@scenario()
def no_usage(run: Run) -> None:
    """A model that does not tell its usage."""
    from inspect_ai.model import ModelUsage

    fake(run.name, lambda call: answer("2", usage=ModelUsage()))
    run.eval(task(run.name, 1))


@scenario()
def no_samples_match(run: Run) -> None:
    """A run that ends before its task starts: RunEnd with an exception."""
    try:
        run.eval(task(run.name, 2), sample_id="none such")
    except Exception as error:
        print(error)
