"""The provider `fake`: models whose answers stand in the scenario."""

from asyncio import sleep
from collections import Counter
from typing import Any

from inspect_ai.log._samples import sample_active
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    ModelAPI,
    ModelCost,
    ModelInfo,
    ModelOutput,
    ModelUsage,
    modelapi,
    set_model_info,
)
from inspect_ai.tool import ToolCall, ToolChoice, ToolInfo
from tenacity import wait_fixed

from errors import make_error

_scripts: dict[str, dict[str, Any]] = {}
_calls: Counter[tuple[str, str | None]] = Counter()


def use_models(scripts: dict[str, dict[str, Any]]) -> None:
    _scripts.update(scripts)
    for name, script in scripts.items():
        if "cost" in script:
            cost = ModelCost(**script["cost"], input_cache_write=0, input_cache_read=0)
            set_model_info(name, ModelInfo(cost=cost))


def _next_output(name: str, script: dict[str, Any]) -> dict[str, Any]:
    """The last one is given again when there are no more."""
    active = sample_active()
    key = str(active.sample.id) if active else None
    outputs = script.get("by_sample", {}).get(key)
    if outputs is None:
        key, outputs = None, script.get("outputs", ["ok"])
    place = (name, key if key is None or not active else f"{key} {active.epoch}")
    _calls[place] += 1
    output = outputs[min(_calls[place], len(outputs)) - 1]
    return {"text": output} if isinstance(output, str) else output


class ScriptedModel(ModelAPI):
    @property
    def script(self) -> dict[str, Any]:
        return _scripts[f"fake/{self.model_name}"]

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput | Exception:
        said = _next_output(self.model_name, self.script)
        await sleep(said.get("delay", self.script.get("delay", 0)))
        if "error" in said:
            error = make_error(said["error"])
            setattr(error, "status_code", said["error"].get("status"))
            setattr(error, "retry", said["error"].get("retry"))
            raise error
        if said.get("none"):
            return ModelOutput(model=self.model_name, choices=[])
        calls = [
            ToolCall(id=f"call_{n}_{call['function']}", function=call["function"], arguments=call.get("arguments", {}))
            for n, call in enumerate(said.get("tool_calls", []))
        ]
        message = ChatMessageAssistant(
            content=said.get("text", ""), source="generate", model=self.model_name, tool_calls=calls or None
        )
        stop_reason = said.get("stop_reason", "tool_calls" if calls else "stop")
        output = ModelOutput(
            model=self.model_name, choices=[ChatCompletionChoice(message=message, stop_reason=stop_reason)]
        )
        usage = said.get("usage", _usage(input, output))
        output.usage = None if usage is None else ModelUsage(**usage)
        return output

    def should_retry(self, ex: BaseException) -> bool:
        retry, status = getattr(ex, "retry", None), getattr(ex, "status_code", None)
        return retry if retry is not None else status in (408, 409, 429) or (status or 0) >= 500

    def retry_wait(self) -> Any:
        return wait_fixed(self.script.get("retry_wait", 0.02))

    def max_connections(self) -> int:
        return self.script.get("max_connections", 10)


def _usage(input: list[ChatMessage], output: ModelOutput) -> dict[str, int]:
    """A token for each four characters, and a few more."""
    given = 10 + sum(len(message.text) // 4 for message in input)
    written = 5 + len(output.completion) // 4
    return {"input_tokens": given, "output_tokens": written, "total_tokens": given + written}


@modelapi(name="fake")
def fake() -> type[ModelAPI]:
    return ScriptedModel
