"""What refdesk calls of llama.cpp, by the functions that llama-cpp-python declares.

Its class `Llama` is passed by: it points the file descriptors 1 and 2 of the whole process at
/dev/null while it loads, or else prints, and it leaves no choice of the buffers. Here llama.cpp's
log goes to a callback that drops it, and the descriptors are nobody's business.
"""

import ctypes
import os
from collections.abc import Callable, Sequence
from pathlib import Path

# llama.cpp's threads wait for each other some hundred times a token, by default spinning: where
# another program has a core, each wait then lasts that program's time slice (measured: a tenth of
# the speed). OpenMP reads this when it is loaded, that is with llama_cpp: nothing else imports it.
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")

import llama_cpp
import numpy as np
import numpy.typing as npt
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

__all__ = ["VERSION", "DecodeFailed", "Jinja2ChatFormatter", "Llama", "LoadFailed", "Stopped"]

VERSION = str(llama_cpp.__version__)
_LOG = llama_cpp.llama_log_callback(lambda level, text, data: None)  # kept: C holds on to it
_STOPPED = 2  # llama_decode returns it where the callback asked to stop
_TEXT_BYTES = 1 << 22  # of one metadata value; chat templates have some ten thousand


class LoadFailed(Exception):
    """llama.cpp does not take the file, or there is no memory for it."""


class DecodeFailed(Exception):
    """llama.cpp could not evaluate tokens."""


class Stopped(Exception):
    """The callback asked to stop in the middle of a computation."""


