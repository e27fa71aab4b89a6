"""The choice of an answer's units: what is taken, what is read with it, how much room is left."""

from collections.abc import Iterable, Sequence

from assistant.answering.checking import unsupported_details
from assistant.answering.evidence import Evidence
from assistant.answering.fitted import table
from assistant.answering.selection.sections import Section, Unit
from assistant.answering.selection.worth import chance_of, subject_of, targets_of, worth_of

_FITTED = table("plan")
_RUN = 130  # words of units that are read together, at most
_FEWEST_WORDS = 30  # room for a further section, if it is not shorter

Place = tuple[int, int]
"""A section by its number, and the number of a unit in it."""


class Choice:
    """What is chosen so far, and how many words are left."""

    def __init__(
        self, evidence: Evidence, candidates: Sequence[Section], words: int, most_sections: int
    ) -> None:
        self._evidence = evidence
        self._candidates = candidates
        self.left = words
        self._most_sections = most_sections
        self.subject = subject_of(evidence, candidates)
        sides = len(self.subject.urls)
        most = words * _FITTED["side"] / sides if sides > 1 else words
        self._left_of = dict.fromkeys((section.url for section in candidates), most)
        self.chosen: set[Place] = set()
        opens = _FITTED["opens"] * max(
            (
                chance_of(each, unit, targets_of(evidence), self.subject)
                for each in candidates
                for unit in each.units
            ),
            default=0.0,
        )
        self.worth = {
            (number, place): worth_of(
                evidence, section, section.units[place], place, self.subject, opens
            )
            for number, section in enumerate(candidates)
            for place in range(len(section.units))
        }
        self.places = list(self.worth)

    def value(self, at: Place) -> float:
        """Return what a unit is worth now."""
        begun = any(number == at[0] for number, _ in self.chosen)
        return self.worth[at] - (_FITTED["go_on"] if begun else 0.0)

    def chance(self, at: Place, target: int) -> float:
        """Return how likely a unit answers one of the queries."""
        section = self._candidates[at[0]]
        return chance_of(section, section.units[at[1]], [target], self.subject)

    def fits(self, at: Place) -> bool:
        """Say whether a unit is new and there is room for it."""
        begun = {number for number, _ in self.chosen}
        if at in self.chosen or (at[0] not in begun and len(begun) >= self._most_sections):
            return False
        room = self._room(at)
        if at[0] not in begun and self.chosen and room < _FEWEST_WORDS:
            own = sum(unit.words for unit in self._candidates[at[0]].units)
            if room < own:
                return False
        words = self._words(self._with_needs(self._from_its_beginning(at)))
        return (words <= room or not self.chosen) and not self._is_said_before(at)

    def read_on(self) -> Place | None:
        """Return the first unit not chosen of a document about what is asked, whose opening is."""
        begun = {
            section.url
            for section in (self._candidates[number] for number, _ in self.chosen)
            if section.opens and section.url in self.subject.urls
        }
        least = _FITTED["read_on"] * max(self.worth.values(), default=0.0)
        places = (
            at for at in self.places
            if self._candidates[at[0]].url in begun and self.worth[at] >= least
        )  # fmt: skip
        return next(filter(self.fits, places), None)

    def take(self, at: Place) -> None:
        """Choose a unit and what is read with it: whole paragraphs before, units after."""
        number = at[0]
        places = self._from_its_beginning(at)
        while places:
            for place in self._with_needs(places):
                self._add(place)
            first, last = self._ends_of_run(at)
            before = (number, first - 1)
            beside = [
                self._from_its_beginning(before) if before in self.worth else [],
                [(number, last + 1)] if (number, last + 1) in self.worth else [],
            ]
            run = sum(self._unit((number, place)).words for place in range(first, last + 1))
            beside = [places for places in beside if places and self._is_read_with(places, run)]
            places = max(beside, key=self._most_worth, default=[])

    def _ends_of_run(self, at: Place) -> tuple[int, int]:
        """Return the numbers of the first and the last unit chosen beside each other around one."""
        number, first = at
        last = first
        while (number, first - 1) in self.chosen:
            first -= 1
        while (number, last + 1) in self.chosen:
            last += 1
        return first, last

    def _from_its_beginning(self, at: Place) -> list[Place]:
        """Return a unit and those before it in its paragraph, alone where these are too many.

        What is said already is left out.
        """
        number, first = at
        while first and not self._unit((number, first)).begins:
            first -= 1
        before = [(number, place) for place in range(first, at[1])]
        places = [place for place in before if not self._is_said_before(place)] + [at]
        return places if self._words(places) <= _RUN else [at]

    def _with_needs(self, places: Sequence[Place]) -> list[Place]:
        """Return units and those of their sections that they are understood with."""
        needed = {(at[0], place) for at in places for place in self._unit(at).needs}
        return sorted(needed.union(places))

    def _is_read_with(self, places: Sequence[Place], run: int) -> bool:
        if self._words(self._with_needs(places)) > min(self._room(places[0]), _RUN - run):
            return False
        if self._is_said_before(places[-1]):
            return False
        return self._unit(places[-1]).item or self._most_worth(places) >= _FITTED["read_with"]

    def _most_worth(self, places: Sequence[Place]) -> float:
        return max(self.worth[place] for place in places)

    def _words(self, places: Sequence[Place]) -> int:
        """Return how many words of these are not chosen yet."""
        return sum(self._unit(place).words for place in places if place not in self.chosen)

    def _add(self, at: Place) -> None:
        if at not in self.chosen:
            self.chosen.add(at)
            self.left -= self._unit(at).words
            self._left_of[self._candidates[at[0]].url] -= self._unit(at).words

    def _room(self, at: Place) -> float:
        return min(self.left, self._left_of[self._candidates[at[0]].url])

    def _unit(self, at: Place) -> Unit:
        return self._candidates[at[0]].units[at[1]]

    def leave_out_said(self) -> None:
        """Leave out what documents say that are not about what is asked, where one that is does."""
        needed = {(at[0], place) for at in self.chosen for place in self._unit(at).needs}
        for at in sorted(self.chosen - needed):
            if not self._is_of_subject(at) and self._is_said(
                at, filter(self._is_of_subject, self.chosen)
            ):
                self.chosen.remove(at)
                self.left += self._unit(at).words
                self._left_of[self._candidates[at[0]].url] += self._unit(at).words

    def _is_of_subject(self, at: Place) -> bool:
        return self._candidates[at[0]].url in self.subject.urls

    def _is_said_before(self, at: Place) -> bool:
        """Say whether a unit says again what is shown already.

        A document that is about what is asked says it all the same: others are left out for it.
        """
        of_subject = self._is_of_subject(at)
        return self._is_said(
            at, [other for other in self.chosen if self._is_of_subject(other) or not of_subject]
        )

    def _is_said(self, at: Place, shown_at: Iterable[Place]) -> bool:
        shown = [row for other in sorted(shown_at) for row in self._unit(other).rows]
        lines = self._evidence.lines
        own = [row for row in self._unit(at).rows if not lines[row].piece.block]
        if not shown or not own:
            return False
        return all(self._says_again(row, shown) for row in own)

    def _says_again(self, row: int, shown: Sequence[int]) -> bool:
        """Say whether a sentence says what one of those shown says, and no detail beside it.

        The less of its words stand there, the nearer its vector has to be.
        """
        lines = self._evidence.lines
        line = lines[row]
        near = self._evidence.vectors[shown] @ self._evidence.vectors[row]
        return any(
            cosine + _FITTED["same_words"] * self._evidence.recall(line.terms, lines[other].terms)
            >= _FITTED["same"]
            and unsupported_details(line.text, lines[other].text) is None
            for cosine, other in zip(near.tolist(), shown, strict=True)
            if cosine >= _FITTED["same"] - _FITTED["same_words"]
        )
