"""Evaluations, and models: which there are, had now, what they cost."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.answering import inquiry
from assistant.answering.writing import prefix
from assistant.desk.base import Base
from assistant.engines import available as models_here

if TYPE_CHECKING:
    from assistant.engines.costs import Costs
    from assistant.evaluation.scores import Evaluation


class Measuring(Base):
    """Measures the home and its models."""

    def evaluate(self, questions: Path, *, retrieval_only: bool = False) -> "Evaluation":
        """Measure retrieval, and answers unless ``retrieval_only``, on a file of questions.

        Raises:
            UsageError: the file cannot be read.
        """
        from assistant.evaluation import scores  # needed here alone, and slow to import

        asked = scores.read_questions(questions)
        # nobody wanted to know: a refusal is not remembered
        library = partial(self._snapshot, *(question.question for question in asked))
        alone = partial(inquiry.answer_alone, library, model=self._opened.engine)
        answers = None if retrieval_only else alone
        return scores.evaluate(library(), asked, answers, self._progress)

    def evaluate_beir(self, folder: Path) -> "Evaluation":
        """Measure retrieval on a collection in BEIR layout, in a library of its own in the cache.

        Raises:
            UsageError: the folder is not in BEIR layout.
        """
        from assistant.evaluation import beir  # needed here alone

        return beir.evaluate(folder, self.home, self._opened.embedder(), self._progress)

    def models(self) -> list[dict[str, Any]]:
        """Return a row per pinned model: what it is, whether it is here, what it costs here.

        ``costs`` is None until :meth:`measure` was asked; ``recommended`` marks the largest model
        for answers that suits this machine.
        """
        return models_here.rows(self.home)

    def pull(self, name: str) -> Path:
        """Have a model now, verified; return where it is.

        ``name`` is a pinned model's, or ``owner/repository/file.gguf`` of the model hub: of that
        the SHA-256 is recorded now and compared later.

        Raises:
            UsageError: no pinned model has this name.
            ModelUnavailable: it could not be had.
        """
        return models_here.pull(name, self.home, self._progress)

    def measure(self, name: str) -> "Costs":
        """Measure what a model for answers costs on this machine, having it first.

        Raises:
            UsageError: no such model writes answers.
            ModelUnavailable: it could not be had or measured.
        """
        return models_here.measure(name, self.home, prefix(), self._progress)
