"""Opening a generation for searching: what it is made of, what is said of a damaged one."""

import sqlite3
import threading
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from index.models.embedder import MODELS, Embedder
from index.search.abbreviations import Glossary
from index.search.halves import PassageVectors
from index.search.lexical import WordIndex
from index.search.served import others_of, vectors_of, words_of
from index.search.spelling import Speller
from index.store import sums
from index.store.generation import FINGERPRINT, OTHERS, Home
from index.store.recipe import FORMAT
from index.store.served import Served
from index.store.sqlite import Store
from index.store.sums import DamagedLibrary
from index.store.within import FOREIGN, Group
from ingest.disk import own_text
from ingest.errors import ModelUnavailable, NothingFound, RefdeskError


def _another_model(built_with: str | None, embedder: Embedder) -> str:
    if built_with == embedder.name:
        how = f"when refdesk used {built_with} in another way"
    else:
        how = f"with another embedding model ({built_with}, not this {embedder.name})"
    return f"This library was built {how}: run `refdesk rebuild`."


class OtherVectors:
    """The vectors of a generation for other languages than English, opened when first needed."""

    def __init__(self, folder: Path, embedder: Embedder, served: Served | None) -> None:
        self._generation = folder
        self._served = served
        self._folder = folder / OTHERS
        self._embedder = embedder
        self._lock = threading.Lock()
        self._opened = not (embedder.has_beyond and (self._folder / FINGERPRINT).exists())
        self._vectors: PassageVectors | None = None

    def vectors(self) -> PassageVectors | None:
        """Return them, if they are there and can be used."""
        with self._lock:
            if not self._opened:
                self._vectors = self._open()
                self._opened = True
            return self._vectors

    def _open(self) -> PassageVectors | None:
        try:
            other = self._embedder.beyond_english()
        except ModelUnavailable:
            return None  # a home carried to where the model cannot be had: English goes on
        made_by = own_text(self._folder / FINGERPRINT)
        return others_of(self._generation, self._served) if made_by == other.fingerprint else None


@dataclass(frozen=True, slots=True)
class OpenGeneration:
    """A generation opened for searching."""

    folder: Path
    store: Store
    vectors: PassageVectors
    words: WordIndex
    glossary: Glossary
    speller: Speller
    listed: frozenset[int]
    languages: dict[str, Group]  # the passages in each language but English
    foreign: Group  # and all of these
    others: OtherVectors


def embedder_of(home: Home) -> str | None:
    """Return the name of the embedding model a home's library was built with, if it has one.

    Of a library that is damaged the one before it says so, and where all are lost a note does.
    """
    for folder in filter(None, [home.current(), *reversed(home.generations())]):
        try:
            store = Store(folder / "library.sqlite")
            name = store.setting("embedder")
            store.close()
        except (sqlite3.Error, OSError):
            continue
        if name in MODELS or (name and not sums.damage(folder, every_byte=True)):
            return name
    noted = home.noted_embedder()
    return noted if noted in MODELS else None


def open_generation(
    folder: Path, embedder: Embedder, served: Served | None = None
) -> OpenGeneration:
    """Open a generation; of a served library its files, and what is searched on the server.

    Raises:
        NothingFound: it was built by another version or with another model.
        DamagedLibrary: it is no longer what was written.
    """
    harm = sums.damage(folder, every_byte=False)
    if harm:
        raise DamagedLibrary(_harmed(folder, "; ".join(f"{name}: {how}" for name, how in harm)))
    try:
        store = Store(folder / "library.sqlite")
        built = store.setting("format")
        if built is not None and built != str(FORMAT):
            raise NothingFound(
                f"The library in {folder.parent.parent} was built by another version of "
                "refdesk: run `refdesk rebuild`."
            )
        if built is not None and store.setting("fingerprint") != embedder.fingerprint:
            raise NothingFound(_another_model(store.setting("embedder"), embedder))
        if built is None:
            raise ValueError("library.sqlite says nothing of what it is")
        if not (folder / "words" / "meta.json").is_file():
            raise ValueError("words/meta.json: it is not there")
        words = words_of(folder, served)
        foreign = store.foreign()
        return OpenGeneration(
            folder,
            store,
            vectors_of(folder, served),
            words,
            Glossary(store.abbreviations()),
            Speller(words, embedder.is_word),
            frozenset(store.listed()),
            {lang: Group.of(lang, numbers) for lang, numbers in foreign.items()},
            Group.of(FOREIGN, chain.from_iterable(foreign.values())),
            OtherVectors(folder, embedder, served),
        )
    except RefdeskError:
        raise
    except Exception as error:  # whatever three libraries make of damaged files
        raise DamagedLibrary(_harmed(folder, f"{type(error).__name__}: {error}")) from error


def _harmed(folder: Path, how: str) -> str:
    return (
        f"The library in {folder.parent.parent} is damaged ({how}): run `refdesk check --repair`, "
        "or `refdesk rebuild`, which makes it anew from the archive."
    )
