"""Odd values: ids, texts, numbers, media, sizes."""

import base64
import datetime
from typing import Any

from inspect_ai.dataset import Sample
from inspect_ai.log import transcript
from inspect_ai.model import (
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    ContentAudio,
    ContentData,
    ContentDocument,
    ContentImage,
    ContentText,
    GenerateConfig,
)
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver
from inspect_ai.util import store
from pydantic import BaseModel

from fake_model import answer, fake
from parts import fail
from scenario import Run, scenario, task

PNG = "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(200))).decode()


def samples(*ids: int | str | None) -> list[Sample]:
    return [Sample(id=id, input=f"Who is {id!r}?", target="ok") for id in ids]


@scenario()
def sample_ids(run: Run) -> None:
    ids = ("with space", "with/slash", "..", "back\\slash", "ünïcode ✓ 😀", "quote\"'", "percent%20%2F", "a" * 120)
    run.eval(task(run.name, samples(*ids)))


@scenario()
def sample_ids_alike(run: Run) -> None:
    """A number and the same number as a text cannot be in one dataset; these can."""
    run.eval(task(run.name, samples("01", "1", "1_epoch_1", "1_epoch_2", "A", "a", "1.0")), epochs=2)


@scenario()
def sample_ids_numbers(run: Run) -> None:
    run.eval(task(run.name, samples(0, -1, 10**6, 2**53 + 1)))


@scenario()
def sample_ids_missing(run: Run) -> None:
    run.eval(task(run.name, samples(None, None)))


@scenario()
def sample_ids_int_and_text(run: Run) -> None:
    """1 and "1": one overwrites the other in the log, if Inspect takes them."""
    try:
        run.eval(task(run.name, samples(1, "1", "2")), max_samples=1)
    except Exception as error:
        print(error)


@scenario()
def json_format_odd_ids(run: Run) -> None:
    run.eval(task(run.name, samples("with/slash", "ünïcode", 3)), log_format="json", epochs=2)


