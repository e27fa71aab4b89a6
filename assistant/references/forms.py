"""The forms in which references go out, by the names they are asked for."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.references.apa import apa
from assistant.references.bibtex import bibtex
from assistant.references.csl import Item
from assistant.references.ris import ris
from ingest.errors import UsageError


@dataclass(frozen=True, slots=True)
class Form:
    """A form of references: how it is written, its media type, how its files' names end."""

    write: Callable[[Sequence[Item]], str]
    media_type: str
    suffix: str


def csl_json(items: Sequence[Item]) -> str:
    """Return items as CSL-JSON."""
    return json.dumps(list(items), ensure_ascii=False, indent=2) + "\n"


FORMS: Mapping[str, Form] = {
    "bibtex": Form(bibtex, "application/x-bibtex", ".bib"),
    "ris": Form(ris, "application/x-research-info-systems", ".ris"),
    "csl-json": Form(csl_json, "application/vnd.citationstyles.csl+json", ".json"),
    "apa": Form(apa, "text/plain", ".txt"),
}


def form_of(name: str) -> Form:
    """Return the form of a name.

    Raises:
        UsageError: there is no such form.
    """
    form = FORMS.get(name)
    if form is None:
        raise UsageError(f"There is no form {name} of references: choose {', '.join(FORMS)}.")
    return form
