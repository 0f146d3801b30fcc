"""The scorers of scenarios."""

from asyncio import sleep
from typing import Any

from inspect_ai.model import get_model
from inspect_ai.scorer import (
    Score,
    Scorer,
    Target,
    accuracy,
    choice,
    exact,
    f1,
    includes,
    match,
    mean,
    model_graded_fact,
    model_graded_qa,
    pattern,
    scorer,
    std,
    stderr,
    var,
)
from inspect_ai.solver import TaskState

from errors import fail_times
from solvers import call_options

METRICS = {"accuracy": accuracy, "mean": mean, "stderr": stderr, "std": std, "var": var}
SCORERS = {
    "choice": choice,
    "match": match,
    "includes": includes,
    "exact": exact,
    "f1": f1,
    "pattern": pattern,
    "model_graded_qa": model_graded_qa,
    "model_graded_fact": model_graded_fact,
}


def make_metrics(said: Any) -> Any:
    if isinstance(said, dict):
        return {key: make_metrics(names) for key, names in said.items()}
    return [METRICS[each]() if isinstance(each, str) else make_metrics(each) for each in said]


def _own(name: str, metrics: Any) -> Any:
    return scorer(metrics=make_metrics(metrics), name=name)


def _fixed(said: dict[str, Any]) -> Scorer:
    """Gives the score that stands in the scenario."""

    async def score(state: TaskState, target: Target) -> Score | None:
        if str(state.sample_id) in said.get("scores", {}):
            return Score(**said["scores"][str(state.sample_id)])
        given = said.get("by_sample", {}).get(str(state.sample_id), said.get("value"))
        if given is None:
            return None
        more = {name: said[name] for name in ("answer", "explanation", "metadata") if name in said}
        return Score(value=given, **more)

    return _own(said.get("name", "fixed"), said.get("metrics", ["mean"]))(lambda: score)()


def _failing(said: dict[str, Any], key: str) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        fail_times(key, said)
        return Score(value=1)

    return _own(said.get("name", "fail"), ["mean"])(lambda: score)()


def _slow(said: dict[str, Any]) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        await sleep(said["seconds"])
        return Score(value=1)

    return _own("slow", ["mean"])(lambda: score)()


def _asking(said: dict[str, Any]) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        role = {"role": said["role"]} if "role" in said else {}
        model = get_model(said.get("model"), **role)
        output = await model.generate(said.get("input", "Well?"), **call_options(said))
        return Score(value=output.completion)

    return _own("call_model", ["accuracy"])(lambda: score)()


def make_scorers(scorers: list[dict[str, Any]], key: str) -> list[Scorer]:
    return [_make_scorer(*next(iter(said.items())), f"{key}.{n}") for n, said in enumerate(scorers)]


def _make_scorer(kind: str, said: dict[str, Any], key: str) -> Scorer:
    if kind == "fixed":
        return _fixed(said)
    if kind == "fail":
        return _failing(said, key)
    if kind == "slow":
        return _slow(said)
    if kind == "call_model":
        return _asking(said)
    return SCORERS[kind](**said)
