"""Many submissions at once: threads over two warm servers here, or a cluster of machines.

Both are executors of `concurrent.futures`, so that the batch knows no difference.
"""

import atexit
import contextlib
import itertools
import os
import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from coursekit.grading import jail, scorer, work


class Shared(scorer.Scorer):
    """A scorer that several threads use at once.

    All students' processes are forks of the same two servers. Who takes one of them down disturbs the
    others only in time: what ran meanwhile is graded again, each with servers of its own.
    """

    def __init__(self, *args, **kwargs):
        # The kernel ends a server with the thread that started it: this one lives as long as the scorer.
        self._starter = ThreadPoolExecutor(1)
        super().__init__(*args, **kwargs)

    def _start(self, name, imports):
        return self._starter.submit(super()._start, name, imports).result()

    def _alive(self):
        return {name: (p.pid, p.poll()) for name, (p, _) in list(self.servers.items())}

    def score(self, *args, **kwargs):
        """Grade one notebook, as `Scorer.score` does."""
        before = self._alive()
        result = super().score(*args, **kwargs)
        if self._alive() == before:
            return result
        with scorer.Scorer(self.limits, self.walls, self.readable) as own:
            return own.score(*args, **kwargs)

    def close(self):
        """End both servers and everything they started."""
        super().close()
        self._starter.shutdown()


class Here:
    """Threads on this machine, each with cores of its own: a submission that keeps its own busy slows no other.

    Parameters
    ----------
    jobs : int
        Submissions graded at the same time.
    walls : dict
        What a scorer is made with.

    Raises
    ------
    coursekit.grading.scorer.NoSandbox
        If this machine cannot hold a submission.
    """

    def __init__(self, jobs, walls):
        self.ahead = 2 * jobs
        self._scorer = Shared(**walls)
        self._executor = ThreadPoolExecutor(jobs, initializer=self._take_cores)
        self._shares = itertools.cycle(shares(sorted(os.sched_getaffinity(0)), jobs))

    def _take_cores(self):
        os.sched_setaffinity(0, next(self._shares))

    def submit(self, job):
        """Begin a submission; return its future."""
        return self._executor.submit(work.grade, self._scorer, job)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._scorer.close()
        self._executor.shutdown()


class Cluster:
    """The workers of a running dask cluster.

    Parameters
    ----------
    address : str
        Of the scheduler, for example tcp://10.0.0.5:8786.
    walls : dict
        What a scorer is made with, on each worker.

    Raises
    ------
    RuntimeError
        If dask is not installed here, or nobody answers at the address.
    """

    def __init__(self, address, walls):
        try:
            import distributed
        except ImportError:
            words = "--scheduler needs dask's distributed: pip install 'coursekit[grading]'"
            raise RuntimeError(words) from None
        self._walls = {**walls, "readable": list(walls["readable"])}
        try:
            self._client = distributed.Client(address, timeout=10, set_as_default=False)
        except (OSError, ValueError) as error:
            words = f"no dask scheduler answers at {address!r} ({error}); start one with: dask scheduler"
            raise RuntimeError(words) from None
        cores = sum(self._client.nthreads().values())
        self.ahead = max(8, 3 * cores)
        self._executor = self._client.get_executor(pure=False)

    def submit(self, job):
        """Begin a submission; return its future."""
        return self._executor.submit(remote, work.pack({**job, "walls": self._walls}))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(Exception):
            self._executor.shutdown(wait=False, cancel_futures=True)
        self._client.close(timeout=10)


_scorers, _lock = {}, threading.Lock()


def remote(body):
    """Grade a packed submission with this process's own scorer; return the packed result."""
    job = work.unpack(body)
    walls = job.pop("walls")
    key = str(sorted(walls.items()))
    with _lock:
        if key not in _scorers:
            made = Shared(jail.Limits(*walls["limits"]), walls["walls"], walls["readable"])
            _scorers[key] = made
            atexit.register(made.close)
    return work.pack(work.grade(_scorers[key], job))


def each(pool, jobs):
    """Grade jobs and yield (name, result or exception) in the order in which they are done.

    Parameters
    ----------
    pool : Here or Cluster
    jobs : iterator of tuple
        (name, job); it is asked for the next one only when there is room, so that memory stays flat.
    """
    names, jobs = {}, iter(jobs)
    while True:
        while len(names) < pool.ahead:
            name, job = next(jobs, (None, None))
            if name is None:
                break
            names[pool.submit(job)] = name
        if not names:
            return
        for future in wait(names, return_when=FIRST_COMPLETED).done:
            try:
                found = future.result()
                found = work.unpack(found) if isinstance(found, bytes) else found
            except Exception as error:
                found = error
            yield names.pop(future), found


def shares(cores, jobs):
    """Divide cores among jobs: each has its own where there are enough.

    Examples
    --------
    >>> shares([0, 1, 2], 2)
    [[0, 2], [1]]
    >>> shares([0, 1], 3)
    [[0], [1], [0]]
    """
    return [cores[i % len(cores) :: jobs] for i in range(jobs)]


def cores():
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
