"""A tree that has just been published comes in; afterwards its standby tree is as it is, so that an edit need not wait.

After a cold build 30,000 links are to be made, and after a change of the base template as many to be made anew: a
forked process does it while this one writes down what was built. The next build does whatever was not done.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from toolkit_builder.build.manifest import Tree, identity
from toolkit_builder.build.publish import Publication
from toolkit_builder.build.workers import can_fork, end_with_parent, forked, processors

_MANY = 300  # files: fewer are linked by the next build sooner than a process is forked


@contextmanager
def following(publication: Publication, tree: Tree) -> Iterator[None]:
    """Inside the ``with`` block another process brings the standby tree to what ``publication`` has made live.

    It has ended when the block is left, so it works under the lock of this process, and it does not outlive it. While
    it is at work the standby tree has no state file, as during any build: where it is killed or fails, the next build
    looks at what there is.
    """
    behind = len(publication.written) if identity(publication.standby) else len(tree.files)
    if behind < _MANY or not can_fork() or processors() < 2:
        yield
        return
    parent = os.getpid()
    try:
        child = forked()
    except OSError:  # no more processes, or no memory for one
        yield
        return
    if child == 0:
        try:
            _follow(publication, tree, parent)
        finally:
            os._exit(1)
    try:
        yield
        _wait_for(child)
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _wait_for(child)
        raise


def _wait_for(child: int) -> None:
    with contextlib.suppress(ChildProcessError):  # it has ended, and who started this process wanted not to be told
        os.waitpid(child, 0)


def _follow(publication: Publication, tree: Tree, parent: int) -> None:
    """In the other process; never returns. Whatever goes wrong here is no fault of the build."""
    gc.freeze()
    end_with_parent(parent)
    with contextlib.suppress(OSError):
        Publication(publication.output, publication.state, tree).follow(tree, _by_two)
    os._exit(0)


def _by_two(work: Callable[[Sequence[str]], None], paths: Sequence[str]) -> None:
    """Half of the work is done by one process more: it is waiting for the disk, for the most part. Raises OSError."""
    middle, here = len(paths) // 2, os.getpid()
    child = forked()
    if child == 0:
        try:
            end_with_parent(here)
            work(paths[middle:])
            os._exit(0)
        finally:
            os._exit(1)
    try:
        work(paths[:middle])
    finally:
        _, status = os.waitpid(child, 0)
    if status:
        raise ChildProcessError(f"it ended with {status}")
