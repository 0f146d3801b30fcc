"""Agents: react, handoffs, agents as tools, agents run by code, compaction."""

from collections.abc import Callable

from inspect_ai.agent import Agent, AgentState, AgentSubmit, agent, as_solver, as_tool, handoff, react
from inspect_ai.agent import run as run_agent
from inspect_ai.model import (
    ChatMessageUser,
    CompactionEdit,
    CompactionSummary,
    CompactionTrim,
    ContentReasoning,
    ContentText,
    get_model,
)
from inspect_ai.scorer import includes
from inspect_ai.solver import Generate, Solver, TaskState, basic_agent, generate, solver, use_tools
from inspect_ai.tool import Tool, tool
from inspect_ai.util import collect, message_limit

from fake_model import Answer, Call, fake, tool_calls
from parts import add
from scenario import Run, scenario, task


def in_turn(*answers: Answer | Callable[[], Answer]) -> Callable[[Call], Answer]:
    """A script that gives one answer after another, over all conversations of the model."""

    def script(call: Call) -> Answer:
        given = answers[min(call.number, len(answers)) - 1]
        return given() if callable(given) else given

    return script


def submit(answer: str = "2") -> Callable[[], Answer]:
    return lambda: tool_calls(("submit", {"answer": answer}))


def calls(*given: tuple[str, dict[str, object]]) -> Callable[[], Answer]:
    return lambda: tool_calls(*given, text="calling")


SUM = ("add", {"x": 1, "y": 1})


@scenario()
def agent_react(run: Run) -> None:
    fake(run.name, in_turn(calls(SUM, SUM), "I wonder", calls(SUM), submit()))
    run.eval(task(run.name, 1, solver=react(tools=[add()])))


@scenario()
def agent_react_attempts(run: Run) -> None:
    """The first submission is wrong, which is an intermediate score."""
    fake(run.name, in_turn(submit("3"), calls(SUM), submit("2")))
    run.eval(task(run.name, 1, solver=react(tools=[add()], attempts=3), scorer=includes()))


@scenario()
def agent_react_submit_renamed(run: Run) -> None:
    fake(run.name, in_turn(calls(("finish", {"answer": "2"}))))
    run.eval(task(run.name, 1, solver=react(name="solver", submit=AgentSubmit(name="finish", keep_in_messages=True))))


@scenario()
def agent_basic(run: Run) -> None:
    fake(run.name, in_turn(calls(SUM), "thinking", submit("3"), submit("2")))
    run.eval(task(run.name, 1, solver=basic_agent(tools=[add()], max_attempts=2, message_limit=20), scorer=includes()))


@agent
def researcher(model: str) -> Agent:
    """Finds things out, with a tool of its own."""

    async def execute(state: AgentState) -> AgentState:
        """Finds things out.

        Args:
            state: The conversation.
        """
        messages, state.output = await get_model(model).generate_loop(state.messages, tools=[add()])
        state.messages.extend(messages)
        return state

    return execute


@scenario()
def agent_as_tool(run: Run) -> None:
    """Twice in one turn."""
    fake("inner", lambda call: tool_calls(SUM) if call.turn == 1 else f"found for {call.question}")
    asked = [("researcher", {"input": "first"}), ("researcher", {"input": "second"})]
    fake(run.name, in_turn(calls(*asked), submit()))
    run.eval(task(run.name, 1, solver=react(tools=[as_tool(researcher("fake/inner"))])))


@scenario()
def agent_as_tool_limited(run: Run) -> None:
    fake("inner", lambda call: tool_calls(SUM))
    fake(run.name, in_turn(calls(("researcher", {"input": "first"})), submit()))
    limited = as_tool(researcher("fake/inner"), limits=[message_limit(4)])
    run.eval(task(run.name, 1, solver=react(tools=[limited])))


@scenario()
def agent_handoff(run: Run) -> None:
    fake("inner", lambda call: "The sum is 2.")
    fake(run.name, in_turn(calls(("transfer_to_researcher", {})), calls(SUM, ("transfer_to_researcher", {})), submit()))
    run.eval(task(run.name, 1, solver=react(tools=[add(), handoff(researcher("fake/inner"))])))


@scenario()
def agent_handoff_limited(run: Run) -> None:
    fake("inner", lambda call: tool_calls(SUM))
    fake(run.name, in_turn(calls(("ask", {})), submit()))
    limited = handoff(researcher("fake/inner"), tool_name="ask", limits=[message_limit(6)])
    run.eval(task(run.name, 1, solver=react(tools=[limited])))


