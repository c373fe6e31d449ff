"""Run Ganeti's QA suite to the end.  Its own program `ganeti-qa.py` stops at the first failed test.

The files of the suite are unmodified, and each test runs as written.  This program replaces, in memory, the functions
that call the tests: after a failure, `RunTest` restores the state that the next test expects and continues.  It reports
what the suite's own output does not contain in lines that begin with `####`, followed by JSON.
`src/qa/parse-line.ts` reads both.

Usage: run_suite.py [--with-skipped] [--only TEST] CONFIG
"""

import importlib.util
import inspect
import json
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

PYTHON = Path(__file__).parent / "python"
#: tests that create what later tests need: if one fails, the rest of its block cannot run
CREATING = ("TestInstanceAdd", "TestRapiInstanceAdd", "TestRapiInstanceMultiAlloc")
#: tests without which a single one cannot run
BEFORE = ("TestClusterInit", "TestNodeAddAll")


def emit(**facts: Any) -> None:
    print(f"#### {json.dumps(facts)}", flush=True)


class Done(BaseException):
    """The only test has run."""


class Templates:
    """The kinds of instances to test, each once.  After a kind is aborted, iteration continues with the next one."""

    def __init__(self, kinds: list[Any]) -> None:
        self.left = list(kinds)

    def __iter__(self) -> Iterator[Any]:
        while self.left:
            yield self.left.pop(0)


class Continuing:
    """Replacements for the functions of the suite that call tests."""

    def __init__(self, suite: ModuleType, only: str | None = None) -> None:
        """
        :param only: the only test to run, on the first kind of instance if it needs one
        """
        self._suite = suite
        self._only = only
        self._created: Any = None
        self._needs_instance = only is not None and takes_instance(suite, only)
        self._run_test = suite.RunTest
        self._run_block = suite.RunTestBlock
        self._verify = suite.qa_cluster.AssertClusterVerify
        self._templates = Templates(suite.qa_instance.available_instance_tests)
        #: whether the tests have left an instance running
        self._up: dict[str, bool] = {}

    def install(self) -> None:
        suite = self._suite
        if self._only is not None and not self._needs_instance:
            self._templates.left.clear()
        suite.RunTest = self.run_test
        suite.RunTestIf = self.run_test_if
        suite.RunTestBlock = self.run_block
        suite.qa_instance.available_instance_tests = self._templates
        # Only for the program itself.  Tests that call the function get the original.
        suite.qa_cluster = view(suite.qa_cluster, AssertClusterVerify=self.verify)

    def run_test_if(self, names: Any, fn: Callable[..., Any], *args: Any, **options: Any) -> None:
        if self._suite.qa_config.TestEnabled(names):
            self.run_test(fn, *args, of=flat(names), **options)
        else:
            self._suite.ReportTestSkip(self._suite._DescriptionOf(fn), names)

    def run_test(self, fn: Callable[..., Any], *args: Any, of: tuple[str, ...] = (), **options: Any) -> Any:
        if self._only is None:
            return self._run(fn, *args, of=of, **options)
        return self._run_single(fn, *args, of=of, **options)

    def _run_single(self, fn: Callable[..., Any], *args: Any, of: tuple[str, ...], **options: Any) -> Any:
        """Runs the only test, and those that it needs."""
        creates = fn.__name__.startswith(CREATING)
        removes = fn.__name__ == "TestInstanceRemove" and args[0] is self._created
        if not (fn.__name__ in (self._only, *BEFORE) or (creates and self._needs_instance) or removes):
            # The suite releases what it believes to have created.
            return SimpleNamespace(Release=lambda: None, name="", disk_template="") if creates else None
        if creates:
            self._templates.left.clear()
        result = self._run(fn, *args, of=of, **options)
        if creates:
            self._created = result
        if removes or (fn.__name__ == self._only and not self._needs_instance):
            raise Done
        return result

    def _run(self, fn: Callable[..., Any], *args: Any, of: tuple[str, ...], **options: Any) -> Any:
        emit(type="test", of=of, module=fn.__module__.rpartition(".")[2], lifted=fn.__name__ in LIFTED)
        instance = args[0] if args and isinstance(args[0], self._suite.qa_config._QaInstance) else None
        if instance is not None and fn.__name__ in ("TestInstanceShutdown", "TestInstanceStartup"):
            self._up[instance.name] = fn.__name__ == "TestInstanceStartup"
        try:
            return self._run_test(fn, *args, **options)
        except Exception:
            traceback.print_exc(file=sys.stdout)
            if fn.__name__.startswith(CREATING):
                raise
            if instance is None:
                self._set_online()
            else:
                self._restore(instance)
            return None

    def _set_online(self) -> None:
        """Set nodes online that the test left offline.  No test leaves a node offline on purpose."""
        command = self._suite.qa_utils.AssertCommand
        listing = ["gnt-node", "list", "--no-headers", "--separator=|", "-o", "name,role"]
        for line in command(listing, fail=None)[1].split():
            name, _, role = line.partition("|")
            if role == "O":
                command(["gnt-node", "modify", "--force", "--offline=no", name], fail=None)

    def _restore(self, instance: Any) -> None:
        """Restore the state that the next test expects: running or stopped, and without disks that the test left."""
        command = self._suite.qa_utils.AssertCommand
        up = self._up.get(instance.name, True)
        listing = ["gnt-instance", "list", "--no-headers", "-o", "disk.count", instance.name]
        count = command(listing, fail=None)[1].strip()
        left = int(count) - len(self._suite.qa_config.GetDiskOptions()) if count.isdigit() else 0
        if left > 0 or not up:
            command(["gnt-instance", "shutdown", "--force", instance.name], fail=None)
        for _ in range(left):
            command(["gnt-instance", "modify", "--disk", "-1:remove", instance.name], fail=None)
        if up:
            command(["gnt-instance", "startup", "--force", instance.name], fail=None)

    def verify(self, *args: Any, **options: Any) -> None:
        """Verify the cluster between tests.  A failure is reported as a failed test."""
        if self._only is not None:
            return
        try:
            self._verify(*args, **options)
        except Exception as error:
            self.run_test(failing(self._verify, error), of=("cluster-verify",))

    def run_block(self, fn: Callable[..., Any], *args: Any, **options: Any) -> Any:
        while True:
            try:
                return self._run_block(fn, *args, **options)
            except Exception as error:
                traceback.print_exc(file=sys.stdout)
                emit(type="broken", block=fn.__name__, error=str(error))
                if fn.__name__ != "RunInstanceTests" or not self._templates.left:
                    return None


