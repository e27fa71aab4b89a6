"""The process a local model lives in: reads calls from its standard input, answers on its output.

One JSON object a line. The first one read is what to load; answered by ``ready``, or by ``failed``
and the end. Then calls, each with an ``id`` that its answers carry: ``stream`` (``piece``…, then
``end``), ``likelihood`` and ``peak`` (``end``), ``count`` (``end``, at any time). ``stop`` ends the
call of an id. A ``beat`` says now and then that a load or a computation goes on. The process ends
with its input. The other side is `assistant.engines.process`.
"""

import json
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from assistant.engines.protocol import Message
from ingest.errors import ModelUnavailable, RefdeskError, UsageError

_BEAT_S = 1.0
_PROOF = (
    "Say in one sentence what this is about: a cache keeps the keys and values of the tokens that "
    "were read, so that a new token is compared with them and nothing is computed a second time."
)


class _ReplyStream:
    """Where answers are written, by several threads."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._beaten = 0.0

    def tell(self, **what: Any) -> None:
        """Write one answer. The process ends where nobody reads it."""
        line = json.dumps(what).encode() + b"\n"
        try:
            with self._lock:
                self._stream.write(line)
                self._stream.flush()
        except OSError:
            os._exit(0)

    def beat(self) -> None:
        """Say that it goes on, at most once a second."""
        now = time.monotonic()
        if now - self._beaten >= _BEAT_S:
            self._beaten = now
            self.tell(beat=True)


def main() -> None:
    """Load what the first line names, and answer until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asked
    with suppress(OSError):  # where memory runs out, this process is the one to end
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    line = _ReplyStream(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)  # what any library prints is no answer
    asked = sys.stdin.buffer
    wanted = json.loads(asked.readline())
    served = _Served(line)
    threading.Thread(target=served.listen, args=(asked,), daemon=True).start()
    try:
        served.load(wanted)
    except RefdeskError as error:
        line.tell(failed=str(error))
        return
    except Exception as error:  # told, not lost: this process has no terminal
        line.tell(failed=f"llama.cpp cannot be used: {type(error).__name__}: {error}")
        return
    served.work()


class _Served:
    """A model, once it is loaded, and the calls that wait for it."""

    def __init__(self, line: _ReplyStream) -> None:
        self._line = line
        self._calls: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._stopped = -1  # the newest call that was stopped: calls come one after the other

    def load(self, wanted: dict[str, Any]) -> None:
        """Load the model, prove it if that is wanted, and say so."""
        from assistant.engines.local import LocalEngine  # loads llama.cpp

        prefix = [Message(*message) for message in wanted["prefix"]]
        self._engine = LocalEngine(
            Path(wanted["path"]),
            Path(wanted["cache"]) if wanted["cache"] else None,
            prefix,
            fast_kernels=wanted["fast_kernels"],
            beat=self._line.beat,
        )
        if wanted["prove"]:  # whole pieces, a piece begun, and tokens one at a time: every kernel
            for _ in self._engine.stream([*prefix, Message("user", _PROOF)], max_tokens=3):
                pass
        self._line.tell(ready=True, context=self._engine.context)

    def listen(self, asked: BinaryIO) -> None:
        """Take calls in until the input ends, and the process with it, even while it loads."""
        for raw in asked:
            call = json.loads(raw)
            if call["call"] == "stop":
                self._stopped = max(self._stopped, call["id"])
            elif call["call"] == "count":
                self._answer(call, lambda call: self._engine.count_tokens(call["text"]))
            else:
                self._calls.put(call)
        os._exit(0)

    def work(self) -> None:
        """Answer the calls that need the model, one after the other."""
        does: dict[str, Callable[[dict[str, Any]], Any]] = {
            "stream": self._stream, "likelihood": self._likelihood, "peak": _peak,
        }  # fmt: skip
        while True:
            call = self._calls.get()
            self._answer(call, does[call["call"]])

    def _answer(self, call: dict[str, Any], work: Callable[[dict[str, Any]], Any]) -> None:
        number = call["id"]
        try:
            outcome = work(call)
        except UsageError as error:
            self._line.tell(id=number, refused=str(error))
        except ModelUnavailable as error:
            self._line.tell(id=number, failed=str(error))
        except Exception as error:  # told, not lost: this process has no terminal
            self._line.tell(id=number, failed=f"The model failed: {type(error).__name__}: {error}")
        else:
            self._line.tell(id=number, end=outcome, evaluated=self._engine.evaluated)

    def _stream(self, call: dict[str, Any]) -> None:
        number = call["id"]
        messages = [Message(*message) for message in call["messages"]]
        for piece in self._engine.stream(
            messages, max_tokens=call["max_tokens"], stop=lambda: self._stopped >= number
        ):
            self._line.tell(id=number, piece=piece)

    def _likelihood(self, call: dict[str, Any]) -> float | None:
        number = call["id"]
        messages = [Message(*message) for message in call["messages"]]
        logprob: float | None = self._engine.likelihood(
            messages, call["beginning"], stop=lambda: self._stopped >= number
        )
        return logprob


def _peak(call: dict[str, Any]) -> int | None:
    """Return the most bytes of memory this process has held; None where that is not told."""
    peak: int | None = None
    if sys.platform != "win32":
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        peak = unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak


if __name__ == "__main__":
    main()
