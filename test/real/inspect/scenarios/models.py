"""Model roles, settings, and answers that are not plain text."""

from inspect_ai.dataset import Sample
from inspect_ai.model import (
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    ContentImage,
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

from fake_model import Call, answer, fake, tool_calls
from parts import add
from scenario import Run, scenario, task


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
            content=[ContentReasoning(reasoning="One and one.", signature="abc"), ContentText(text="2")],
            source="generate",
        )
        output = ModelOutput.from_message(message)
        output.choices[0].logprobs = Logprobs(
            content=[Logprob(token="2", logprob=-0.25, bytes=[50], top_logprobs=None)]
        )
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
    model = get_model(
        fake(run.name), config=GenerateConfig(temperature=0.1, max_tokens=99), base_url="http://127.0.0.1:9/v1"
    )
    run.eval(task(run.name, 1, config=GenerateConfig(top_p=0.5)), model=model, seed=3)


@scenario()
def tools_of_model(run: Run) -> None:
    """A tool choice by name, and a call of it."""
    from inspect_ai.tool import ToolFunction

    def script(call: Call) -> ModelOutput | str:
        return tool_calls(("add", {"x": 1, "y": 1})) if call.turn == 1 else "2"

    fake(run.name, script)
    run.eval(task(run.name, 1, solver=[use_tools(add(), tool_choice=ToolFunction("add")), generate()]))


@scenario()
def log_images_false_of_alike(run: Run) -> None:
    """Messages that are alike but for the image that is not logged: one is stored for both."""
    images = [f"data:image/png;base64,iVBORw0KGgo{letter}" for letter in "AB"]
    messages = [ChatMessageUser(content=[ContentImage(image=image)]) for image in images]
    fake(run.name, lambda call: "2")
    run.eval(task(run.name, [Sample(id=1, input=messages, target="2")]), log_images=False)
