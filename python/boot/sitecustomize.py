"""
On PYTHONPATH beside the forwarder, where nothing is installed. Inspect before 0.3.285 looks for the hooks of packages
only while it knows of no hooks, so those of a script itself would hide the forwarder's.
"""

import os
import sys

_NAME = "inspect_ai.hooks._startup"


class _Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name != _NAME:
            return None
        sys.meta_path.remove(_Finder)
        try:
            from importlib.util import find_spec

            spec = find_spec(name)
            load = spec.loader.exec_module

            def exec_module(module):
                load(module)
                module.init_hooks = _then_ours(module.init_hooks)

            spec.loader.exec_module = exec_module
            # The entry point has nothing to do then, unless who requires hooks wants to see ours.
            if "evalspan" not in os.environ.get("INSPECT_REQUIRED_HOOKS", ""):
                sys.modules["evalspan_boot"] = type(sys)("evalspan_boot")
            return spec
        except Exception:
            return None


def _then_ours(init_hooks):
    # After Inspect itself, since to be there first would hide the hooks of other packages, and Inspect would say on
    # standard output, which is the command's own, that hooks are on.
    def init_hooks_and_ours():
        init_hooks()
        if "evalspan_inspect" not in sys.modules:
            try:
                import evalspan_inspect  # noqa: F401
            except Exception as error:
                print(f"evalspan: the forwarder cannot be loaded: {error}", file=sys.stderr)

    return init_hooks_and_ours


def _run_next():
    """This file hides another of its name, which the system or a tool has put there."""
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    here = os.path.dirname(os.path.realpath(__file__))
    spec = PathFinder.find_spec("sitecustomize", [path for path in sys.path if os.path.realpath(path) != here])
    if spec is not None and spec.loader is not None:
        module = module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


if os.environ.get("EVALSPAN_SOCKET") or os.environ.get("EVALSPAN_URL"):
    sys.meta_path.insert(0, _Finder)
_run_next()
