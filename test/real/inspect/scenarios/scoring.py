"""Scorers, metrics and what scores can be."""

from inspect_ai.dataset import Sample
from inspect_ai.model import get_model
from inspect_ai.scorer import (
    Metric,
    SampleScore,
    Score,
    Scorer,
    Target,
    accuracy,
    choice,
    exact,
    f1,
    grouped,
    includes,
    match,
    mean,
    metric,
    model_graded_qa,
    multi_scorer,
    pattern,
    scorer,
    std,
    stderr,
)
from inspect_ai.scorer import (
    score as score_now,
)
from inspect_ai.solver import Generate, Solver, TaskState, generate, multiple_choice, solver
from inspect_ai.util import span, store

from fake_model import Call, answer, fake
from parts import fail
from scenario import Run, Skip, scenario, task


@scenario()
def several_scorers(run: Run) -> None:
    fake(run.name, lambda call: "The answer is 2")
    run.eval(task(run.name, 2, scorer=[match(), includes(), exact(), f1(), pattern(r"(\d+)")]))


@scenario()
def scorers_of_the_same_name(run: Run) -> None:
    fake(run.name, lambda call: "2 or 4")
    run.eval(task(run.name, 2, scorer=[match(location="begin"), match(location="end"), match(location="any")]))


@scorer(metrics={"quality": [mean(), stderr()], "speed": [mean()], "*": [std()]})
def rubric() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        value = {"quality": 0.5, "speed": int(state.sample_id), "passed": True, "grade": 1.0}
        return Score(value=value, metadata={"by": "rubric", "nothing": None})

    return score


@scorer(metrics=[mean()])
def listed() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        return Score(value=[1, 0.5, int(state.sample_id)], answer="a", explanation="An explanation. " * 20)

    return score


@scenario()
def scores_of_several_values(run: Run) -> None:
    run.eval(task(run.name, 2, scorer=[rubric(), listed()]), epochs=2)


@scorer(metrics=[accuracy()])
def texts() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        return Score(value={1: "C", 2: "P", 3: "N", 4: "perhaps"}[int(state.sample_id)])

    return score


@scenario()
def scores_of_text(run: Run) -> None:
    run.eval(task(run.name, 4, scorer=texts()))


@scorer(metrics=[accuracy()])
def sometimes() -> Scorer:
    """None for some samples, unscored for others."""

    async def score(state: TaskState, target: Target) -> Score | None:
        if state.sample_id == 1:
            return None
        if state.sample_id == 2:
            if not hasattr(Score, "unscored"):
                raise Skip("no unscored scores")
            return Score.unscored(explanation="cannot be judged")
        return Score(value="C")

    return score


@scenario()
def not_scored(run: Run) -> None:
    run.eval(task(run.name, 3, scorer=[sometimes(), match()]))


@metric
def spread() -> Metric:
    def compute(scores: list[SampleScore]) -> dict[str, float]:
        values = [score.score.as_float() for score in scores]
        return {"lowest": min(values), "highest": max(values)}

    return compute


@metric
def none_at_all() -> Metric:
    def compute(scores: list[SampleScore]) -> float:
        return float("nan")

    return compute


@scorer(metrics=[accuracy(), grouped(accuracy(), "kind"), grouped(mean(), "kind", all=False), spread(), none_at_all()])
def with_metrics() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        return Score(value="C" if state.sample_id == "a" else "I")

    return score


@scenario()
def metrics_grouped(run: Run) -> None:
    samples = [
        Sample(id=name, input=name, target="x", metadata={"kind": kind})
        for name, kind in zip("abc", "xxy", strict=True)
    ]
    run.eval(task(run.name, samples, scorer=with_metrics()))


@scenario()
def metrics_of_task(run: Run) -> None:
    run.eval(task(run.name, 2, scorer=[match(), includes()], metrics=[mean(), std(), spread()]))


@scenario()
def graded_by_model(run: Run) -> None:
    """By several models, and by a scorer that asks twice."""
    graders = [
        fake("first", lambda call: "GRADE: C"),
        fake("second", lambda call: "GRADE: I"),
        fake("third", lambda call: "GRADE: C"),
    ]
    fake(run.name, lambda call: "2")
    run.eval(task(run.name, 2, scorer=[model_graded_qa(model=graders), asks_twice()]))


@scorer(metrics=[accuracy()])
def asks_twice() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        async with span("judge", type="own"):
            first = await get_model("fake/judge").generate("First?")
            second = await get_model("fake/judge").generate("Second?")
        store().set("judged", [first.completion, second.completion])
        return Score(value="C", explanation=second.completion)

    return score


@scorer(metrics=[accuracy()])
def of_several() -> Scorer:
    return multi_scorer([match(), includes()], reducer="mode")


@scenario()
def scorer_of_several(run: Run) -> None:
    run.eval(task(run.name, 2, scorer=of_several()))


@solver
def scores_in_between() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        for _ in range(2):
            state = await generate(state)
            state.metadata["scores"] = [one.value for one in await score_now(state)]
        return state

    return solve


@scenario()
def scored_by_solver(run: Run) -> None:
    fake(run.name, lambda call: str(call.turn))
    run.eval(task(run.name, 1, solver=scores_in_between(), scorer=[match(), includes()]))


@solver
def sets_scores() -> Solver:
    """Scores that a solver gives by itself."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state = await generate(state)
        state.scores = {"own": Score(value=0.75, explanation="by the solver")}
        return state

    return solve


@scenario()
def scores_set_by_solver(run: Run) -> None:
    run.eval(task(run.name, 1, solver=sets_scores()))


def letter(call: Call) -> str:
    return "ANSWER: B"


@scenario()
def multiple_choices(run: Run) -> None:
    samples = [
        Sample(input="Which is a fruit?", choices=["a stone", "an apple"], target="B"),
        Sample(input="Which is a stone?", choices=["a stone", "an apple", "none"], target=["A", "C"]),
    ]
    fake(run.name, letter)
    run.eval(task(run.name, samples, solver=multiple_choice(cot=True), scorer=choice()))


@scenario()
def scores_with_errors_and_epochs(run: Run) -> None:
    fake(run.name, lambda call: "2")
    run.eval(task(run.name, 2, solver=[generate(), fail(only=[2])]), epochs=2, fail_on_error=False)


@scorer(metrics=[accuracy()])
def changes_state() -> Scorer:
    """A scorer that writes into the sample."""

    async def score(state: TaskState, target: Target) -> Score:
        state.metadata["scored"] = True
        state.output.completion = "changed"
        return Score(value="C")

    return score


@scenario()
def scorer_changes_state(run: Run) -> None:
    fake(run.name, lambda call: answer("2"))
    run.eval(task(run.name, 1, scorer=[changes_state(), includes()]))


class StopsSecond:
    """Stops the later epochs of each sample early."""

    async def start_task(self, task: object, samples: list[Sample], epochs: int) -> str:
        return "stops second"

    async def schedule_sample(self, id: str | int, epoch: int) -> object:
        from inspect_ai.util import EarlyStop

        return EarlyStop(id=id, epoch=epoch, reason="enough", metadata={"a": None}) if epoch > 1 and id == 2 else None

    async def complete_sample(self, id: str | int, epoch: int, scores: object) -> None:
        pass

    async def complete_task(self) -> dict[str, object]:
        return {"stopped": True, "nothing": None}


@scenario()
def stopped_early(run: Run) -> None:
    run.eval(task(run.name, 2, early_stopping=StopsSecond()), epochs=2, max_samples=1)
