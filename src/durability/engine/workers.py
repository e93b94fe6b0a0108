"""Analysing many files: in this process for few, in worker processes for many; the death of one costs one file."""

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context

import msgspec

from durability.engine.source import Analysed, analyse
from durability.sources.guard import RECURSION_LIMIT
from durability.sources.model import SourceFile

Progress = Callable[[str, int, int], None]

WORTH_A_POOL = 600_000
"""Bytes of source from which worker processes pay for their start (measured: about 15,000 lines)."""
_CHUNK = 120_000
_MOST_WORKERS = 8


def analyse_all(files: Sequence[SourceFile], workers: int, progress: Progress | None) -> list[Analysed]:
    """The file phase of every file, in the order given.

    `workers` 0 chooses: one process for small projects, else one per core. `progress` is told (path, done, total).
    """
    sizes = [_size(file) for file in files]
    count = workers or min(os.cpu_count() or 1, _MOST_WORKERS)
    if count == 1 or (workers == 0 and sum(sizes) < WORTH_A_POOL):
        return _in_process(files, progress)
    return _in_pool(files, sizes, count, progress)


def _in_process(files: Sequence[SourceFile], progress: Progress | None) -> list[Analysed]:
    allow_depth()
    found = []
    with uncollected():
        for number, file in enumerate(files, start=1):
            if progress:
                progress(file.path, number, len(files))
            found.append(analyse(file))
    return found


def allow_depth() -> None:
    """Make this process fit to parse: a stack that is deep enough."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the cyclic collector: facts hold no cycles and live to the end, so searching them frees nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def analyse_chunk(files: Sequence[SourceFile]) -> bytes:
    """The file phase of some files in a worker; facts travel as MessagePack."""
    return msgspec.msgpack.encode([analyse(file) for file in files])


def _in_pool(
    files: Sequence[SourceFile], sizes: Sequence[int], count: int, progress: Progress | None
) -> list[Analysed]:
    found: dict[str, Analysed] = {}
    chunks = list(_chunks(files, sizes))
    broken: list[SourceFile] = []
    pool = _pool(count)
    try:
        running = [(chunk, _submit(pool, chunk)) for chunk in chunks]
        for chunk, future in running:
            results = _results(future)
            if results is None:
                broken.extend(chunk)
            for item in results or ():
                found[item.path] = item
            if progress:
                progress(chunk[-1].path, len(found), len(files))
    except BaseException:
        _stop(pool)
        raise
    pool.shutdown()
    for file in broken:
        found[file.path] = _alone(file)
    return [found[file.path] for file in files]


def _stop(pool: ProcessPoolExecutor) -> None:
    """End at once, without waiting for work that nobody wants any more."""
    pool.shutdown(wait=False, cancel_futures=True)
    for child in active_children():
        child.terminate()


def _start_worker() -> None:
    """Workers leave Ctrl-C to their parent, which stops them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    allow_depth()
    gc.disable()


def _pool(count: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(count, mp_context=get_context(_way_to_start()), initializer=_start_worker)


def _way_to_start() -> str:
    """A fork has everything imported, but may inherit a lock that another thread holds; then, and elsewhere, spawn."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


def _submit(pool: Executor, chunk: Sequence[SourceFile]) -> "Future[bytes] | None":
    try:
        return pool.submit(analyse_chunk, chunk)
    except BrokenProcessPool:
        return None


def _results(future: "Future[bytes] | None") -> list[Analysed] | None:
    if future is None:
        return None
    try:
        return msgspec.msgpack.decode(future.result(), type=list[Analysed])
    except BrokenProcessPool:
        return None


def _alone(file: SourceFile) -> Analysed:
    """One file in a process of its own, so that its death is told from its neighbours'."""
    with _pool(1) as pool:
        results = _results(_submit(pool, [file]))
    return results[0] if results else Analysed(file.path, "", None, "the parser died on this file")


def _chunks(files: Sequence[SourceFile], sizes: Sequence[int]) -> Iterator[list[SourceFile]]:
    chunk: list[SourceFile] = []
    size = 0
    for file, weight in zip(files, sizes, strict=True):
        chunk.append(file)
        size += weight
        if size >= _CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _size(file: SourceFile) -> int:
    try:
        return os.stat(file.absolute).st_size
    except OSError:
        return 0
