"""Pairs to train and test a judge of sentences on: evidence, sentence, label, where it is false.

True sentences are the primer's own, compressed, merged or with their clauses turned by rule, and
those that people found attributable (BEGIN, mtrag-un); false ones are made of them by one change
(`tests.benchmarks.falsify` and `harder` below), or are those that people found wanting (BEGIN,
WiCE's tokens). Which words were changed is read off a comparison with the true sentence, so that
a judge can be taught the place as well. For relevance: questions made of the primer's sentences
by rule and the first questions of mtrag-un, with passages that answer and such that share words.

Held out by text: `held` says of which texts nothing is trained on. Held out by kind: `UNSEEN`.
What may be measured but not trained on (see the public sets' README) is not read here.
"""

import csv
import difflib
import hashlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.text.sentences import sentences
from tests.benchmarks.falsify import SEED, falsify

UNSEEN = frozenset({"quantifier", "numbers exchanged", "cause turned"})
"""Kinds of falsehood that nothing is trained on."""
NOTES = Path(__file__).resolve().parents[2] / "data" / "primer"
_WINDOW = 280  # characters of evidence
_HELD_PARTS = 5


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence beside evidence.

    ``kind`` is "true" or says what is false; ``wrong`` holds a mark for each word of the sentence
    (split at spaces) that no evidence bears, empty where that is not known. With ``relevance`` the
    sentence is a question and ``supported`` says whether the evidence answers it.
    """

    evidence: str
    sentence: str
    supported: bool
    kind: str
    source: str
    wrong: tuple[bool, ...] = ()
    relevance: bool = False


def held(text: str) -> bool:
    """Say whether a text, by its name or beginning, is kept for measuring: one of five."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % _HELD_PARTS == 0


def training(shared: Path) -> list[Pair]:
    """Return all pairs to train on, in a fixed shuffled order; ``shared`` may be absent."""
    public = shared / "public"
    pairs = [pair for note in notes(kept=False) for pair in of_note(note)]
    if public.is_dir():
        pairs += [*_begin(public), *_mtrag(public), *_wice(public)]
    random.Random(SEED).shuffle(pairs)  # no secret
    return pairs


def notes(*, kept: bool) -> list[Path]:
    """Return the primer's notes that are kept for measuring, or those that are not.

    Kept are also all those that an English question of ``data/eval/primer.jsonl`` is about: its
    answers are measured as paraphrases.
    """
    asked = (NOTES.parent / "eval" / "primer.jsonl").read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, asked) if row["lang"] == "en"]
    about = {url.rpartition("/")[2] for row in rows for url in row["gold_urls"]}
    every = sorted(path for path in NOTES.glob("*.md") if path.stem != "README")
    return [path for path in every if kept == (held(path.stem) or path.stem in about)]


def of_note(note: Path, unseen: bool = False) -> Iterator[Pair]:
    """Yield the pairs made of one note of the primer; ``unseen`` includes the kinds held out."""
    title, lines = _lines(note)
    rng = random.Random(f"{SEED}{note.stem}")
    for place in range(len(lines)):
        evidence = _window(lines, place)
        whole = " ".join(lines)
        for kind, true in _true_forms(lines, place, rng):
            yield Pair(evidence, true, True, "true", f"primer {kind}", _none_wrong(true))
            made = [*falsify(true, (whole,), rng), *harder(true, lines, place, rng)]
            made = [(k, s) for k, s in made if s != true and (unseen or k not in UNSEEN)]
            for error, false in made if unseen else rng.sample(made, min(2, len(made))):
                yield Pair(evidence, false, False, error, "primer", changed(true, false))
        if rng.random() < 0.15 and len(lines) > 6:
            far = lines[(place + rng.randrange(3, len(lines) - 3)) % len(lines)]
            if far not in evidence:
                yield Pair(evidence, far, False, "elsewhere", "primer")
        yield from _questions(title, lines, place, rng)


def _lines(note: Path) -> tuple[str, list[str]]:
    """Return the title of a note and its plain sentences."""
    text = note.read_text("utf-8")
    body = text.split("\n---\n", 1)[-1]
    title = next((row[2:] for row in body.splitlines() if row.startswith("# ")), note.stem)
    found = []
    for block in re.split(r"\n\s*\n", re.sub(r"```.*?```|\$\$.*?\$\$", "", body, flags=re.DOTALL)):
        if block.lstrip().startswith(("#", "|", "- ", "* ", "!", "1.")):
            continue
        flat = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", " ".join(block.split()))
        flat = re.sub(r"[*`$]|\\[,;!]", "", flat)
        spans = [flat[start:end].strip() for start, end in sentences(flat)]
        found += [s for s in spans if 35 <= len(s) <= 260 and "\\" not in s]
    return title, found


