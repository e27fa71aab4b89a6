"""haiku-rag, hybrid over LanceDB; its vectors come from `serve_vectors` by its OpenAI client.

Documents are given as its own kind of document with one chunk each: its chunker wants a tokenizer
of the model hub.
"""

import asyncio
import os
from pathlib import Path

from docling_core.types.doc.document import DoclingDocument
from docling_core.types.doc.labels import DocItemLabel
from haiku.rag.client import HaikuRAG
from haiku.rag.client.documents import DocumentImport
from haiku.rag.config import AppConfig
from haiku.rag.store.models.chunk import Chunk


class System:
    """The system as `driver` wants it."""

    def __init__(self, model: Path, folder: Path) -> None:
        served = {
            "provider": "openai",
            "name": "all-minilm-l6-v2",
            "vector_dim": 384,
            "base_url": os.environ["VECTORS_URL"],
            "api_key": "none",
        }
        config = AppConfig.model_validate({"embeddings": {"model": served}})
        self._runner = asyncio.Runner()
        self._client = HaikuRAG(folder / "haiku.lancedb", config=config, create=True)
        self._runner.run(self._client.__aenter__())

    def index(self, documents: list[tuple[str, str]]) -> None:
        """Index; LanceDB saves as it goes."""
        self._runner.run(self._client.import_documents([_given(*each) for each in documents]))

    def load(self) -> None:
        """Open what was saved: done already."""

    def search(self, query: str, k: int) -> list[str]:
        """Return the documents of the chunks found."""
        found = self._runner.run(self._client.search(query, limit=k, include_images=False))
        return list(dict.fromkeys(each.document_uri.removeprefix("doc:") for each in found))


def _given(number: str, text: str) -> DocumentImport:
    document = DoclingDocument(name=number)
    item = document.add_text(label=DocItemLabel.TEXT, text=text)
    chunk = Chunk(
        content=text, metadata={"doc_item_refs": [item.self_ref], "labels": ["text"]}, order=0
    )
    return DocumentImport(document, [chunk], uri=f"doc:{number}", title=number)
