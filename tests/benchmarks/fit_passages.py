"""Write `data/passage-vectors.npz`: the vectors of the passages of a new home.

    python -m tests.benchmarks.fit_passages HOME

HOME is a home with the models of both languages. A new home is made with nothing but those models
and asked in both languages; what it embedded is written. For after each change of `data/primer`,
`data/primer-zh` or `data/lists`: what is not in the file costs a new home time, nothing else.
"""

import argparse
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import numpy as np

from assistant.desk import Desk
from index.building import given_vectors
from index.building.vector_cache import unsealed

FILE = Path(__file__).resolve().parents[2] / "data" / given_vectors.FILE


def main() -> None:
    """Read the arguments, make the home, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    arguments = parser.parse_args()
    given_vectors.write(FILE, {})  # each vector is made anew
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        (home / "models").symlink_to((arguments.home / "models").resolve())
        with closing(Desk(home, llm="extractive")) as desk:
            desk.search("What is attention?")
            desk.search("什么是注意力？")
            size = 4 * desk.library.embedder.dimension
        with closing(sqlite3.connect(home / "cache" / "vectors.sqlite")) as cache:
            rows = cache.execute("SELECT key, vector FROM vectors").fetchall()
    plain = {key: unsealed(vector, size) for key, vector in rows}
    vectors = {key: np.frombuffer(kept, np.float32) for key, kept in plain.items() if kept}
    given_vectors.write(FILE, vectors)
    print(f"{len(vectors):,} vectors in {FILE.name}")


if __name__ == "__main__":
    main()