def _window(lines: list[str], place: int) -> str:
    """Return a line with those beside it, as many as the judge can read."""
    low, high = place, place + 1
    length = len(lines[place])
    for _ in range(2):
        if high < len(lines) and length + len(lines[high]) < _WINDOW:
            length += len(lines[high])
            high += 1
        if low and length + len(lines[low - 1]) < _WINDOW:
            low -= 1
            length += len(lines[low])
    return " ".join(lines[low:high])


_REWRITES = (
    ("because", "since"), ("such as", "like"), ("for example", "for instance"),
    ("however", "but"), ("about", "roughly"), ("approximately", "about"), ("shows", "demonstrates"),
    ("needs", "requires"), ("require", "need"), ("uses", "makes use of"), ("many", "a lot of"),
    ("therefore", "so"), ("in order to", "to"), ("method", "technique"), ("begins", "starts"),
    ("a single", "one"), ("each", "every"), ("only", "just"), ("often", "frequently"),
    ("must", "has to"), ("computes", "calculates"), ("obtain", "get"), ("is called", "is known as"),
    ("helps", "is of help"), ("fast", "quick"), ("large", "big"), ("almost", "nearly"),
    ("usually", "mostly"), ("whole", "entire"), ("stores", "keeps"), ("instead of", "rather than"),
)  # fmt: skip
_LEADING = re.compile(r"^(?:However|Therefore|Thus|In practice|For example|Moreover|So|But), (\w)")
_ASIDE = re.compile(r" \([^()]{3,80}\)")
_TRAILING = re.compile(r",? (?:which|where|whose|so that|because|and so) [^,;]{8,90}\.$")
_FRONT = re.compile(r"^(If|When|Because|Since|While|After|Before|Unless) ([^,]{8,90}), (.+)\.$")
_BACK = re.compile(r"^([^,;]{12,120}) (if|when|because|while|after|before|unless) ([^,;]{8,90})\.$")
_STARTS = re.compile(r"^(?:The|A|An|It|They|This|These|In|Each|All|Such|Its|One) ")


