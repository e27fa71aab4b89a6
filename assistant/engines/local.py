"""A GGUF model in this process, by llama.cpp.

Prompts are put together from the model's own chat template; only the template's part may hold
control tokens, so text from a page stays text. A prompt is always evaluated in the same pieces: the
fixed beginning, then 256 tokens at a time. Sums come out slightly different in other pieces, enough
to change a reply; so only whole pieces are reused, from the prompt before or, for the fixed
beginning, from a file of an earlier start, and a reply never depends on what came before it.
"""

import codecs
import contextlib
import glob
import hashlib
import signal
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path

import numpy as np
from jinja2 import TemplateError

from assistant.engines import machine
from assistant.engines.llama import (
    VERSION,
    DecodeFailed,
    Jinja2ChatFormatter,
    Llama,
    LoadFailed,
    Stopped,
)
from assistant.engines.protocol import Message
from ingest.disk import sha256_of
from ingest.errors import ModelUnavailable, UsageError

_CONTEXT = 4096
_PIECE = 256  # tokens evaluated at once
_CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


class LocalEngine:
    """A loaded model. One reply at a time: a second caller waits for the first.

    An abandoned ``stream`` must be closed, or dropped, before the same thread asks again.

    Args:
        path: the GGUF file.
        cache_dir: where the state after ``prefix`` is kept, if anywhere.
        prefix: the messages every prompt begins with.
        fast_kernels: as for `Llama`.
        beat: called now and then while it loads and computes.

    Raises:
        ModelUnavailable: llama.cpp cannot load the file, or its chat template cannot be used.
    """

    def __init__(
        self,
        path: Path,
        cache_dir: Path | None = None,
        prefix: Sequence[Message] = (),
        *,
        fast_kernels: bool = True,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = path.stem.lower()
        self.evaluated = 0
        """Prompt tokens evaluated for the last reply: what was not reused."""
        self._closed = False
        self._lock = threading.Lock()
        self._stop: Callable[[], bool] = _never

        def stop() -> bool:
            beat()
            return self._stop()

        try:
            self._llama = Llama(
                path,
                context=_CONTEXT,
                piece=_PIECE,
                threads=machine.cores(),
                fast_kernels=fast_kernels,
                stop=stop,
            )
        except LoadFailed as error:
            raise ModelUnavailable(
                f"The model file {path} cannot be loaded: it is damaged, incomplete or of a kind "
                "llama.cpp does not know, or there is too little memory for it. Get it again, or "
                "choose another with --llm."
            ) from error
        self.context = min(_CONTEXT, self._llama.trained_context)
        self._seen = 0  # tokens the model has evaluated
        self._evaluated_pieces: list[list[int]] = []
        self._fresh = False  # the model's last output is about what follows these pieces
        self._fixed = self._fixed_tokens(prefix)
        self._states = cache_dir
        self._state = f"prefix-{self.name}-{self._key(path, fast_kernels)}."
        self._kept = cache_dir is None or not self._fixed or self._restore(cache_dir)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        stop: Callable[[], bool] | None = None,
    ) -> Generator[str, None, None]:
        """Yield the reply piece by piece, at temperature 0; see `Engine`."""
        with _deferred_interrupt() as interrupted:
            asked = stop or _never
            yield from self._stream(messages, max_tokens, lambda: interrupted() or asked())

    def likelihood(
        self,
        messages: Sequence[Message],
        beginning: str,
        *,
        stop: Callable[[], bool] | None = None,
    ) -> float | None:
        """Return how likely the reply begins so; see :class:`assistant.engines.choice.Engine`."""
        logprob: float | None = None
        with _deferred_interrupt() as interrupted:
            asked = stop or _never
            with self._turn(lambda: interrupted() or asked()) as mine:
                if mine:
                    self._read(messages, 1)
                    logprob = self._log_probability(self._text(beginning)[0])
        return logprob

    def _stream(
        self, messages: Sequence[Message], max_tokens: int, stop: Callable[[], bool]
    ) -> Generator[str, None, None]:
        with self._turn(stop) as mine:
            if not mine:
                return
            self._read(messages, max_tokens)
            yield from self._reply(max_tokens, stop)

    @contextlib.contextmanager
    def _turn(self, stop: Callable[[], bool]) -> Iterator[bool]:
        """Hold the model, or give False if ``stop`` came first; a computation stopped ends it."""
        while not self._lock.acquire(timeout=0.05):
            if stop():
                yield False
                return
        try:
            self._check_open()
            self._stop = stop
            yield True
        except Stopped:
            pass
        except DecodeFailed as error:
            raise ModelUnavailable(f"The model {self.name} failed: {error}.") from error
        finally:
            self._stop = _never
            self._lock.release()

    def count_tokens(self, text: str) -> int:
        """Return how many tokens ``text`` is."""
        self._check_open()
        return len(self._text(text))

    def close(self) -> None:
        """Give the memory back, once the reply under way has ended."""
        with self._lock:
            self._closed = True
            self._llama.close()

    def _check_open(self) -> None:
        if self._closed:  # llama.cpp would read freed memory
            raise ModelUnavailable(f"The model {self.name} has been closed.")

    def _read(self, messages: Sequence[Message], max_tokens: int) -> None:
        """Evaluate a prompt, unless it is too long to be answered."""
        tokens = self._tokens(messages, reply=True)
        if len(tokens) + max_tokens > self.context:
            raise UsageError(
                f"The prompt has {len(tokens)} tokens, but {self.name} takes at most "
                f"{self.context - max_tokens} beside its reply. Ask something shorter."
            )
        self._evaluate(tokens)

    def _evaluate(self, tokens: list[int]) -> None:
        """Bring the model to the state after ``tokens``, reusing the leading pieces it has."""
        fixed = len(self._fixed) if tokens[: len(self._fixed)] == self._fixed else 0
        pieces = _cut(tokens[:fixed]) + _cut(tokens[fixed:])
        if self._fresh and pieces == self._evaluated_pieces:
            return
        if fixed and self._states and self._evaluated_pieces[:1] != pieces[:1]:
            self._restore(self._states)
        self._fresh = False
        same = 0
        while same < len(pieces) - 1 and self._evaluated_pieces[same : same + 1] == [pieces[same]]:
            same += 1  # never the last piece: what comes next is read off it
        del self._evaluated_pieces[same:]
        self._seen = sum(map(len, pieces[:same]))
        self.evaluated = 0
        for piece in pieces[same:]:
            self._advance(piece)
            self.evaluated += len(piece)
            self._evaluated_pieces.append(piece)
            if not self._kept and self._seen == fixed:
                self._keep()
        self._fresh = True

    def _advance(self, tokens: list[int]) -> None:
        self._llama.evaluate(tokens, self._seen)
        self._seen += len(tokens)

    def _reply(self, max_tokens: int, stop: Callable[[], bool]) -> Generator[str, None, None]:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")  # a character may span tokens
        self._fresh = False
        for left in reversed(range(max_tokens)):
            token = int(self._llama.logits().argmax())
            if stop() or self._llama.ends(token):
                break
            piece = decoder.decode(self._llama.bytes_of(token))
            if piece:
                yield piece
            if left:
                self._advance([token])

    def _log_probability(self, token: int) -> float:
        """Return the log-probability of the next token being this one."""
        logits = self._llama.logits().astype(np.float64)
        logits -= logits.max()
        return float(logits[token] - np.log(np.exp(logits).sum()))

    def _tokens(self, messages: Sequence[Message], *, reply: bool) -> list[int]:
        """Return the prompt's tokens: control tokens from the template, none from the contents."""
        marked = {f"\x02{number}\x03": message for number, message in enumerate(messages)}
        contents = [{"role": message.role, "content": mark} for mark, message in marked.items()]
        rendered = self._render(contents, reply)
        tokens: list[int] = []
        for mark, message in marked.items():
            before, mark_there, rendered = rendered.partition(mark)
            if not mark_there:
                raise ModelUnavailable(
                    f"The chat template of {self.name} has no place for a {message.role} message."
                )
            tokens += self._control(before) + self._text(message.content)
        return tokens + self._control(rendered)

    def _control(self, text: str) -> list[int]:
        return self._llama.tokens(text.encode(), control=True)

    def _text(self, text: str) -> list[int]:
        return self._llama.tokens(text.encode(errors="replace"), control=False)

    def _render(self, messages: list[dict[str, str]], reply: bool) -> str:
        def control(key: str) -> str:
            return self._llama.name_of(
                int(self._llama.metadata(f"tokenizer.ggml.{key}_token_id") or -1)
            )

        try:
            formatter = Jinja2ChatFormatter(
                template=self._llama.metadata("tokenizer.chat_template") or _CHATML,
                eos_token=control("eos"),
                bos_token=control("bos"),
                add_generation_prompt=reply,
            )
            return str(formatter(messages=messages).prompt)
        except (TemplateError, ValueError, TypeError) as error:
            raise ModelUnavailable(
                f"The chat template of {self.name} cannot be used: {error}. Choose another model "
                "with --llm."
            ) from error

    def _fixed_tokens(self, prefix: Sequence[Message]) -> list[int]:
        """Return the tokens of ``prefix`` that stay the same whatever message comes next."""
        if not prefix:
            return []
        alone = self._tokens(prefix, reply=False)
        followed = self._tokens([*prefix, Message("user", "")], reply=True)
        same = 0
        while same < len(alone) and alone[same] == followed[same]:
            same += 1
        return alone[:same]

    def _key(self, path: Path, fast_kernels: bool) -> str:
        """Return what a kept state depends on, as a hex digest."""
        stat = path.stat()
        parts = (stat.st_size, stat.st_mtime_ns, VERSION, _CONTEXT, _PIECE, machine.cores(),
                 fast_kernels, self._fixed)  # fmt: skip
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def _keep(self) -> None:
        """Write the state after the fixed beginning to a file, in place of older ones.

        The file is named for its SHA-256: llama.cpp would take a damaged state and answer nonsense.
        """
        assert self._states  # noqa: S101  # else there is nothing to keep
        self._kept = True  # tried once: without the file the next start is only slower
        with contextlib.suppress(OSError):
            self._states.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._states, prefix="prefix-") as folder:
                made = Path(folder) / "state"
                if self._llama.save(made, self._fixed):
                    older = f"prefix-{glob.escape(self.name)}-{'[0-9a-f]' * 16}.*.state"
                    for file in self._states.glob(older):
                        file.unlink(missing_ok=True)
                    made.replace(self._states / f"{self._state}{sha256_of(made)}.state")

    def _restore(self, states: Path) -> bool:
        """Take over the state a file keeps; False if there is none that fits."""
        for file in states.glob(f"{glob.escape(self._state)}*.state"):
            try:
                sound = file.name == f"{self._state}{sha256_of(file)}.state"
            except OSError:
                continue
            if sound and self._llama.restore(file, len(self._fixed)):
                self._evaluated_pieces = _cut(self._fixed)
                return True
        return False


def _never() -> bool:
    return False


def _cut(tokens: list[int]) -> list[list[int]]:
    return [tokens[at : at + _PIECE] for at in range(0, len(tokens), _PIECE)]


@contextlib.contextmanager
def _deferred_interrupt() -> Iterator[Callable[[], bool]]:
    """Give what says whether Ctrl-C was pressed, and raise KeyboardInterrupt for it at the end.

    Raised at once it would be lost: llama.cpp calls back into Python, and an exception in there
    is printed and forgotten.
    """
    if threading.current_thread() is not threading.main_thread():
        yield _never
        return
    pressed = threading.Event()
    before = signal.signal(signal.SIGINT, lambda number, frame: pressed.set())
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed.is_set():
        raise KeyboardInterrupt