def takes_instance(suite: ModuleType, test: str) -> bool:
    """
    :raises SystemExit: when the suite has no such test
    """
    modules = [module for name, module in vars(suite).items() if name.startswith("qa_")]
    found = next((getattr(module, test) for module in modules if hasattr(module, test)), None)
    if found is None or not test.startswith("Test"):
        emit(type="broken", block=test, error=f"the suite has no test {test}")
        raise SystemExit(f"the suite has no test {test}")
    return "instance" in inspect.signature(inspect.unwrap(found)).parameters


def failing(of: Callable[..., Any], error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    fail.__name__, fail.__doc__, fail.__module__ = of.__name__, "gnt-cluster verify between tests", of.__module__
    return fail


def view(module: ModuleType, **changes: Any) -> SimpleNamespace:
    """Return a copy of a module with changed attributes, for one of its users."""
    return SimpleNamespace(**{**vars(module), **changes})


def flat(names: Any) -> tuple[str, ...]:
    """Return the test groups in an argument of `RunTestIf`: names, functions, and lists and `Either` of these."""
    if isinstance(names, str):
        return (names,)
    inner = getattr(names, "tests", names)
    return tuple(name for each in inner for name in flat(each)) if isinstance(inner, (list, tuple)) else ()


#: names of tests that run only because of `--with-skipped`
LIFTED: set[str] = set()


def lift(suite: ModuleType) -> None:
    """Enable tests that the suite skips on virtual clusters: OS definitions, out-of-band management, copyfile, RAPI."""
    suite.qa_config.NoVirtualCluster = lambda: True
    rapi = suite.qa_rapi
    rapi.qa_config = view(rapi.qa_config, UseVirtualCluster=lambda: False)
    LIFTED.update(name for name in vars(rapi) if name.startswith("Test"))
    LIFTED.update(name for name in vars(suite.qa_os) if name.startswith("Test"))
    LIFTED.update(("TestClusterCopyfile", "TestClusterOob", "TestOutOfBand"))


def load() -> ModuleType:
    sys.path.insert(0, str(PYTHON / "qa"))
    spec = importlib.util.spec_from_file_location("ganeti_qa", PYTHON / "qa" / "ganeti-qa.py")
    assert spec is not None and spec.loader is not None
    suite = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(suite)
    return suite


def main(arguments: list[str]) -> None:
    *flags, configuration = arguments
    # Write whole lines: other processes write to the same pipe.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    suite = load()
    if "--with-skipped" in flags:
        lift(suite)
    Continuing(suite, flags[flags.index("--only") + 1] if "--only" in flags else None).install()
    sys.argv = ["ganeti-qa.py", "--yes-do-it", configuration]
    try:
        suite.main()
    except Done:
        pass


if __name__ == "__main__":
    main(sys.argv[1:])
