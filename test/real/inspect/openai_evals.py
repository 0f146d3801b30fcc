"""
Evals with Inspect's own provider for OpenAI, at the server that OPENAI_BASE_URL names: `python openai_evals.py LOGDIR …`.
"""

import argparse

from inspect_ai import Task, eval
from inspect_ai.agent import react
from inspect_ai.dataset import Sample
from inspect_ai.model import GenerateConfig, get_model
from inspect_ai.scorer import model_graded_qa
from inspect_ai.solver import chain, generate
from parts import add, fail


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log_dir")
    parser.add_argument("--cache", action="store_true", help="answers are kept, in INSPECT_CACHE_DIR")
    parser.add_argument("--traceparent", help="a header that all calls have")
    parser.add_argument("--fails", type=int, default=0, help="so many attempts at each sample fail after a model call")
    options = parser.parse_args()
    headers = {"traceparent": options.traceparent} if options.traceparent else None
    config = GenerateConfig(extra_headers=headers, cache=options.cache, max_retries=2)
    model = get_model("openai/gpt-4o", config=config, responses_api=False)
    task = Task(
        name="propagated",
        dataset=[Sample(id=n, input=f"What is {n}+{n}?", target=str(n + n)) for n in (1, 2)],
        solver=chain(generate(), fail(options.fails), react(tools=[add()])),
        scorer=model_graded_qa(model=model),
    )
    eval(task, model=model, log_dir=options.log_dir, display="none", retry_on_error=options.fails)


if __name__ == "__main__":
    main()
