"""Make the vectors of `index.models.language_means` from the primer and the Chinese founding list.

    python -m tests.benchmarks.language_means

Their hash is part of the model's fingerprint: libraries made with other means must be rebuilt.
"""

import numpy as np
import platformdirs

from assistant.learning.primer import notes
from index.models.embedder import MODELS, Embedder
from ingest.lists.parser import founding
from ingest.shipped import shipped
from ingest.text.sentences import is_east_asian


def first_paragraph(text: str) -> str:
    """Return what stands under a note's title."""
    return text.strip().split("\n\n")[1]


def main() -> None:
    """Write the file."""
    name = "multilingual-e5-small"
    prefix = MODELS[name].passage_prefix
    file = shipped("embedding") / MODELS[name].means
    if not file.exists():
        np.save(file, np.zeros((2, MODELS[name].dimension), dtype=np.float32))
    embedder = Embedder.open(platformdirs.user_cache_path("refdesk-tests"), name=name)
    english = [f"{note.topic}\n{first_paragraph(note.text)}" for note in notes().values()]
    names = ["、".join(note.aliases_zh) for note in notes().values()]
    chinese = ["，".join(names[at : at + 6]) for at in range(0, len(names), 6)]
    chinese += [
        title
        for curated in founding()
        for title in (each.title for each in (*curated.topics, *curated.entries))
        if is_east_asian(title) and len(title) > 4
    ]
    means = [
        np.mean([embedder._encoder.run(prefix + text) for text in texts], axis=0)
        for texts in (english, chinese)
    ]
    np.save(file, np.array(means, dtype=np.float32))
    print(f"from {len(english)} English and {len(chinese)} Chinese texts")


if __name__ == "__main__":
    main()
