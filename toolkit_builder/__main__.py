"""The ``toolkit`` command: what was typed comes in, an exit code goes out (0 good, 1 content, 2 usage, 3 fault)."""

from __future__ import annotations

import atexit
import gc
import os
import sys


def main() -> None:
    """Run the command line, to the end of the process."""
    try:
        if sys.getfilesystemencoding() != "utf-8":
            _start_again()
        if None in (sys.stdin, sys.stdout, sys.stderr):
            _open_what_is_closed()
        _leave(_run())
    except KeyboardInterrupt:  # while things are imported; `cli.run` answers it as soon as it is there
        sys.stderr.write("Stopped; the last good site is still in place.\n")
        sys.exit(130)


def _run() -> int:
    """The exit code; the build that has nothing to do is answered before anything heavy is imported."""
    from toolkit_builder import quick

    try:
        answered, looked = quick.answer(sys.argv[1:])
    except OSError:  # what it says cannot be written; the long way says so
        answered, looked = False, None
    if answered:
        sys.exit(0)
    gc.set_threshold(1_000_000, 50, 100)  # what is imported stays: looking through it for garbage takes a tenth of it
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # else all installed packages are asked for theirs
    from toolkit_builder.cli import run

    code = run(sys.argv[1:], looked)
    if looked:
        looked.files.end()
    gc.freeze()  # nor is there anything to be gained from looking through what ends with the process
    return code


def _leave(code: int) -> None:
    """End, without taking 200 MB apart value by value first where nobody is left who could miss it."""
    threading = sys.modules.get("threading")
    if "multiprocessing" not in sys.modules and (threading is None or threading.active_count() == 1):
        atexit._run_exitfuncs()
        try:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
        except (OSError, ValueError):  # what cannot be written is reported on the usual way out
            sys.exit(code)
        os._exit(code)
    sys.exit(code)


def _open_what_is_closed() -> None:
    """A stream that is closed leads nowhere from here on; else the next file that is opened would be in its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _start_again() -> None:
    """In UTF-8 mode: file names must not be read otherwise because somebody's locale is of another character set."""
    words = [os.fsencode(word) for word in sys.argv[1:]]
    command = [os.fsencode(sys.executable), b"-X", b"utf8", b"-m", b"toolkit_builder", *words]
    os.execve(command[0], command, {**os.environ, "PYTHONUTF8": "1"})


if __name__ == "__main__":
    main()
