"""Runs Ganeti's QA suite to its end, where its own `ganeti-qa.py` ends at the first test that fails.

The suite's files stay as they are, and each test runs as it is written.  Changed is, in memory, what calls the tests: `RunTest` lets
a failure be and goes on, and puts the instance concerned back to where the next test expects it.  Of what it knows beyond the suite's
own output it tells in lines that begin with `####`, with JSON: `src/qa/parse-line.ts` reads both.

Usage: run_suite.py [--with-skipped] CONFIG
"""

import importlib.util
import json
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

PYTHON = Path(__file__).parent / "python"
#: those that give what the tests after them need: without, these cannot be run
GIVING = ("TestInstanceAdd", "TestRapiInstanceAdd", "TestRapiInstanceMultiAlloc")


def tell(**facts: Any) -> None:
    print(f"#### {json.dumps(facts)}", flush=True)


class Templates:
    """The kinds of instances that are tested, each once: when one of them breaks off, the next goes on after it."""

    def __init__(self, kinds: list[Any]) -> None:
        self.left = list(kinds)

    def __iter__(self) -> Iterator[Any]:
        while self.left:
            yield self.left.pop(0)


class GoingOn:
    def __init__(self, suite: ModuleType) -> None:
        self._suite = suite
        self._run_test = suite.RunTest
        self._run_block = suite.RunTestBlock
        self._verify = suite.qa_cluster.AssertClusterVerify
        self._templates = Templates(suite.qa_instance.available_instance_tests)
        #: whether an instance is to run, as far as the tests have said so
        self._up: dict[str, bool] = {}

    def install(self) -> None:
        suite = self._suite
        suite.RunTest = self.run_test
        suite.RunTestIf = self.run_test_if
        suite.RunTestBlock = self.run_block
        suite.qa_instance.available_instance_tests = self._templates
        # In the script's own view only: tests that call it mean it.
        suite.qa_cluster = view(suite.qa_cluster, AssertClusterVerify=self.verify)

    def run_test_if(self, names: Any, fn: Callable[..., Any], *args: Any, **options: Any) -> None:
        if self._suite.qa_config.TestEnabled(names):
            self.run_test(fn, *args, of=flat(names), **options)
        else:
            self._suite.ReportTestSkip(self._suite._DescriptionOf(fn), names)

    def run_test(self, fn: Callable[..., Any], *args: Any, of: tuple[str, ...] = (), **options: Any) -> Any:
        tell(type="test", of=of, module=fn.__module__.rpartition(".")[2], lifted=fn.__name__ in LIFTED)
        instance = args[0] if args and isinstance(args[0], self._suite.qa_config._QaInstance) else None
        if instance is not None and fn.__name__ in ("TestInstanceShutdown", "TestInstanceStartup"):
            self._up[instance.name] = fn.__name__ == "TestInstanceStartup"
        try:
            return self._run_test(fn, *args, **options)
        except Exception:
            traceback.print_exc(file=sys.stdout)
            if fn.__name__.startswith(GIVING):
                raise
            if instance is None:
                self._set_online()
            else:
                self._restore(instance)
            return None

    def _set_online(self) -> None:
        """Nodes that the test has left offline: no test leaves one so on purpose."""
        command = self._suite.qa_utils.AssertCommand
        listing = ["gnt-node", "list", "--no-headers", "--separator=|", "-o", "name,role"]
        for line in command(listing, fail=None)[1].split():
            name, _, role = line.partition("|")
            if role == "O":
                command(["gnt-node", "modify", "--force", "--offline=no", name], fail=None)

    def _restore(self, instance: Any) -> None:
        """As it was to be after the test that failed: running or not, and without disks that the test has left."""
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
        """Between the tests.  When it fails, it is told of as if it were one."""
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
                tell(type="broken", block=fn.__name__, error=str(error))
                if fn.__name__ != "RunInstanceTests" or not self._templates.left:
                    return None


def failing(of: Callable[..., Any], error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    fail.__name__, fail.__doc__, fail.__module__ = of.__name__, "gnt-cluster verify, between the tests", of.__module__
    return fail


def view(module: ModuleType, **changes: Any) -> SimpleNamespace:
    """A module with something changed, for one who uses it."""
    return SimpleNamespace(**{**vars(module), **changes})


def flat(names: Any) -> tuple[str, ...]:
    """The configuration's names of tests in what `RunTestIf` is given: also in lists, `Either`, beside functions."""
    if isinstance(names, str):
        return (names,)
    inner = getattr(names, "tests", names)
    return tuple(name for each in inner for name in flat(each)) if isinstance(inner, (list, tuple)) else ()


#: names of tests that run because of `--with-skipped` only
LIFTED: set[str] = set()


def lift(suite: ModuleType) -> None:
    """Runs what the suite leaves out on virtual clusters: tests of OS definitions, out-of-band management, copyfile; RAPI."""
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
    # A line at once, whoever else writes to the same pipe.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    suite = load()
    if "--with-skipped" in flags:
        lift(suite)
    GoingOn(suite).install()
    sys.argv = ["ganeti-qa.py", "--yes-do-it", configuration]
    suite.main()


if __name__ == "__main__":
    main(sys.argv[1:])
