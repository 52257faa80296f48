"""Two folders come in; afterwards each stands at the other's place, in one system call where there is one."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # linux/fs.h
_RENAME_SWAP = 2  # sys/stdio.h on macOS
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}


@cache
def _system_call() -> Any:
    """A function of two encoded paths that exchanges them, or None where the platform has none."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform.startswith("linux"):
            call = library.renameat2
            call.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
            return lambda a, b: call(_AT_FDCWD, a, _AT_FDCWD, b, _RENAME_EXCHANGE)
        if sys.platform == "darwin":
            call = library.renamex_np
            call.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_uint]
            return lambda a, b: call(a, b, _RENAME_SWAP)
    except (OSError, AttributeError, TypeError):  # no such library or symbol (Windows, musl before 1.2.5)
        pass
    return None


def in_one_call(a: Path, b: Path) -> bool:
    """Exchange two folders atomically; False where the platform or file system cannot. Raises OSError."""
    call = _system_call()
    if call is None:
        return False
    if call(os.fsencode(a), os.fsencode(b)) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(b))


def in_two_renames(new: Path, live: Path, aside: Path) -> None:
    """Put ``new`` in the place of ``live`` and ``live`` at ``aside``.

    For a moment there is no ``live``: `places.recover` finishes the work where a kill hits that moment.
    """
    os.rename(live, aside)
    try:
        os.rename(new, live)
    except OSError:
        os.rename(aside, live)
        raise