@agent
def supervisor(models: list[str]) -> Agent:
    """Runs agents of its own, at the same time."""

    async def execute(state: AgentState) -> AgentState:
        """Asks others.

        Args:
            state: The conversation.
        """
        states = await collect(
            *[run_agent(researcher(model), state.messages, name=f"with {model}") for model in models]
        )
        state.messages.append(ChatMessageUser(content=" / ".join(other.output.completion for other in states)))
        state.output = await get_model().generate(state.messages)
        state.messages.append(state.output.message)
        return state

    return execute


@scenario()
def agents_nested(run: Run) -> None:
    """An agent that runs agents that call tools, itself called as a tool."""
    models = [fake("one", lambda call: tool_calls(SUM) if call.turn == 1 else "two"), fake("other", lambda call: "2")]
    fake(run.name, lambda call: "2")
    fake("outer", in_turn(calls(("supervisor", {"input": "please"})), submit()))
    run.eval(task(run.name, 1, solver=react(tools=[as_tool(supervisor(models))], model="fake/outer")))


@solver
def runs_agent_within_limit(model: str) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        agent_state, error = await run_agent(researcher(model), "What is 1+1?", limits=[message_limit(3)])
        state.metadata["error"] = str(error)
        state.metadata["messages"] = len(agent_state.messages)
        return await generate(state)

    return solve


@scenario()
def agent_run_within_limit(run: Run) -> None:
    fake("inner", lambda call: tool_calls(SUM))
    fake(run.name, lambda call: "2")
    run.eval(task(run.name, 1, solver=runs_agent_within_limit("fake/inner")))


@scenario()
def agent_as_solver(run: Run) -> None:
    fake("inner", lambda call: tool_calls(SUM) if call.turn == 2 else "2")
    solvers = [generate(), as_solver(researcher("fake/inner"), limits=[message_limit(9)])]
    run.eval(task(run.name, 1, solver=solvers))


@scenario()
def agent_fails_and_is_retried(run: Run) -> None:
    """The first time a tool of the inner agent does not exist and its model then fails."""

    def inner(call: Call) -> Answer:
        if call.number == 1:
            return tool_calls(("nothing", {}))
        if call.number == 2:
            raise ValueError("inner failure")
        return "2"

    fake("inner", inner)
    asked = calls(("researcher", {"input": "first"}))
    fake(run.name, in_turn(asked, asked, submit()))
    run.eval(task(run.name, 1, solver=react(tools=[as_tool(researcher("fake/inner"))])), retry_on_error=1)


def long_talk(turns: int) -> Callable[[Call], Answer]:
    def script(call: Call) -> Answer:
        if call.number > turns:
            return tool_calls(("submit", {"answer": "2"}))
        if not call.tools:
            return "A summary of what was said."
        return tool_calls(SUM, text="words " * 40)

    return script


@tool
def reads() -> Tool:
    async def execute() -> str:
        """Reads a long text."""
        return "words of a long text " * 40

    return execute


@scenario()
def compaction_edit(run: Run) -> None:
    """The results of tools are cleared."""
    fake(run.name, lambda call: tool_calls(("submit", {"answer": "2"}) if call.number > 4 else ("reads", {})))
    compaction = CompactionEdit(threshold=700, memory=False, keep_tool_uses=1)
    run.eval(task(run.name, 1, solver=react(tools=[reads()], compaction=compaction)))


@scenario()
def compaction_trim(run: Run) -> None:
    fake(run.name, long_talk(7))
    run.eval(task(run.name, 1, solver=react(tools=[add()], compaction=CompactionTrim(threshold=500, preserve=0.3))))


@scenario()
def compaction_summary(run: Run) -> None:
    fake(run.name, long_talk(6))
    run.eval(task(run.name, 1, solver=react(tools=[add()], compaction=CompactionSummary(threshold=400))))


@scenario()
def agent_deep(run: Run) -> None:
    from inspect_ai.agent import deepagent

    planned = ("todo_write", {"todos": [{"content": "add", "status": "in_progress"}]})
    fake(run.name, in_turn(calls(planned), calls(SUM), submit()))
    run.eval(task(run.name, 1, solver=deepagent(tools=[add()], memory=False, compaction=None)))


@scenario()
def agent_with_tool_loop(run: Run) -> None:
    fake(run.name, lambda call: tool_calls(SUM) if call.turn < 3 else "2")
    run.eval(task(run.name, 1, solver=[use_tools(add()), generate(tool_calls="single"), generate()]))


@scenario()
def agent_answers_in_parts(run: Run) -> None:
    """The call that submits is taken out of an answer of several parts, whose list of calls is empty then."""

    def script(call: Call) -> Answer:
        output = tool_calls(("submit", {"answer": "2"}))
        output.message.content = [ContentReasoning(reasoning="One and one."), ContentText(text="It is two.")]
        return output

    fake(run.name, script)
    run.eval(task(run.name, 1, solver=react(tools=[add()])))