def _true_forms(lines: list[str], place: int, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Yield a line in other words that say no more; at most three ways."""
    line = lines[place]
    forms: list[tuple[str, str]] = []
    if (lead := _LEADING.search(line)) is not None:
        forms.append(("without its link", lead[1].upper() + line[lead.end() :]))
    if _ASIDE.search(line):
        forms.append(("without its aside", _ASIDE.sub("", line)))
    if _TRAILING.search(line):
        forms.append(("without its end", _TRAILING.sub(".", line)))
    if (turn := _FRONT.match(line)) is not None:
        forms.append(("turned", f"{_upper(turn[3])} {turn[1].lower()} {turn[2]}."))
    elif (turn := _BACK.match(line)) is not None:
        forms.append(("turned", f"{_upper(turn[2])} {turn[3]}, {_lower(turn[1])}."))
    rewritten = line
    for old, new in _REWRITES:
        if rng.random() < 0.8:
            rewritten = re.sub(rf"\b{old}\b", new, rewritten)
    if rewritten != line:
        forms.append(("reworded", rewritten))
    if place + 1 < len(lines) and len(line) + len(lines[place + 1]) < 230:
        joined = f"{line[:-1]}{rng.choice(['; ', ', and ', ', while '])}{_lower(lines[place + 1])}"
        forms.append(("merged", joined))
    clauses = re.split(r"(?:; |, (?:and|but|while) )", line[:-1])
    if len(clauses) > 1 and len(clauses[0]) > 35:
        forms.append(("its first clause", clauses[0] + "."))
    rng.shuffle(forms)
    yield from forms[:3]
    if not forms or rng.random() < 0.5:
        yield "as it is", line


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if _STARTS.match(text) else text


_VERB = re.compile(
    r" (?:is|are|was|were|has|have|uses?|needs?|gives?|takes?|makes?|keeps?|adds?|can|lets?|"
    r"computes?|stores?|splits?|trains?|learns?|runs?|reads?|writes?|works?|holds?) "
)
_CAUSE = re.compile(r"^([^,;]{12,120}?),? (because|since|so that) ([^;]{12,120})\.$")
_UNLIKE = re.compile(r"\b(Unlike|unlike|Like|like) (?=[A-Z])")


def harder(
    true: str, lines: list[str], place: int, rng: random.Random
) -> Iterator[tuple[str, str]]:
    """Yield falsehoods that need more than one word: facts of two things made one, causes turned.

    Of things that are said of another nearby a reader without the evidence could not tell.
    """
    others = [n for n in range(max(0, place - 4), min(len(lines), place + 5)) if n != place]
    mine = _VERB.search(true)
    if mine and others:
        theirs = lines[rng.choice(others)]
        if (verb := _VERB.search(theirs)) is not None and verb.start() < 60:
            subject, rest = true[: mine.start()], theirs[verb.start() :]
            if subject.lower() != theirs[: verb.start()].lower() and len(subject) < 60:
                yield "facts merged", subject + rest
    if (cause := _CAUSE.match(true)) is not None:
        yield "cause turned", f"{_upper(cause[3])} {cause[2]} {_lower(cause[1])}."
    if (unlike := _UNLIKE.search(true)) is not None:
        turned = {"Unlike": "Like", "unlike": "like", "Like": "Unlike", "like": "unlike"}
        yield (
            "unlike flipped",
            true[: unlike.start()] + turned[unlike[1]] + true[unlike.end() - 1 :],
        )


def changed(true: str, false: str) -> tuple[bool, ...]:
    """Mark the words of a false sentence that differ from the true one.

    Where words were only left out, those on both sides of the gap are marked.
    """
    old, new = true.split(), false.split()
    marks = [False] * len(new)
    for tag, _, _, low, high in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if tag == "delete":
            for place in {max(low - 1, 0), min(low, len(new) - 1)}:
                marks[place] = True
        elif tag != "equal":
            marks[low:high] = [True] * (high - low)
    return tuple(marks)


def _none_wrong(sentence: str) -> tuple[bool, ...]:
    return (False,) * len(sentence.split())


_SUBJECT = re.compile(
    r"^((?:The |A |An )?(?:[\w-]+ ){1,4}?)"
    r"(is|are|has|uses|needs|gives|takes|makes|keeps|adds|lets|computes|stores|splits|trains|learns"
    r"|turns) (.{20,140})\.$"
)


def _questions(title: str, lines: list[str], place: int, rng: random.Random) -> Iterator[Pair]:
    """Yield questions made of a line by rule: one it answers; the same of what shares its words."""
    match = _SUBJECT.match(lines[place])
    if match is None or rng.random() < 0.4:
        return
    subject, verb, rest = match[1].strip(), match[2], match[3]
    short = re.split(r"[,;:(]", rest)[0]
    asked = [f"What {verb} {short}?", f"Which method {verb} {short}?"]
    if verb in ("is", "are"):
        asked.append(f"What {verb} {_lower(subject)}?")
    else:
        asked.append(f"What does {_lower(subject)} {_base(verb)}?")
    question = rng.choice(asked)
    evidence = _window(lines, place)
    yield Pair(evidence, question, True, "answers", f"primer {title}", relevance=True)
    words = set(question.lower().split())
    far = [n for n in range(len(lines)) if lines[n] not in evidence]
    if far:
        near = max(far, key=lambda n: len(words & set(lines[n].lower().split())))
        yield Pair(_window(lines, near), question, False, "shares words", "primer", relevance=True)
    made = [s for k, s in falsify(question, (" ".join(lines),), rng) if k in ("name", "opposite")]
    if made:
        yield Pair(evidence, made[0], False, "asks of another", "primer", relevance=True)


def _base(verb: str) -> str:
    return {"has": "have"}.get(verb, verb[:-1])


def best_window(text: str, sentence: str) -> str:
    """Return the part of a text that shares most words with a sentence, as long as can be read."""
    lines = [text[start:end].strip() for start, end in sentences(text)]
    words = set(re.findall(r"\w{3,}", sentence.lower()))
    scores = [len(words & set(re.findall(r"\w{3,}", line.lower()))) for line in lines]
    chosen: set[int] = set()
    length = 0
    for place in sorted(range(len(lines)), key=lambda n: -scores[n]):
        if scores[place] and length + len(lines[place]) < _WINDOW:
            chosen.add(place)
            length += len(lines[place])
    return " ".join(lines[n] for n in sorted(chosen)) or text[:_WINDOW]


def _begin(public: Path) -> Iterator[Pair]:
    for part in ("cmu", "tc"):
        with (public / "begin" / f"begin_dev_{part}.tsv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                said = row["response"]
                if begin_is_trained_on(row["knowledge"]) and row["begin_label"] != "Generic":
                    yield from _by_people(
                        row["knowledge"], said, row["begin_label"].startswith("Fully"), "begin"
                    )


def begin_is_trained_on(text: str) -> bool:
    """Say whether replies to a text are trained on: two of five texts, the rest is measured."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 5 < 2


def mtrag_is_trained_on(conversation: str) -> bool:
    """Say whether a conversation's answers are trained on: half are."""
    return int(hashlib.sha256(conversation.encode()).hexdigest(), 16) % 2 == 0


def _by_people(text: str, said: str, supported: bool, source: str) -> Iterator[Pair]:
    evidence = best_window(text, said)
    if not supported:
        yield Pair(evidence, said, False, "by people", source)
        return
    true = Pair(evidence, said, True, "true", source, _none_wrong(said))
    yield true
    rng = random.Random(f"{SEED}{said}")
    made = [(k, s) for k, s in falsify(said, (text,), rng) if s != said and k not in UNSEEN]
    for kind, false in rng.sample(made, min(3, len(made))):
        yield replace(true, sentence=false, supported=False, kind=kind, wrong=changed(said, false))


def _mtrag(public: Path) -> Iterator[Pair]:
    rows = (public / "mtrag-un" / "reference.jsonl").read_text("utf-8").splitlines()
    for row in map(json.loads, rows):
        if not mtrag_is_trained_on(row["conversation_id"]):
            continue
        texts = [each["text"] for each in row["contexts"]]
        answerable = row["answerability"] == ["ANSWERABLE"]
        if answerable and sum(map(len, texts)) < 8000:
            target, whole = row["targets"][0]["text"], "\n\n".join(texts)
            have = set(re.findall(r"\w{4,}", whole.lower()))
            for start, end in sentences(target):
                words = set(re.findall(r"\w{4,}", target[start:end].lower()))
                if 40 <= end - start <= 260 and len(words & have) > 0.7 * len(words):
                    yield from _by_people(whole, target[start:end], True, "mtrag")
        if len(row["input"]) == 1 and row["answerability"][0] in ("ANSWERABLE", "UNANSWERABLE"):
            question = row["input"][0]["text"]
            for text in texts[:3]:
                yield Pair(best_window(text, question), question, answerable, "asked", "mtrag",
                           relevance=True)  # fmt: skip


def wice_is_trained_on(claim: str) -> bool:
    """Say whether the judge is trained on a claim: seven of ten; the rest fits combinations."""
    return int(hashlib.sha256(claim.encode()).hexdigest(), 16) % 10 < 7


def _wice(public: Path) -> Iterator[Pair]:
    for pair in wice_tokens(public):
        if wice_is_trained_on(pair.sentence if not pair.supported else pair.source):
            yield replace(pair, source="wice")


def wice_tokens(public: Path) -> Iterator[Pair]:
    """Yield the claims of WiCE's token-level training set, and each without what nobody supports.

    The ``source`` of a shortened claim is the claim.
    """
    file = public / "wice" / "non_supported_tokens-train.jsonl"
    for row in map(json.loads, file.read_text("utf-8").splitlines()):
        # half of the sentences around those that support it would not fit
        lines = sorted({n for group in row["supporting_sentences"] for n in group})
        text = " ".join(row["evidence"][n] for n in lines)
        evidence = text if len(text) < _WINDOW else best_window(text, row["claim"])
        at, marks = 0, []
        ends: list[tuple[int, int, bool]] = []
        for token, wrong in zip(row["claim_tokens"], row["non_supported_spans"], strict=True):
            start = row["claim"].find(token, at)
            if start < 0:
                break
            at = start + len(token)
            ends.append((start, at, wrong))
        for word in re.finditer(r"\S+", row["claim"]):
            marks.append(any(w and s < word.end() and e > word.start() for s, e, w in ends))
        yield Pair(evidence, row["claim"], False, "by people", "wice", tuple(marks))
        left = " ".join(
            w for w, wrong in zip(row["claim"].split(), marks, strict=True) if not wrong
        )
        if len(left.split()) > 5 and sum(marks) < 0.5 * len(marks):
            yield Pair(evidence, left, True, "true", row["claim"], _none_wrong(left))
