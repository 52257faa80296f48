"""A path and what is to stand there in; a file that is whole, or none, out: for everything but the built site."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, cast


def write(path: Path, data: str | bytes, *, over: bool = False) -> None:
    """Write a file and the folders above it; what cannot be written to its end is not there afterwards.

    ``over`` puts it in the place of one that is there already. Raises FileExistsError without it, and else an OSError
    that names the file: a full disk tells no name of its own.
    """
    fresh = path.with_name(f".{path.name}.new") if over else path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _opened(fresh, "wb" if over else "xb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
        if over:
            fresh.replace(path)
    except FileExistsError:
        raise
    except OSError as problem:
        if fresh.is_file():
            fresh.unlink()
        raise OSError(problem.errno, problem.strerror, str(path)) from problem


def _opened(path: Path, mode: str) -> BinaryIO:
    return cast(BinaryIO, path.open(mode))
