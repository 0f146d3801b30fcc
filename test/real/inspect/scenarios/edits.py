"""Logs that are changed after the run, for which no hooks fire."""

import asyncio

from inspect_ai import score
from inspect_ai.log import (
    EvalLog,
    MetadataEdit,
    ProvenanceData,
    TagsEdit,
    edit_eval_log,
    edit_score,
    invalidate_samples,
    read_eval_log,
    write_eval_log,
)
from inspect_ai.model import get_model
from inspect_ai.scorer import Score, ScoreEdit, Scorer, Target, accuracy, includes, match, mean, scorer
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver, use_tools
from inspect_ai.util import collect, subtask

from fake_model import fake, tool_calls
from parts import rate_limited, sleeps
from scenario import Run, scenario, task

BY = ProvenanceData(author="a person", reason="it was wrong", metadata={"ticket": None})


def read(logs: list[EvalLog]) -> EvalLog:
    return read_eval_log(logs[0].location)


def write(log: EvalLog) -> None:
    write_eval_log(log, log.location)


@scorer(metrics=[accuracy(), mean()])
def asks() -> Scorer:
    """A scorer that calls a model: hooks of the model fire outside of any run."""

    async def score(state: TaskState, target: Target) -> Score:
        output = await get_model("fake/judge").generate("Is it right?")
        return Score(value="C", explanation=output.completion)

    return score


@scenario()
def scored_again_append(run: Run) -> None:
    fake("judge", lambda call: "yes")
    write(score(read(run.eval(task(run.name, 2))), [includes(), asks()], action="append", display="none"))


@scenario()
def scored_again_overwrite(run: Run) -> None:
    write(score(read(run.eval(task(run.name, 2), epochs=2)), includes(), action="overwrite", display="none"))


@scenario()
def scored_first_afterwards(run: Run) -> None:
    """A run without scores that is scored later."""
    write(score(read(run.eval(task(run.name, 2), score=False)), match(), action="overwrite", display="none"))


@scenario()
def scored_again_json(run: Run) -> None:
    write(score(read(run.eval(task(run.name, 2), log_format="json")), includes(), action="append", display="none"))


@scenario()
def score_edits(run: Run) -> None:
    """A score is edited twice, another is added, one is edited in an epoch."""
    log = read(run.eval(task(run.name, 2, scorer=[match(), includes()]), epochs=2))
    edit_score(log, 1, "match", ScoreEdit(value="C", explanation="seen by eye", provenance=BY), epoch=1)
    edit_score(log, 1, "match", ScoreEdit(value="P", metadata={"n": None}, provenance=BY), epoch=1)
    edit_score(log, 2, "own", ScoreEdit(value=0.5, answer="x", provenance=BY), epoch=2)
    write(log)


@scenario()
def tags_and_metadata_edits(run: Run) -> None:
    log = read(run.eval(task(run.name, 1), tags=["old", "kept"], metadata={"a": 1, "b": None}))
    log = edit_eval_log(
        log, [TagsEdit(tags_add=["new"], tags_remove=["old"]), MetadataEdit(metadata_set={"c": {"d": None}})], BY
    )
    log = edit_eval_log(log, [MetadataEdit(metadata_set={"a": 2}, metadata_remove=["b"])], BY)
    write(log)


@scenario()
def samples_invalidated(run: Run) -> None:
    log = read(run.eval(task(run.name, 2)))
    assert log.samples and log.samples[0].uuid
    write(invalidate_samples(log, [log.samples[0].uuid], BY))


@scenario()
def log_written_as_json(run: Run) -> None:
    """The same log in both formats."""
    log = read(run.eval(task(run.name, 2)))
    write_eval_log(log, str(run.log_dir / "copy.json"), format="json")


@scenario()
def scored_again_after_parallel_tools(run: Run) -> None:
    """Tools that ran side by side, whose events are span by span in a log that was scored again."""
    calls = [("sleeps", {"seconds": seconds}) for seconds in (0.2, 0.1, 0.3)]
    fake(run.name, lambda call: tool_calls(*calls) if call.turn == 1 else "2")
    log = read(run.eval(task(run.name, 2, solver=[use_tools(sleeps()), generate()])))
    write(score(log, includes(), action="append", display="none"))


@subtask
async def looks_up(what: str) -> object:
    """Gives what is no JSON."""
    await get_model().generate(what)
    return object()


@solver
def looks_up_several() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await collect(*[get_model().generate(f"question {n}") for n in range(3)])
        await asyncio.gather(looks_up("one"), looks_up("other"))
        return await generate(state)

    return solve


@scenario()
def scored_again_after_parallel_calls(run: Run) -> None:
    """Calls that are refused first and subtasks, side by side."""
    fake(run.name, rate_limited(1))
    log = read(run.eval(task(run.name, 2, solver=looks_up_several())))
    write(score(log, includes(), action="append", display="none"))
