"""A thread as one Markdown document, its citations as footnotes."""

from assistant.answering.values import Answer
from assistant.kept.answer_of import answer_of
from assistant.kept.threads import Whole
from ui.markdown_form import linked, words
from ui.page.answer_markdown import markdown


def thread_markdown(whole: Whole) -> str:
    """Return a thread as Markdown: a footnote ``[^2-1]`` is the first source of the second answer.

    Raises:
        KeyError, TypeError, ValueError: an answer of it is none.
    """
    parts = [f"# {words(whole.thread.title)}\n"]
    for number, turn in enumerate(whole.turns, start=1):
        answer = answer_of(turn.answer)
        text = _refused(answer) if answer.refused else markdown(answer, f"{number}-")
        parts.append(text)
    return "\n".join(parts)


def _refused(answer: Answer) -> str:
    nearest = [f"- {linked(hit.passage.title, hit.passage.url)}" for hit in answer.nearest]
    lines = [f"**{words(answer.question)}**", "", words(answer.refusal or ""), "", *nearest]
    return "\n".join(lines).rstrip() + "\n"
