"""Fit `assistant.answering.evidence.learned_sections`: which section of the primer is asked for.

    python -m tests.benchmarks.fit_sections HOME [--measure]

HOME is a home with the models of both languages. Fits a matrix and a vector a section for each
model on the questions of `data/primer-questions` (those of its languages) and writes
`data/learned-sections/MODEL.npy`. With --measure it prints how often the note and the section of a
fifth of the questions, left out, are found first, beside the nearest question by cosine.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from assistant.answering.fitted import table
from assistant.desk import Desk
from index.search.library import Library
from ingest.primer_questions import every_question, known_sections
from ingest.text.scripts import has_han

DATA = Path(__file__).resolve().parents[2] / "data"
_EPOCHS = 40
_BATCH = 512
_RATE = 2e-3
_DROPPED = 0.1  # share of a vector's numbers that are left out at each step
_SMOOTHED = 0.05  # of the labels
_TURNED = 1e-3  # what it costs to turn vectors away from where they are
Vectors = NDArray[np.float32]
Places = NDArray[np.int64]


def main() -> None:
    """Read the arguments, fit, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--measure", action="store_true")
    arguments = parser.parse_args()
    library = Desk(arguments.home, llm="extractive").library
    sections = known_sections()
    asked = [
        (place, question)
        for place, (url, heading) in enumerate(sections)
        for question in every_question(url, (heading,))
    ]
    (DATA / "learned-sections").mkdir(exist_ok=True)
    for own in (library, library.asked_in("zh")):
        known = [
            (place, question)
            for place, question in asked
            if own.embedder.multilingual or not has_han(question)
        ]
        places = np.array([place for place, _ in known])
        vectors = _vectors(own, [question for _, question in known])
        if arguments.measure:
            _measure(own.embedder.name, vectors, places, sections)
        turn, rows = fit(vectors, places, len(sections))
        both = np.concatenate([turn, rows]).astype(np.float16)
        np.save(DATA / "learned-sections" / f"{own.embedder.name}.npy", both)


def _vectors(library: Library, questions: list[str]) -> Vectors:
    return np.stack([library.embedder.embed_query(question) for question in questions])


def fit(vectors: Vectors, places: Places, sections: int) -> tuple[Vectors, Vectors]:
    """Return the matrix that turns vectors, and a vector of length 1 for each section.

    Args:
        vectors: of questions, shape (questions, dimension).
        places: the section each question asks for.
        sections: how many there are.
    """
    torch.manual_seed(1)
    inputs, targets = torch.from_numpy(vectors), torch.from_numpy(places)
    start = torch.eye(vectors.shape[1])
    turn = torch.nn.Parameter(start.clone())
    means = torch.zeros(sections, vectors.shape[1]).index_add_(0, targets, inputs)
    rows = torch.nn.Parameter(torch.nn.functional.normalize(means, dim=1))
    optimizer = torch.optim.AdamW(
        [{"params": [turn], "lr": _RATE}, {"params": [rows], "lr": 2 * _RATE}], weight_decay=0.0
    )
    for _ in range(_EPOCHS):
        for batch in torch.randperm(len(inputs)).split(_BATCH):
            dropped = torch.nn.functional.dropout(inputs[batch], _DROPPED)
            turned = torch.nn.functional.normalize(dropped @ turn, dim=1)
            scores = turned @ torch.nn.functional.normalize(rows, dim=1).T
            loss = torch.nn.functional.cross_entropy(
                scores / table("learned_sections")["temperature"],
                targets[batch],
                label_smoothing=_SMOOTHED,
            )
            loss = loss + _TURNED * ((turn - start) ** 2).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    fitted: Vectors = torch.nn.functional.normalize(rows, dim=1).detach().numpy()
    return turn.detach().numpy(), fitted


def _measure(
    name: str, vectors: Vectors, places: Places, sections: tuple[tuple[str, str], ...]
) -> None:
    """Print how often a question that was left out finds its section and its note first."""
    notes = np.unique([url for url, _ in sections], return_inverse=True)[1]
    left_out = np.random.default_rng(1).random(len(places)) < 0.2
    turn, rows = fit(vectors[~left_out], places[~left_out], len(sections))
    turned = vectors[left_out] @ turn
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    learned = (turned @ rows.T).argmax(axis=1)
    nearest = places[~left_out][(vectors[left_out] @ vectors[~left_out].T).argmax(axis=1)]
    for way, found in (("learned", learned), ("nearest question", nearest)):
        right = np.mean(found == places[left_out])
        note = np.mean(notes[found] == notes[places[left_out]])
        print(f"{name}, {way}: section {right:.3f}, note {note:.3f} of {left_out.sum()}")


if __name__ == "__main__":
    main()