@solver
def writes(value: Any) -> Solver:
    """Writes a value wherever one can be written."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        store().set("value", value)
        state.metadata["value"] = value
        transcript().info({"value": value}, source="values")
        return await generate(state)

    return solve


@scenario()
def numbers(run: Run) -> None:
    odd = [
        float("nan"),
        float("inf"),
        float("-inf"),
        -0.0,
        1e308,
        5e-324,
        1e21,
        0.1 + 0.2,
        2**53 + 1,
        2**64,
        -(2**63),
        10**30,
    ]
    dataset = [Sample(id=1, input="numbers", target="ok", metadata={"odd": odd, "nothing": None, "true": True})]
    run.eval(task(run.name, dataset, solver=writes(odd), metadata={"nan": float("nan"), "big": 2**70}))


@scenario()
def texts(run: Run) -> None:
    """Everything but lone surrogates."""
    odd = (
        "nul \x00, bell \x07, delete \x7f, line \u2028, mark \ufeff, astral 😀, combining e\u0301, turned \u202e, </b>"
    )
    fake(run.name, lambda call: odd)
    dataset = [Sample(id=1, input=odd, target=odd, metadata={odd: odd})]
    run.eval(task("task name with spaces / and 😀", dataset, solver=writes(odd), tags=["täg", "with space"]))


@scenario()
def lone_surrogates(run: Run) -> None:
    """In texts that are stored as attachments, which Inspect can write."""
    long = "long " * 40
    fake(run.name, lambda call: f"{long}\ud83d")
    dataset = [Sample(id=1, input=f"{long}\udc00 \ud83d", target="x"), Sample(id=2, input="plain", target="ok")]
    run.eval(task(run.name, dataset))


@scenario()
def lone_surrogates_end_the_task(run: Run) -> None:
    """In short texts, which Inspect cannot write: the task ends, and its samples have no end."""
    fake(run.name, lambda call: "answer \ud83d")
    dataset = [Sample(id=1, input="question \udc00 \ud83d", target="\ude00"), Sample(id=2, input="plain", target="ok")]
    run.eval(task(run.name, dataset))


@scenario()
def attachment_texts(run: Run) -> None:
    """Texts that look like references to attachments, and texts over the size of an attachment in several places."""
    long = "The same long text. " * 10
    fake(run.name, lambda call: long if call.turn == 1 else "attachment://0123456789abcdef0123456789abcdef")
    dataset = [
        Sample(id=1, input=long, target=long, metadata={"long": long, "short": "attachment://"}),
        Sample(
            id=2,
            input="attachment://15d1d938c8b18eaa9c899df7ad1d7859",
            target="tc://x",
            metadata={"list": [long, [long]]},
        ),
    ]
    run.eval(task(run.name, dataset, solver=[generate(), writes(long), generate()]))


@scenario()
def long_input(run: Run) -> None:
    """Summaries shorten texts over 1000 characters and leave out metadata over 1000."""
    long = "".join(chr(97 + n % 26) for n in range(1500))
    metadata = {"long": long, "list": ["x" * 400] * 4, "dict": {"a": {"b": long}}, "short": "kept", "number": 1}
    dataset = [
        Sample(id=1, input=long, target="ok", metadata=metadata),
        Sample(id=2, input="😀" * 600, target=["x" * 1200, "ok"], metadata={"edge": "y" * 1000, "over": "y" * 1001}),
        Sample(id=3, input=[ChatMessageUser(content=long), ChatMessageUser(content=long)], target=long),
    ]
    run.eval(task(run.name, dataset))


@scenario()
def messages_as_input(run: Run) -> None:
    dataset = [
        Sample(
            id="chat",
            input=[
                ChatMessageSystem(content="Be brief."),
                ChatMessageUser(content="Hello", metadata={"a": None}),
                ChatMessageAssistant(content="Hi", model="other/model"),
                ChatMessageUser(content=[ContentText(text="And"), ContentText(text="now?")]),
            ],
            target=["ok", "OK"],
            metadata={"x": {"y": [None]}},
        )
    ]
    run.eval(task(run.name, dataset))


@scenario()
def media(run: Run) -> None:
    content = [
        ContentText(text="What is in here?"),
        ContentImage(image=PNG, detail="high"),
        ContentImage(image=PNG),
        ContentAudio(audio="data:audio/wav;base64,UklGRiQAAABXQVZF", format="wav"),
        ContentDocument(
            document="data:application/pdf;base64,JVBERi0xLjQK", filename="a.pdf", mime_type="application/pdf"
        ),
        ContentData(data={"own": [1, None]}),
    ]
    run.eval(task(run.name, [Sample(id="media", input=[ChatMessageUser(content=content)], target="ok")]))


@scenario()
def log_images_false(run: Run) -> None:
    content = [ContentText(text="What is in here?"), ContentImage(image=PNG)]
    samples_ = [Sample(id=1, input=[ChatMessageUser(content=content)], target="ok")]
    run.eval(task(run.name, samples_), log_images=False)


@scenario()
def media_missing(run: Run) -> None:
    """A file that is not there: the sample fails before it begins."""
    content = [ContentText(text="What is in here?"), ContentImage(image="no/such/file.png")]
    dataset = [Sample(id="missing", input=[ChatMessageUser(content=content)], target="ok"), *samples("there")]
    run.eval(task(run.name, dataset), fail_on_error=False, retry_on_error=1)


class Own(BaseModel):
    name: str = "own"
    nothing: int | None = None


@solver
def writes_objects() -> Solver:
    """Values that are no JSON: records, bytes, sets, functions, dates."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        odd = {
            "record": Own(),
            "bytes": b"plain",
            "set": {1},
            "tuple": (1, None),
            "date": datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
            "function": print,
            "keys": {1: "one", None: "none"},
        }
        state.metadata.update(odd)
        store().set("odd", odd)
        return await generate(state)

    return solve


@scenario()
def objects(run: Run) -> None:
    run.eval(task(run.name, [Sample(id=1, input="objects", target="ok")], solver=writes_objects()))


@scenario()
def deep_nesting(run: Run) -> None:
    value: Any = None
    for level in range(60):
        value = {"level": level, "deeper": value} if level % 2 else [value, level]
    run.eval(task(run.name, 1, solver=writes(value)))


@scenario()
def empty_everything(run: Run) -> None:
    fake(run.name, lambda call: answer(""))
    dataset = [Sample(id=1, input="", target=""), Sample(id=2, input=[ChatMessageUser(content=[])], target=[])]
    run.eval(task(run.name, dataset, metadata={}, tags=[]), tags=[], metadata={})


@scenario()
def everything_set(run: Run) -> None:
    """All that can be set of a task, and of a generation."""
    config = GenerateConfig(
        temperature=0.7,
        top_p=0.9,
        top_k=40,
        max_tokens=100,
        stop_seqs=["stop", "\n"],
        frequency_penalty=0.5,
        presence_penalty=-0.5,
        seed=42,
        extra_body={"own": None, "list": [1]},
        system_message="Be brief.",
        logit_bias={100: -100},
    )
    run.eval(
        task(
            run.name,
            2,
            config=config,
            version="2.1-beta",
            display_name="Everything is set",
            metadata={"a": {"b": None}},
            tags=["task tag"],
            message_limit=50,
            token_limit=10000,
            time_limit=60,
            working_limit=50,
        ),
        tags=["run tag"],
        metadata={"who": "me"},
        epochs=2,
        max_connections=3,
    )


@scenario()
def error_with_odd_text(run: Run) -> None:
    fake(run.name, lambda call: "2")
    dataset = [Sample(id="ünï/1", input="x", target="y")]
    run.eval(task(run.name, dataset, solver=[generate(), fail(times=1)]), retry_on_error=1)
