"""An answer as Markdown for chat clients: sentences with marks, then the numbered sources.

What comes from pages stays words: no link, image or tag of theirs survives.
"""

import re
from collections.abc import Sequence

from assistant.answering.values import Answer, Citation, Sentence
from index.search.library import Hit
from index.store.values import Recommendation
from ui.markdown_form import linked
from ui.sentence_form import code_of, fenced


def pieces(answer: Answer, said: Sequence[Sentence] = ()) -> list[str]:
    """Return what is left to say of an answer after these sentences, in pieces that stand alone.

    Each is a sentence, a remark about the whole, or the list of sources.
    """
    if answer.refused:
        listed = [f"- {_hit(hit)}" for hit in answer.nearest]
        nearest = ["\n\nNearest sources:\n\n" + "\n".join(listed)] if listed else []
        refused = f"{answer.refusal or ''}{_other_readings(answer)}"
        return [("\n\n" if said else "") + refused, *nearest]
    left = list(answer.sentences)
    if left[: len(said)] == list(said):
        left = left[len(said) :]
    elif said:  # what was said did not stand: the answer as it does follows
        return ["\n\nCorrected:\n\n", *pieces(answer)]
    made = []
    shown = list(said)
    for sentence in left:
        made.append(next_sentence(sentence, shown))
        shown.append(sentence)
    if answer.unanswered:
        made.append(f"\n\n{_harmless(answer.left_open)}")
    if answer.how:
        made.append(f"\n\n{_harmless(answer.how)}")
    made.append(_other_readings(answer))
    if sources := "\n".join(f"{cited.n}. {_citation(cited)}" for cited in answer.citations):
        made.append(f"\n\nSources:\n\n{sources}")
    return made


def _other_readings(answer: Answer) -> str:
    return f"\n\n{_harmless(answer.other_readings)}" if answer.did_you_mean else ""


def next_sentence(sentence: Sentence, said: Sequence[Sentence]) -> str:
    """Return what a sentence adds to those that were said."""
    before = said[-1] if said else None
    heading = ""
    if sentence.group and (before is None or before.group != sentence.group):
        heading = f"**{_harmless(sentence.group)}**\n\n"
    if before is None:
        return heading + _sentence(sentence)
    if sentence.form in ("item", "calculation") and before.item:
        apart = "\n"
    elif sentence.block or before.block or heading or before.item != sentence.item:
        apart = "\n\n"
    else:
        apart = " "
    return apart + heading + _sentence(sentence)


def _sentence(sentence: Sentence) -> str:
    marks = " ".join(f"[{n}]" for n in sentence.citations)
    code = code_of(sentence.text) if sentence.form == "code" else None
    if code is not None:
        return f"{fenced(code)}\n\n{marks}"
    if sentence.block:
        return f"{_harmless(sentence.text)}\n\n{marks}"
    bullet = "- " if sentence.form in ("item", "calculation") else ""
    text = _harmless(" ".join(sentence.text.split()))
    if sentence.original is not None and sentence.status == "weak":
        text += f" (“{_harmless(' '.join(sentence.original.split()))}”)"
    return f"{bullet}{text} {marks}".rstrip()


def _citation(cited: Citation) -> str:
    return linked(cited.title, cited.deep_link) + _places(cited.recommended_by)


def _hit(hit: Hit) -> str:
    return linked(hit.passage.title, hit.passage.url) + _places(hit.recommended_by)


def _places(places: tuple[Recommendation, ...]) -> str:
    names = [
        " › ".join((place.list, *place.section))
        + (f" ({place.difficulty})" * bool(place.difficulty))
        for place in places[:1]
    ]
    return "".join(f" — {_harmless(name)}" for name in names)


def _harmless(text: str) -> str:
    """Return a page's words so that Markdown makes no link, image or tag of them."""
    closed = re.sub(r"\](?=[(\[:])", r"]\\", text)
    return re.sub(r"<(?=[A-Za-z/!?])", r"\\<", closed)
