"""The desk: all that can be asked of a home, by subject; see the other modules."""

from assistant.desk.asking import Asking
from assistant.desk.keeping import Keeping
from assistant.desk.measuring import Measuring
from assistant.desk.studying import Studying
from assistant.desk.taking_out import TakingOut


class Desk(Asking, Keeping, Studying, TakingOut, Measuring):
    """A home's library and models, ready to be asked.

    Args:
        home: the home folder; by default the user's data folder.
        llm: ``auto``, ``extractive``, a pinned model's name, a ``.gguf`` path or a server's URL.
        progress: told of every long step.
        notice: told, once, what was done unasked (a new home being seeded).
        transport: sends what is fetched; by default straight to the public web.
        limits: how politely is fetched; see `ingest.fetch.pace.Limits`.
        embedder: the embedding model; by default that of the home's library, else MiniLM for
            English with multilingual-e5-small for all other languages. With another one than the
            library's, the library has to be rebuilt.
        note_gaps: remember refused questions in the home, for :meth:`gaps`.
        history: let doors keep what they are asked, in :attr:`threads`; asking alone keeps nothing.
        library: where the library lies: a folder, ``http(s)://HOST:PORT[/NAME]`` of a Milvus
            server or a ``.db`` file of Milvus Lite; by default where :meth:`rebuild` put it.
        judge: a cross-encoder or NLI model, by its folder or ``OWNER/NAME``, that decides which
            sentences of a model are supported where rules find no fault; by default rules alone.
        database: ``postgresql://USER@HOST/NAME``, where threads, notes, cards and gaps are kept
            that several desks share; by default in the home.
    """
