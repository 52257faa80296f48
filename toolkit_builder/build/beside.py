"""Pages to be rendered come in, one by one; their bytes go out, made by a process beside this one.

It is forked as soon as the theme is known, and makes ready what rendering needs (imports, compiled templates) while
this one reads and links. Where it cannot be forked, or is lost, its work is done right here. Nothing that it makes
depends on it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import select
import signal
import struct
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NoReturn, TypeAlias

from toolkit_builder.build.jobs import Renderer, Toolchain
from toolkit_builder.build.rendering import Ready, Result, render_ready, renderers_of
from toolkit_builder.build.workers import can_fork, forked, processors

Rehearse: TypeAlias = "Callable[[Mapping[str, Renderer]], Iterator[object]]"

_LENGTH = struct.Struct("<Q")
_PIECE = 1 << 20
_MOST_FILES = 1 << 16
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ, linux/fcntl.h


class Beside:
    """A process that renders. Values go to and fro through pipes, pickled: both ends are this program, and nothing is
    kept."""

    def __init__(self, toolchain: Toolchain, formats: Collection[str], rehearse: Rehearse) -> None:
        """Start it, for jobs of these ``formats``. ``rehearse`` makes ready what they need, step by step.

        Raises OSError.
        """
        self._toolchain, self._formats = toolchain, formats
        self._under_way: dict[int, Ready] = {}
        self._buffer = bytearray()
        tasks, self._tasks = os.pipe()
        self._results, results = os.pipe()
        for pipe in (tasks, results):
            _widen(pipe)
        self._child = forked()
        if self._child == 0:
            try:
                _close_all_but(tasks, results)
                _Worker(toolchain, tasks, results).run(rehearse)
            finally:
                os._exit(1)
        os.close(tasks)
        os.close(results)
        os.set_blocking(self._tasks, False)
        self._lost = False

    def takes(self, ready: Ready) -> bool:
        """Whether a job is handed over; its result comes later."""
        if self._lost or ready.format not in self._formats:
            return False
        try:
            value = pickle.dumps(ready.resolved())
        except Exception:  # it is told of where the job is rendered in its stead
            return False
        self._under_way[ready.position] = ready
        self._send(_LENGTH.pack(len(value)) + value)
        return True

    def results(self) -> Iterator[Result]:
        """What has been handed over, as it gets ready; what was lost is made here."""
        while self._under_way:
            while (result := self._next()) is None and not self._lost:
                self._take()
            if result is None:
                break
            if self._under_way.pop(result.position, None):
                yield result
        for ready in list(self._under_way.values()):
            del self._under_way[ready.position]
            yield render_ready(self._toolchain, ready)

    def stop(self) -> None:
        """End it, whatever it is doing; `close` waits until it has ended."""
        self._lost = True
        if self._child:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)

    def close(self) -> None:
        """End it, and see that it has ended."""
        self.stop()
        if self._child:
            for descriptor in (self._tasks, self._results):
                os.close(descriptor)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self._child, 0)
            self._child = 0

    def _send(self, data: bytes) -> None:
        """Both ways at once: a process that waits to be read from does not read."""
        poll, view = select.poll(), memoryview(data)
        poll.register(self._results, select.POLLIN)
        poll.register(self._tasks, select.POLLOUT)
        while view and not self._lost:
            for descriptor, event in poll.poll():
                if descriptor == self._results:
                    self._take()
                elif event & select.POLLOUT:
                    try:
                        view = view[os.write(self._tasks, view) :]
                    except BlockingIOError:
                        continue
                    except OSError:
                        self._lost = True
                else:
                    self._lost = True

    def _take(self) -> None:
        data = os.read(self._results, _PIECE)
        self._lost = self._lost or not data
        self._buffer += data

    def _next(self) -> Result | None:
        if (value := _frame(self._buffer)) is None:
            return None
        found: Result = pickle.loads(value)
        return found


class _Worker:
    """The other process."""

    def __init__(self, toolchain: Toolchain, tasks: int, results: int) -> None:
        self._toolchain, self._tasks, self._results = toolchain, tasks, results
        self._buffer = bytearray()

    def run(self, rehearse: Rehearse) -> NoReturn:
        gc.freeze()  # what was inherited lives as long as this process: never walk (and so copy) it
        waiting = select.poll()
        waiting.register(self._tasks, select.POLLIN)
        for _ in rehearse(renderers_of(self._toolchain)):
            while waiting.poll(0):
                self._read()
        while True:
            self._read()

    def _read(self) -> None:
        """Wait for more to do, and do it. The end of the other process is the end of this one."""
        data = os.read(self._tasks, _PIECE)
        if not data:
            os._exit(0)
        self._buffer += data
        while (value := _frame(self._buffer)) is not None:
            said = pickle.dumps(render_ready(self._toolchain, pickle.loads(value)))
            view = memoryview(_LENGTH.pack(len(said)) + said)
            while view:
                view = view[os.write(self._results, view) :]


def _frame(buffer: bytearray) -> bytes | None:
    """The first whole value of a buffer, which is taken out of it."""
    if len(buffer) < _LENGTH.size:
        return None
    end = _LENGTH.size + _LENGTH.unpack_from(buffer)[0]
    if len(buffer) < end:
        return None
    value = bytes(memoryview(buffer)[_LENGTH.size : end])
    del buffer[:end]
    return value


def _close_all_but(*kept: int) -> None:
    """What this process has inherited and somebody might wait for: the lock, the database, the ends of pipes."""
    start = 3
    for descriptor in sorted(kept):
        os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, _MOST_FILES)


def _widen(pipe: int) -> None:
    """Room for a page or two, so that neither process waits for the other."""
    import fcntl

    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe, _SET_PIPE_SIZE, _PIECE)


def started(toolchain: Toolchain, formats: Collection[str], rehearse: Rehearse) -> Beside | None:
    """A process beside this one; None where there is no processor for it, or where none can be forked."""
    if processors() > 1 and can_fork():
        with contextlib.suppress(OSError):
            return Beside(toolchain, formats, rehearse)
    return None
