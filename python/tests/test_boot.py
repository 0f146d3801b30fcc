"""The forwarder where nothing is installed, as `evalspan run` gives it, and where it is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

from listener import Listener
from support import PROJECT, UNINSTALLED, InFolder, lines_of, uninstalled

import evalspan_inspect

EVAL = """
import sys
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.hooks import Hooks, hooks
from inspect_ai.model import ModelOutput, ModelUsage, get_model

if "own" in sys.argv:
    @hooks(name="own", description="")
    class Own(Hooks):
        pass

if __name__ == "__main__":
    answer = ModelOutput.from_content("mockllm/model", "4")
    answer.usage = ModelUsage()
    model = get_model("mockllm/model", custom_outputs=[answer])
    eval(Task(dataset=[Sample(input="2+2")]), model=model, display="none", log_dir="logs")
"""


class Boot(InFolder):
    def setUp(self) -> None:
        super().setUp()
        (self.folder / "script.py").write_text(EVAL)
        self.listener = Listener(self.socket)
        self.addCleanup(self.listener.kill)

    def run_script(self, *arguments: str, path: list[Path] | None = None, **variables: str) -> str:
        paths = [*UNINSTALLED, *map(str, path or [])]
        env = uninstalled(EVALSPAN_SOCKET=str(self.socket), PYTHONPATH=os.pathsep.join(paths), **variables)
        _, err = self.start("script.py", *arguments, env=env).ends()
        return err

    def hooks(self) -> list[str]:
        return [record["hook"] for record in self.listener.all]

    def folder_with(self, name: str, text: str) -> Path:
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
        return folder

    def test_a_script(self) -> None:
        self.run_script()
        self.assertEqual((self.hooks()[0], self.hooks()[-1]), ("on_run_start", "on_run_end"))

    def test_a_script_with_hooks_of_its_own_hides_neither_ours_nor_those_of_other_packages(self) -> None:
        other = self.folder_with("other_hooks.py", "raise RuntimeError('other hooks were found')")
        (other / "other-1.0.dist-info").mkdir()
        (other / "other-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
        (other / "other-1.0.dist-info" / "entry_points.txt").write_text("[inspect_ai]\nother = other_hooks\n")
        self.run_script("own", path=[other])
        self.assertEqual((self.hooks()[0], self.hooks()[-1]), ("on_run_start", "on_run_end"))
        self.assertIn("other hooks were found", self.run_script(path=[other]))

    def test_the_command_line(self) -> None:
        task = "from inspect_ai import Task, task\nfrom inspect_ai.dataset import Sample\n\n@task\ndef t():\n"
        (self.folder / "task.py").write_text(task + "    return Task(dataset=[Sample(input='x')], solver=[])\n")
        env = uninstalled(EVALSPAN_SOCKET=str(self.socket))
        self.start("-m", "inspect_ai", "eval", "task.py", "--model", "mockllm/model", env=env).ends()
        self.assertEqual((self.hooks()[0], self.hooks()[-1]), ("on_run_start", "on_run_end"))
        self.assertEqual(self.listener.envelopes[0]["command"], "inspect eval task.py")

    def test_a_sitecustomize_of_others_runs(self) -> None:
        other = self.folder_with("sitecustomize.py", "import sys; sys.other_was_here = __name__, __file__")
        (self.folder / "script.py").write_text("import sys; print(sys.other_was_here, sys.modules['sitecustomize'])")
        for socket in (str(self.socket), ""):
            paths = os.pathsep.join([*UNINSTALLED, *UNINSTALLED, str(other)])
            env = uninstalled(EVALSPAN_SOCKET=socket, PYTHONPATH=paths)
            out, err = self.start("script.py", env=env).ends()
            expected = str(other / "sitecustomize.py")
            self.assertEqual(out.count(expected), 2, out)
            self.assertIn(f"('sitecustomize', '{expected}')", out)
            self.assertEqual(err, "")

    def test_an_error_in_a_sitecustomize_of_others_is_told_as_ever(self) -> None:
        other = self.folder_with("sitecustomize.py", "raise RuntimeError('of others')")
        (self.folder / "script.py").write_text("print('runs')")
        env = uninstalled(PYTHONPATH=os.pathsep.join([*UNINSTALLED, str(other)]))
        out, err = self.start("script.py", env=env).ends()
        self.assertEqual(out, "runs\n")
        self.assertIn("RuntimeError: of others", err)

    def test_a_process_without_inspect_has_nothing_of_it(self) -> None:
        (self.folder / "script.py").write_text("import sys, json; print([m for m in sys.modules if 'evalspan' in m])")
        out, err = self.start("script.py", env=uninstalled(EVALSPAN_SOCKET="x")).ends()
        self.assertEqual((out, err), ("[]\n", ""))

    def test_a_forwarder_that_cannot_be_imported_is_no_harm(self) -> None:
        broken = self.folder_with("evalspan_inspect/__init__.py", "raise RuntimeError('broken')")
        for arguments in ([], ["own"]):
            env = uninstalled(EVALSPAN_SOCKET="x", PYTHONPATH=os.pathsep.join([str(broken), *UNINSTALLED]))
            _, err = self.start("script.py", *arguments, env=env).ends()
            self.assertIn("broken", err)
        self.assertEqual(len(list((self.folder / "logs").glob("*.eval"))), 2)

    def test_versions_are_the_same_everywhere(self) -> None:
        (metadata,) = (PROJECT / "boot").glob("*.dist-info/METADATA")
        self.assertEqual(metadata.parent.name, f"evalspan_inspect-{evalspan_inspect.__version__}.dist-info")
        self.assertIn(f"\nVersion: {evalspan_inspect.__version__}\n", metadata.read_text())

    def test_override_api_key_is_not_ours(self) -> None:
        self.assertNotIn("override_api_key", vars(evalspan_inspect.EvalspanHooks))


class Installed(InFolder):
    def test_the_wheel_is_found_where_it_is_installed(self) -> None:
        pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-input", "-w", str(self.folder)]
        subprocess.run([*pip, str(PROJECT)], check=True, timeout=120)
        (wheel,) = self.folder.glob("*.whl")
        names = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
        self.assertEqual({name.split("/")[0] for name in names}, {"evalspan_inspect"})

        # Inspect itself stays where it is
        venv.create(self.folder / "venv", symlinks=True, with_pip=False)
        python = self.folder / "venv" / "bin" / "python"
        (site,) = (self.folder / "venv").glob("lib/python3*/site-packages")
        (inspect,) = {re.sub(r"/inspect_ai/.*", "", sys.modules["inspect_ai"].__file__ or "")}
        (site / "inspect.pth").write_text(inspect)
        target = ["--quiet", "--no-deps", "--no-input", "--target", str(site)]
        subprocess.run([sys.executable, "-m", "pip", "install", *target, str(wheel)], check=True, timeout=120)

        (self.folder / "script.py").write_text(EVAL)
        with Listener(self.socket) as listener:
            env = {"EVALSPAN_SOCKET": str(self.socket), "PATH": os.environ["PATH"], "HOME": str(self.folder)}
            _, err = self.start("script.py", env=env, python=str(python)).ends()
            self.assertEqual(lines_of(err), [])
            hooks = [record["hook"] for record in listener.all]
            self.assertEqual((hooks[0], hooks[-1]), ("on_run_start", "on_run_end"))
