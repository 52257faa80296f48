"""A print document, a time limit and a memory limit in; what the engine made of it, or a diagnostic, out.

The engine runs in a child process that stays for the next document, so a limit costs no start-up. A document that
takes too long has its child killed; the next one gets a new child. The child is a plain subprocess on two pipes, not a
``multiprocessing`` one, so this works inside the worker of any executor. Assets travel once for each child. No child
outlives its parent, whichever way that ends: it watches whose child it is, and takes its temporary fonts along.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from multiprocessing.util import Finalize
from typing import IO, Any, NoReturn

from msgspec.structs import replace

from ..diagnostics import Diagnostic, error
from .document import PrintDocument, Printed
from .engine import WeasyPrintEngine

_LENGTH = struct.Struct(">Q")
_CHILD = "from toolkit_builder.printing.limits import serve; serve()"
_DOCUMENTS = 4000  # printed by one child: font libraries keep some 10 KB of each, for as long as they live
_ENDS_FIRST = 20  # among the finalizers of a process: before those of the engine
Answer = tuple[Printed, list[Diagnostic]]


class LimitedEngine:
    """``WeasyPrintEngine`` within limits: ``seconds`` of wall time a document, ``memory_mb`` of address space.

    The memory limit needs POSIX; elsewhere only the time limit holds. Several threads take turns; a process that is
    forked from one that has printed gets a child of its own.
    """

    name = WeasyPrintEngine.name

    def __init__(self, *, seconds: float = 60.0, memory_mb: int = 2048) -> None:
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._child = _Child()
        self._turn = threading.Lock()
        # Workers of a pool end without running destructors, but they do run these.
        Finalize(self, self._child.end, exitpriority=_ENDS_FIRST)

    @property
    def version(self) -> str:
        return WeasyPrintEngine().version

    def render(self, document: PrintDocument) -> Answer:
        if self._child.foreign:
            self._child.forget()
            self._turn = threading.Lock()
        with self._turn:
            return self._render(document)

    def _render(self, document: PrintDocument) -> Answer:
        if not self._child.alive or self._child.asked >= _DOCUMENTS:
            self._child.end()
            self._child.start(self._memory_mb)
        late = threading.Event()

        def stop() -> None:
            late.set()
            self._child.kill()

        timer = threading.Timer(self._seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            answer = self._child.ask(document)
        finally:
            timer.cancel()
        if answer is not None:
            return answer
        self._child.end()
        return Printed(pdf=b"", pages=0), [self._lost(document, late=late.is_set())]

    def close(self) -> None:
        """End the child; the next document starts another."""
        self._child.end()

    def __enter__(self) -> LimitedEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _lost(self, document: PrintDocument, *, late: bool) -> Diagnostic:
        if late:
            text = f"the document was stopped: it took more than {self._seconds:g} seconds to print"
            hint = "avoid flex and grid boxes inside one another, or split the document"
            return error("Q115", text, document.span, hint=hint)
        text = f"the document was stopped: it needed more than {self._memory_mb} MB, or broke the print engine"
        return error("Q116", text, document.span, hint="use smaller pictures, or split the document")


class _Child:
    """The process that prints, as long as there is one, and what it has been sent."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._sent: dict[str, bytes] = {}
        self._folder = ""
        self.asked = 0
        """How many documents it has been sent."""

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def foreign(self) -> bool:
        """Whether it is the child of the process that this one was forked from."""
        return self._process is not None and self._owner != os.getpid()

    def start(self, memory_mb: int) -> None:
        # A killed child cannot clear up its temporary fonts: they go with this folder.
        self._folder = tempfile.mkdtemp(prefix="toolkit-print-")
        settings = {
            **os.environ,
            **dict.fromkeys(("TMPDIR", "TEMP", "TMP", "TOOLKIT_PRINT_FOLDER"), self._folder),
            "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),
            "TOOLKIT_PRINT_MEMORY_MB": str(memory_mb),
            "TOOLKIT_PRINT_PARENT": str(os.getpid()),
        }
        self._owner = os.getpid()
        self.asked = 0
        self._process = subprocess.Popen(
            [sys.executable, "-c", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=settings,
        )

    def ask(self, document: PrintDocument) -> Answer | None:
        """Send a document and wait for what it became; None when the child ended instead."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        new = {path: data for path, data in document.assets.items() if self._sent.get(path) != data}
        self._sent.update(new)
        self.asked += 1
        try:
            _write(self._process.stdin, (replace(document, assets={}), new, tuple(document.assets)))
            found = _read(self._process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            return None
        return found  # type: ignore[no-any-return]

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def end(self) -> None:
        """Kill it and clear up after it. Nothing is left, and it may be started again."""
        if self.foreign:
            self.forget()
        process, self._process = self._process, None
        self._sent = {}
        if process is not None:
            process.kill()
            process.wait()
            _close_pipes(process)
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""

    def forget(self) -> None:
        """In a forked process: the child is not ours to end."""
        process, self._process = self._process, None
        self._sent, self._folder = {}, ""
        if process is not None:
            process.returncode = 0  # or it would be waited for
            _close_pipes(process)


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _write(pipe: IO[bytes], value: Any) -> None:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _read(pipe: IO[bytes]) -> Any:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)


def serve() -> None:
    """The child: print what comes in on one pipe, answer on the other, until the first is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    signal.signal(signal.SIGTERM, lambda *_: _leave())  # sent to parent and child alike
    parent = int(os.environ.get("TOOLKIT_PRINT_PARENT", "0"))
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _limit_memory(int(os.environ.get("TOOLKIT_PRINT_MEMORY_MB", "0")))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get into the answers
    engine = WeasyPrintEngine()
    assets: dict[str, bytes] = {}
    while True:
        try:
            document, new, names = _read(sys.stdin.buffer)
        except EOFError:
            _leave()
        assets.update(new)
        _write(answers, engine.render(replace(document, assets=_chosen(assets, names))))


def _end_with(parent: int) -> None:
    """Do not outlive a parent that was killed in the middle of a document."""
    while os.getppid() == parent:
        time.sleep(0.5)
    _leave()


def _leave() -> NoReturn:
    """End at once: the engine's own farewell is slow, and complains on the terminal when fonts have gone before it."""
    if folder := os.environ.get("TOOLKIT_PRINT_FOLDER"):
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _chosen(assets: Mapping[str, bytes], names: tuple[str, ...]) -> dict[str, bytes]:
    return {name: assets[name] for name in names}


def _limit_memory(megabytes: int) -> None:
    if megabytes <= 0 or sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(ValueError, OSError):  # a stricter limit from outside stays
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, resource.getrlimit(resource.RLIMIT_AS)[1]))
