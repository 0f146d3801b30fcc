"""A model provider `fake/NAME` whose answers a scenario writes: no network, no tokenizer, usage always set."""

import inspect
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    ModelAPI,
    ModelCall,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.tool import ToolCall, ToolChoice, ToolInfo
from tenacity import wait_fixed


class RateLimit(Exception):
    """Is tried again, as HTTP status 429 is."""

    status_code = 429


class Fatal(Exception):
    """Is not tried again: given back instead of raised, as providers do with status 400."""

    status_code = 400


@dataclass(frozen=True)
class Call:
    """What a script decides by."""

    messages: list[ChatMessage]
    tools: list[ToolInfo]
    config: GenerateConfig
    number: int
    """Which call of this model in this process it is, from 1."""

    @property
    def turn(self) -> int:
        """Which answer in this conversation it is, from 1."""
        return 1 + sum(isinstance(message, ChatMessageAssistant) for message in self.messages)

    @property
    def question(self) -> str:
        """The text of the first message of the user."""
        return next((message.text for message in self.messages if message.role == "user"), "")

    @property
    def last(self) -> str:
        return self.messages[-1].text if self.messages else ""


Answer = ModelOutput | str
Script = Callable[[Call], Answer | Awaitable[Answer]]

_scripts: dict[str, Script] = {}
_numbers: Counter[str] = Counter()


def fake(name: str, script: Script = lambda call: "ok") -> str:
    """Gives the model a script, and its full name."""
    _scripts[name] = script
    return f"fake/{name}"


def answer(text: str = "ok", usage: ModelUsage | None = None, **fields: Any) -> ModelOutput:
    """An answer whose usage or other fields are not the usual ones."""
    output = ModelOutput.from_content(model="fake", content=text)
    return output.model_copy(update={"usage": usage, **fields})


def tool_calls(*calls: tuple[str, dict[str, Any]], text: str = "") -> ModelOutput:
    """An answer that calls tools."""
    message = ChatMessageAssistant(
        content=text,
        source="generate",
        tool_calls=[
            ToolCall(id=f"call_{n}_{name}", function=name, arguments=args) for n, (name, args) in enumerate(calls)
        ],
    )
    if not hasattr(ModelOutput, "from_message"):
        # Inspect 0.3.112
        return ModelOutput(model="fake", choices=[ChatCompletionChoice(message=message, stop_reason="tool_calls")])
    return ModelOutput.from_message(message, stop_reason="tool_calls")


class FakeModel(ModelAPI):
    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> tuple[ModelOutput | Exception, ModelCall]:
        messages = [{"role": message.role, "content": message.text} for message in input]
        call = _begin_call({"model": self.model_name, "messages": messages})
        script = _scripts.get(self.model_name, lambda call: "ok")
        _numbers[self.model_name] += 1
        number = _numbers[self.model_name]
        try:
            given = script(Call(input, tools, config, number))
            output = await given if inspect.isawaitable(given) else given
        except (RateLimit, Fatal) as error:
            call.set_error({"error": {"type": type(error).__name__, "message": str(error)}})
            if isinstance(error, RateLimit):
                raise
            return error, call
        if isinstance(output, str):
            output = answer(output)
        usage = output.usage or _usage(messages, output)
        output = output.model_copy(update={"model": self.model_name, "usage": usage})
        call.set_response({"id": f"response_{number}", "text": output.completion})
        return output, call

    def should_retry(self, ex: Exception) -> bool:
        return isinstance(ex, RateLimit)

    def retry_wait(self) -> Any:
        return wait_fixed(0.05)

    async def count_text_tokens(self, text: str) -> int:
        return 1 + len(text) // 4


class _OlderCall(ModelCall):
    """Before Inspect 0.3.200 a call is complete from the start."""

    def set_response(self, response: Any, time: float | None = None) -> None:
        self.response = response

    set_error = set_response


def _begin_call(request: dict[str, Any]) -> ModelCall:
    """The raw call is in the log even if it is cut off, as it is with the providers of Inspect."""
    try:
        from inspect_ai.log._samples import set_active_model_event_call
    except ImportError:
        return _OlderCall(request=request, response={})
    return set_active_model_event_call(request=request)


def _usage(messages: list[dict[str, str]], output: ModelOutput) -> ModelUsage:
    """A token for each four characters, and a little of each other kind."""
    given = 10 + sum(len(message["content"]) // 4 for message in messages)
    written = 5 + len(output.completion) // 4
    return ModelUsage(
        input_tokens=given,
        output_tokens=written,
        total_tokens=given + written + 5,
        input_tokens_cache_write=2,
        input_tokens_cache_read=3,
        reasoning_tokens=1,
    )


@modelapi(name="fake")
def fake_provider() -> type[ModelAPI]:
    return FakeModel
