"""Any model of sentence-transformers: a real one, made here, small and with random weights."""

import json
import shutil
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from assistant.desk import Desk
from index.models.embedder import Embedder
from index.models.weights import obtain
from ingest.errors import ModelUnavailable, NothingFound, UsageError

LIMIT = 48
PROMPTS = {"query": "find: ", "passage": "told: "}
TEXT = "The KV cache keeps keys and values."


def make_model(folder: Path, tokenizer_file: Path, *, seed: int = 1, **config: object) -> Path:
    """Save a two-layer model of random weights to ``folder``."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import DistilBertConfig, DistilBertModel, PreTrainedTokenizerFast

    torch.manual_seed(seed)
    bare = folder.with_name(f"{folder.name}-bare")
    # of another architecture than MiniLM's, which runs as int8: see test_bert_folder
    DistilBertModel(DistilBertConfig(dim=24, n_layers=2, n_heads=2, hidden_dim=48)).save_pretrained(
        bare
    )
    special = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]",
               "pad_token": "[PAD]", "mask_token": "[MASK]"}  # fmt: skip
    PreTrainedTokenizerFast(tokenizer_file=str(tokenizer_file), **special).save_pretrained(bare)
    encoder = Transformer(str(bare))
    encoder.max_seq_length = LIMIT
    pooling = Pooling(encoder.get_embedding_dimension(), "mean")
    SentenceTransformer(modules=[encoder, pooling], device="cpu", **config).save(str(folder))
    shutil.rmtree(bare)
    return folder


@pytest.fixture(scope="module")
def tokenizer_file(models_dir: Path) -> Path:
    return obtain("all-minilm-l6-v2", models_dir) / "tokenizer.json"


@pytest.fixture(scope="module")
def prompted(tmp_path_factory: pytest.TempPathFactory, tokenizer_file: Path) -> Path:
    return make_model(tmp_path_factory.mktemp("made") / "small", tokenizer_file, prompts=PROMPTS)


def sent(embedder: Embedder) -> tuple[list[str], list[str]]:
    """Return what the network is given for a passage and for a question."""
    model = embedder._encoder._model
    given: list[list[str]] = []

    def note(_: object, inputs: tuple[dict]) -> None:
        (ids,) = inputs[0]["input_ids"].tolist()
        given.append(model.tokenizer.convert_ids_to_tokens(ids))

    watch = model[0].register_forward_pre_hook(note)
    embedder.embed([TEXT])
    embedder.embed_query(TEXT)
    watch.remove()
    passage, query = given
    return passage, query


def words(embedder: Embedder, text: str) -> list[str]:
    tokenizer = embedder._encoder._model.tokenizer
    return ["[CLS]", *tokenizer.tokenize(text), "[SEP]"]


def test_prompts_go_before_each_text(prompted: Path, tmp_path: Path) -> None:
    embedder = Embedder.open(tmp_path, name=str(prompted))
    passage, query = sent(embedder)
    assert passage == words(embedder, f"told: {TEXT}")
    assert query == words(embedder, f"find: {TEXT}")
    reference = embedder._encoder._model.encode(f"find: {TEXT}", normalize_embeddings=True)
    assert embedder.embed_query(TEXT) == pytest.approx(reference, abs=1e-6)


def test_a_default_prompt_goes_before_both(tmp_path: Path, tokenizer_file: Path) -> None:
    folder = make_model(
        tmp_path / "m", tokenizer_file, prompts={"any": "say: "}, default_prompt_name="any"
    )
    embedder = Embedder.open(tmp_path / "models", name=str(folder))
    assert sent(embedder) == (words(embedder, f"say: {TEXT}"),) * 2


@pytest.mark.parametrize(
    ("name", "prefixes"),
    [
        ("multilingual-e5-base", ("passage: ", "query: ")),  # its configuration names no prompts
        ("e5-of-my-own", ("", "")),  # nobody said how this one was trained
    ],
)
def test_known_prefixes_that_no_configuration_names(
    name: str, prefixes: tuple[str, str], tmp_path: Path, tokenizer_file: Path
) -> None:
    folder = make_model(tmp_path / name, tokenizer_file)
    embedder = Embedder.open(tmp_path / "models", name=str(folder))
    assert sent(embedder) == tuple(words(embedder, prefix + TEXT) for prefix in prefixes)


def test_vectors_and_the_token_limit(prompted: Path, tmp_path: Path) -> None:
    embedder = Embedder.open(tmp_path, name=str(prompted))
    assert (embedder.limit, embedder.dimension, embedder.multilingual) == (LIMIT, 24, False)
    vectors = embedder.embed([TEXT, "a \ud800", "cache " * 60, "cache " * 99, ""])
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(vectors[2], vectors[3])  # all beyond the limit is cut
    assert np.array_equal(vectors[1], embedder.embed(["a ?"])[0])
    assert np.array_equal(embedder.embed([TEXT] * 40), vectors[[0] * 40])
    assert embedder.count_tokens("cache " * 99) == 101  # counted in full
    assert embedder.token_starts("the cache") == [0, 4]
    assert embedder.embed([]).shape == (0, 24)


def test_the_fingerprint_is_of_the_content(
    prompted: Path, tmp_path: Path, tokenizer_file: Path
) -> None:
    first = Embedder.open(tmp_path / "a", name=str(prompted))
    copy = shutil.copytree(prompted, tmp_path / "elsewhere")
    assert Embedder.open(tmp_path / "b", name=str(copy)).fingerprint == first.fingerprint
    # other weights, in a file of the same size, are noticed although their hash is remembered
    other = make_model(tmp_path / "other", tokenizer_file, seed=2, prompts=PROMPTS)
    shutil.copyfile(other / "model.safetensors", copy / "model.safetensors")
    assert Embedder.open(tmp_path / "b", name=str(copy)).fingerprint != first.fingerprint
    shutil.copyfile(prompted / "model.safetensors", copy / "model.safetensors")
    config = copy / "config_sentence_transformers.json"
    config.write_text(config.read_text().replace("told: ", "tell: "))
    assert Embedder.open(tmp_path / "b", name=str(copy)).fingerprint != first.fingerprint


def test_a_library_refuses_a_mix_and_a_rebuild_settles_it(
    prompted: Path, home: Path, notes: Path
) -> None:
    Desk(home, llm="extractive").ingest([notes], seed=False)
    named = Desk(home, llm="extractive", embedder=str(prompted))
    with pytest.raises(NothingFound, match=r"another embedding model.*refdesk rebuild"):
        named.search("rye bread")
    built = named.rebuild().status
    assert built["embedder"] == str(prompted)
    # its limit is lower than ours: what is embedded is not cut off
    passages = named.search("attention keys bread", k=50).hits
    assert len(passages) == built["passages"]
    tokens = named.library.embedder.count_tokens
    assert max(tokens(hit.passage.text) for hit in passages) <= LIMIT // 2
    # a later command asks the library which model it was built with
    later = Desk(home, llm="extractive")
    assert later.search("rye bread", k=1).hits[0].passage.title == "Rye bread"
    assert later.rebuild().status["digest"] == built["digest"]
    with pytest.raises(NothingFound, match="refdesk rebuild"):
        Desk(home, llm="extractive", embedder="all-minilm-l6-v2").search("rye bread")
    # the digest is of the model, not of the folder it lies in
    moved = shutil.copytree(prompted, home / "moved")
    there = Desk(home, llm="extractive", embedder=str(moved)).rebuild().status
    assert (there["embedder"], there["digest"]) == (str(moved), built["digest"])


def test_what_is_no_model_is_refused(prompted: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'unknown'.*all-minilm-l6-v2.*OWNER/NAME"):
        Embedder.open(tmp_path, name="unknown")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelUnavailable, match=r"no \.safetensors file"):
        Embedder.open(tmp_path, name=str(tmp_path / "empty"))
    broken = shutil.copytree(prompted, tmp_path / "broken")
    (broken / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        Embedder.open(tmp_path, name=str(broken))


def test_code_of_a_model_is_never_run(prompted: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(prompted, tmp_path / "with-code")
    modules = json.loads((folder / "modules.json").read_text())
    modules[1]["type"] = "own.Pooling"
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Pooling: ...\n")
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        Embedder.open(tmp_path / "models", name=str(folder))
    assert not (tmp_path / "ran").exists()


@pytest.fixture
def hub(prompted: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A model hub that has one model, and notes what it is asked for."""
    asked: list[str] = []
    revision = "0123456789" * 4
    files = {f.relative_to(prompted).as_posix(): f for f in prompted.rglob("*") if f.is_file()}
    files |= {"pytorch_model.bin": files["modules.json"], "own.py": files["modules.json"]}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            place = self.path.partition(f"/resolve/{revision}/")[2]
            if self.path.startswith(f"/api/models/made/small/tree/{revision}"):
                rows = [
                    {"type": "file", "path": name, "size": file.stat().st_size, "oid": name}
                    for name, file in files.items()
                ]
                body = json.dumps(rows).encode()
            elif self.path.startswith("/api/models/made/small"):
                siblings = [{"rfilename": name} for name in files]
                found = {"id": "made/small", "sha": revision, "siblings": siblings}
                body = json.dumps(found).encode()
            elif place in files:
                body = files[place].read_bytes()
            else:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", f'"{abs(hash(place))}"')
            self.send_header("X-Repo-Commit", revision)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None: ...

    server: socketserver.BaseServer = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}")
    yield asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_model_of_the_hub_is_had_once(hub: list[str], prompted: Path, tmp_path: Path) -> None:
    first = Embedder.open(tmp_path, name="made/small")
    assert first.name == "made/small"
    assert first.fingerprint == Embedder.open(tmp_path, name=str(prompted)).fingerprint
    assert not any("pytorch_model.bin" in path or "own.py" in path for path in hub)
    hub.clear()
    assert Embedder.open(tmp_path, name="made/small").fingerprint == first.fingerprint
    assert hub == []
    with pytest.raises(ModelUnavailable, match=r"made/other could not be had.*a folder"):
        Embedder.open(tmp_path, name="made/other")


def test_a_hub_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelUnavailable, match=r"sentence-transformers/x could not be had"):
        Embedder.open(tmp_path, name="sentence-transformers/x")
