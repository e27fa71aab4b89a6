"""A GGUF model in this process, by llama.cpp.

Prompts are put together from the model's own chat template; only the template's part may hold
control tokens, so text from a page stays text. The state after the fixed beginning of every prompt
is kept in a file, and each prompt reuses the longest beginning it shares with the one before.
"""

import codecs
import ctypes
import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import llama_cpp
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from assistant.llm import Message
from ingest.errors import ModelUnavailable

_CONTEXT = 4096
_BATCH = 512
_UBATCH = 256
_ABORTED = "llama_decode returned 2"
_CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

_LOG = llama_cpp.llama_log_callback(lambda level, text, data: None)  # kept: C holds on to it


class LocalEngine:
    """A loaded model. One reply at a time: a second caller waits for the first.

    Args:
        path: the GGUF file.
        cache_dir: where the state after ``prefix`` is kept, if anywhere.
        prefix: the messages every prompt begins with.

    Raises:
        ModelUnavailable: llama.cpp cannot load the file.
    """

    def __init__(
        self, path: Path, cache_dir: Path | None = None, prefix: Sequence[Message] = ()
    ) -> None:
        self.name = path.stem.lower()
        llama_cpp.llama_log_set(_LOG, ctypes.c_void_p(0))
        threads = physical_cores()
        try:
            self._llama = llama_cpp.Llama(
                str(path),
                n_ctx=_CONTEXT,
                n_batch=_BATCH,
                n_ubatch=_UBATCH,
                n_threads=threads,
                n_threads_batch=threads,
                flash_attn=True,
                verbose=False,
            )
        except (ValueError, OSError, RuntimeError) as error:
            raise ModelUnavailable(
                f"The model file {path} cannot be loaded: {error}. Get it again, or choose another "
                "with --llm."
            ) from error
        self._lock = threading.Lock()
        self._stop: Callable[[], bool] = lambda: False
        self._abort = llama_cpp.llama_cpp.ggml_abort_callback(lambda data: self._stop())
        llama_cpp.llama_set_abort_callback(self._llama.ctx, self._abort, ctypes.c_void_p(0))
        self._format = self._formatter()
        self.evaluated = 0
        """Prompt tokens evaluated for the last reply: what was not reused."""
        if cache_dir is not None and prefix:
            self._warm(self._tokens(prefix, reply=False), path, cache_dir)

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, stop: Callable[[], bool]
    ) -> Iterator[str]:
        """Yield the reply piece by piece, at temperature 0; see :class:`assistant.llm.Engine`."""
        tokens = self._tokens(messages, reply=True)
        if len(tokens) + max_tokens > _CONTEXT:
            raise ModelUnavailable(
                f"The prompt has {len(tokens)} tokens; the model takes {_CONTEXT - max_tokens}."
            )
        with self._lock:
            self._stop = stop
            self.evaluated = len(tokens) - self._shared(tokens)
            try:
                yield from self._reply(tokens, max_tokens, stop)
            except RuntimeError as error:
                if not (_ABORTED in str(error) and stop()):
                    raise ModelUnavailable(f"The model {self.name} failed: {error}.") from error
            finally:
                self._stop = lambda: False

    def count_tokens(self, text: str) -> int:
        """Return how many tokens ``text`` is."""
        return len(self._text(text))

    def close(self) -> None:
        """Give the memory back."""
        with self._lock:
            self._llama.close()

    def _reply(
        self, tokens: Sequence[int], max_tokens: int, stop: Callable[[], bool]
    ) -> Iterator[str]:
        vocabulary = self._llama._model.vocab
        decoder = codecs.getincrementaldecoder("utf-8")("replace")  # a character may span tokens
        for count, token in enumerate(self._llama.generate(tokens, temp=0.0)):
            if stop() or count == max_tokens or llama_cpp.llama_vocab_is_eog(vocabulary, token):
                break
            piece = decoder.decode(self._llama.detokenize([token]))
            if piece:
                yield piece

    def _tokens(self, messages: Sequence[Message], *, reply: bool) -> list[int]:
        """Return the prompt's tokens: control tokens from the template, none from the contents."""
        marks = [f"\x02{number}\x03" for number in range(len(messages))]
        rendered = self._format(
            [
                {"role": message.role, "content": mark}
                for message, mark in zip(messages, marks, strict=True)
            ],
            reply,
        )
        tokens: list[int] = []
        for message, mark in zip(messages, marks, strict=True):
            before, found, rendered = rendered.partition(mark)
            if not found:
                raise ModelUnavailable(
                    f"The chat template of {self.name} has no place for a {message.role} message."
                )
            tokens += self._control(before) + self._text(message.content)
        return tokens + self._control(rendered)

    def _control(self, text: str) -> list[int]:
        return list(self._llama.tokenize(text.encode(), add_bos=False, special=True))

    def _text(self, text: str) -> list[int]:
        return list(self._llama.tokenize(text.encode(), add_bos=False, special=False))

    def _formatter(self) -> Callable[[list[dict[str, str]], bool], str]:
        metadata = self._llama.metadata

        def piece(key: str) -> str:
            token = int(metadata.get(f"tokenizer.ggml.{key}", -1))
            return (
                llama_cpp.llama_vocab_get_text(self._llama._model.vocab, token).decode()
                if (token >= 0)
                else ""
            )

        formatter = Jinja2ChatFormatter(
            template=metadata.get("tokenizer.chat_template", _CHATML),
            eos_token=piece("eos_token_id"),
            bos_token=piece("bos_token_id"),
        )

        def render(messages: list[dict[str, str]], reply: bool) -> str:
            formatter.add_generation_prompt = reply
            made: Any = formatter(messages=messages)
            return str(made.prompt)

        return render

    def _shared(self, tokens: Sequence[int]) -> int:
        llama = self._llama
        shared = 0
        for ours, theirs in zip(llama.input_ids[: llama.n_tokens], tokens, strict=False):
            if ours != theirs:
                break
            shared += 1
        return shared

    def _warm(self, tokens: list[int], path: Path, cache_dir: Path) -> None:
        """Bring the model to the state after ``tokens``: from an earlier start's file, or anew."""
        stat = path.stat()
        key = hashlib.sha256(
            repr(
                (path.name, stat.st_size, stat.st_mtime_ns, llama_cpp.__version__, _CONTEXT,
                 _BATCH, _UBATCH, physical_cores(), tokens)
            ).encode()
        ).hexdigest()[:16]  # fmt: skip
        state = cache_dir / f"prefix-{key}.state"
        if state.exists() and self._restore(state, tokens):
            return
        self._llama.reset()
        self._llama.eval(tokens)
        cache_dir.mkdir(parents=True, exist_ok=True)
        partial = state.with_suffix(f".{os.getpid()}.part")
        array = (llama_cpp.llama_token * len(tokens))(*tokens)
        if llama_cpp.llama_state_seq_save_file(
            self._llama.ctx, os.fsencode(partial), 0, array, len(tokens)
        ):
            partial.replace(state)

    def _restore(self, state: Path, tokens: list[int]) -> bool:
        array = (llama_cpp.llama_token * len(tokens))()
        count = ctypes.c_size_t(0)
        read = llama_cpp.llama_state_seq_load_file(
            self._llama.ctx, os.fsencode(state), 0, array, len(tokens), ctypes.byref(count)
        )
        if not read or list(array[: count.value]) != tokens:
            return False
        self._llama.input_ids[: len(tokens)] = tokens
        self._llama.n_tokens = len(tokens)
        self._llama._requires_eval = True  # the file holds no logits
        return True


def physical_cores() -> int:
    """Return how many physical cores this process may use; hyperthreads slow llama.cpp down."""
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    if usable is None:
        return max(1, (os.cpu_count() or 2) // 2)
    siblings = set()
    for cpu in usable:
        file = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        try:
            siblings.add(file.read_text(encoding="ascii").strip())
        except OSError:
            return len(usable)
    return len(siblings)
