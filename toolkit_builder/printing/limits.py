"""A print document, a time limit and a memory limit in; what the engine made of it, or a diagnostic, out.

The engine runs in a child process that stays for the next document, so a limit costs no start-up. A document that
takes too long has its child killed; the next one gets a new child. The child is a plain subprocess on two pipes, not a
``multiprocessing`` one, so this works inside the worker of any executor. Assets travel once for each child.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import IO, Any

from ..diagnostics import Diagnostic, error
from .document import PrintDocument, Printed
from .engine import WeasyPrintEngine

_LENGTH = struct.Struct(">Q")
_CHILD = "from toolkit_builder.printing.limits import serve; serve()"


class LimitedEngine:
    """``WeasyPrintEngine`` within limits: ``seconds`` of wall time a document, ``memory_mb`` of address space.

    The memory limit needs POSIX; elsewhere only the time limit holds. Not for use by several threads at once.
    """

    name = WeasyPrintEngine.name

    def __init__(self, *, seconds: float = 60.0, memory_mb: int = 2048) -> None:
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._child: subprocess.Popen[bytes] | None = None
        self._sent: dict[str, bytes] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def version(self) -> str:
        return WeasyPrintEngine().version

    def render(self, document: PrintDocument) -> tuple[Printed, list[Diagnostic]]:
        child = self._child or self._start()
        late = threading.Event()

        def end() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(self._seconds, end)
        timer.daemon = True
        timer.start()
        try:
            answer = self._ask(child, document)
        finally:
            timer.cancel()
        if answer is not None:
            return answer
        self.close()
        return Printed(pdf=b"", pages=0), [self._lost(document, late=late.is_set())]

    def close(self) -> None:
        """End the child; the next document starts another."""
        child, self._child = self._child, None
        self._sent = {}
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def __enter__(self) -> LimitedEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_child", None) is not None:
            self.close()

    def _start(self) -> subprocess.Popen[bytes]:
        # A killed child cannot clear up its temporary fonts: they go with this folder.
        self._folder = tempfile.TemporaryDirectory(prefix="toolkit-print-", ignore_cleanup_errors=True)
        settings = {
            **os.environ,
            **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self._folder.name),
            "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),
            "TOOLKIT_PRINT_MEMORY_MB": str(self._memory_mb),
        }
        self._child = subprocess.Popen(
            [sys.executable, "-c", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=settings,
        )
        return self._child

    def _ask(self, child: subprocess.Popen[bytes], document: PrintDocument) -> tuple[Printed, list[Diagnostic]] | None:
        """Send a document and wait for what it became; None when the child ended instead."""
        assert child.stdin is not None
        assert child.stdout is not None
        new = {path: data for path, data in document.assets.items() if self._sent.get(path) is not data}
        self._sent.update(new)
        try:
            _write(child.stdin, (replace(document, assets={}), new, tuple(document.assets)))
            found = _read(child.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            return None
        return found  # type: ignore[no-any-return]

    def _lost(self, document: PrintDocument, *, late: bool) -> Diagnostic:
        if late:
            text = f"the document was stopped: it took more than {self._seconds:g} seconds to print"
            hint = "avoid flex and grid boxes inside one another, or split the document"
            return error("Q115", text, document.span, hint=hint)
        text = f"the document was stopped: it needed more than {self._memory_mb} MB, or broke the print engine"
        return error("Q116", text, document.span, hint="use smaller pictures, or split the document")


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
    _limit_memory(int(os.environ.get("TOOLKIT_PRINT_MEMORY_MB", "0")))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get into the answers
    engine = WeasyPrintEngine()
    assets: dict[str, bytes] = {}
    while True:
        try:
            document, new, names = _read(sys.stdin.buffer)
        except EOFError:
            return
        assets.update(new)
        _write(answers, engine.render(replace(document, assets=_chosen(assets, names))))


def _chosen(assets: Mapping[str, bytes], names: tuple[str, ...]) -> dict[str, bytes]:
    return {name: assets[name] for name in names}


def _limit_memory(megabytes: int) -> None:
    if megabytes <= 0 or sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(ValueError, OSError):  # a stricter limit from outside stays
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, resource.getrlimit(resource.RLIMIT_AS)[1]))