class Llama:
    """A model and one sequence of tokens it has seen.

    Args:
        path: the GGUF file.
        context: how many tokens the sequence may have.
        piece: how many tokens are evaluated at once, at most.
        threads: how many threads compute.
        fast_kernels: copy the weights into the order that the processor's own kernels want;
            without, only the plain kernels compute.
        stop: called now and then while loading and between the steps of a computation; what is
            under way is given up once it returns true.

    Raises:
        LoadFailed: the file cannot be loaded.
    """

    def __init__(
        self,
        path: Path,
        *,
        context: int,
        piece: int,
        threads: int,
        fast_kernels: bool,
        stop: Callable[[], bool],
    ) -> None:
        llama_cpp.llama_log_set(_LOG, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        self._model = self._context = None
        wanted = llama_cpp.llama_model_default_params()
        wanted.n_gpu_layers = 0
        # llama.cpp computes from a copy in an order of its own; a mapped file would stay in memory
        # beside it (1934 instead of 1342 MB) to start 0.3 s sooner
        wanted.load_mode = llama_cpp.LLAMA_LOAD_MODE_NONE
        wanted.use_extra_bufts = fast_kernels

        self._loading = llama_cpp.llama_progress_callback(lambda share, data: not stop())
        wanted.progress_callback = self._loading
        self._model = llama_cpp.llama_model_load_from_file(os.fsencode(path), wanted)
        if not self._model:
            raise LoadFailed(str(path))
        self._vocabulary = llama_cpp.llama_model_get_vocab(self._model)
        self.vocabulary_size = int(llama_cpp.llama_vocab_n_tokens(self._vocabulary))
        self.trained_context = int(llama_cpp.llama_model_n_ctx_train(self._model))
        limits = llama_cpp.llama_context_default_params()
        limits.n_ctx = context
        limits.n_batch = limits.n_ubatch = piece
        limits.n_threads = limits.n_threads_batch = threads
        limits.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED
        # Called between the nodes of a computation, so a prompt is given up within milliseconds.
        self._abort = llama_cpp.ggml_abort_callback(lambda data: stop())
        limits.abort_callback = self._abort
        self._context = llama_cpp.llama_init_from_model(self._model, limits)
        if not self._context:
            self.close()
            raise LoadFailed(str(path))
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._batch = llama_cpp.llama_batch_init(piece, 0, 1)

    def evaluate(self, tokens: Sequence[int], at: int) -> None:
        """Evaluate at most a piece of tokens as those from position ``at`` on, in place of others.

        Raises:
            Stopped: the callback asked to stop.
            DecodeFailed: llama.cpp could not do it.
        """
        llama_cpp.llama_memory_seq_rm(self._memory, -1, at, -1)
        batch = self._batch
        batch.n_tokens = len(tokens)
        for place, token in enumerate(tokens):
            batch.token[place] = token
            batch.pos[place] = at + place
            batch.seq_id[place][0] = 0
            batch.n_seq_id[place] = 1
            batch.logits[place] = place == len(tokens) - 1
        code = llama_cpp.llama_decode(self._context, batch)
        if code == _STOPPED:
            raise Stopped
        if code:
            raise DecodeFailed(f"llama_decode returned {code}")

    def logits(self) -> npt.NDArray[np.float32]:
        """Return what follows the last token evaluated; shape (vocabulary_size,)."""
        pointer = llama_cpp.llama_get_logits_ith(self._context, -1)
        return np.ctypeslib.as_array(pointer, (self.vocabulary_size,))

    def tokens(self, text: bytes, *, control: bool) -> list[int]:
        """Return the tokens of a text; names of control tokens are those only if ``control``."""
        size = len(text) + 8
        while True:
            buffer = (llama_cpp.llama_token * size)()
            count = llama_cpp.llama_tokenize(
                self._vocabulary, text, len(text), buffer, size, False, control
            )
            if count >= 0:
                return list(buffer[:count])
            if -count <= size:
                raise DecodeFailed("llama_tokenize failed")
            size = -count

    def bytes_of(self, token: int) -> bytes:
        """Return the text of a token; nothing for a control token."""
        size = 64
        while True:
            buffer = ctypes.create_string_buffer(size)
            count = llama_cpp.llama_token_to_piece(self._vocabulary, token, buffer, size, 0, False)
            if count >= 0:
                return buffer.raw[:count]
            size = -count

    def name_of(self, token: int) -> str:
        """Return how the vocabulary writes a token, a control token too; nothing if it has none."""
        if not 0 <= token < self.vocabulary_size:
            return ""
        return str(
            llama_cpp.llama_vocab_get_text(self._vocabulary, token).decode("utf-8", "replace")
        )

    def ends(self, token: int) -> bool:
        """Say whether a token ends a reply."""
        return bool(llama_cpp.llama_vocab_is_eog(self._vocabulary, token))

    def metadata(self, key: str) -> str | None:
        """Return what the file says under a key."""
        size = 1 << 12
        while size <= _TEXT_BYTES:
            buffer = ctypes.create_string_buffer(size)
            count = llama_cpp.llama_model_meta_val_str(self._model, key.encode(), buffer, size)
            if count < 0:
                return None
            if count < size:
                return buffer.value.decode("utf-8", "replace")
            size = count + 1
        return None

    def save(self, file: Path, tokens: Sequence[int]) -> bool:
        """Write the state after ``tokens`` to a file; False if that failed."""
        array = (llama_cpp.llama_token * len(tokens))(*tokens)
        return bool(
            llama_cpp.llama_state_seq_save_file(
                self._context, os.fsencode(file), 0, array, len(tokens)
            )
        )

    def restore(self, file: Path, tokens: int) -> bool:
        """Take over the state that a file keeps after so many tokens; False if it is another."""
        count = ctypes.c_size_t(0)
        array = (llama_cpp.llama_token * tokens)()
        return bool(
            llama_cpp.llama_state_seq_load_file(
                self._context, os.fsencode(file), 0, array, tokens, ctypes.byref(count)
            )
        )

    def close(self) -> None:
        """Give the memory back."""
        if self._context:
            llama_cpp.llama_batch_free(self._batch)
            llama_cpp.llama_free(self._context)
        if self._model:
            llama_cpp.llama_model_free(self._model)
        self._context = self._model = None
