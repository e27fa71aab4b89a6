"""The public surface is small and stays as it is."""

import refdesk
from assistant.conversation.rewriting import Exchange
from assistant.desk import Desk


def test_the_package_offers_the_desk_and_what_it_is_given():
    assert refdesk.__all__ == ["Desk", "Exchange"]
    assert (refdesk.Desk, refdesk.Exchange) == (Desk, Exchange)


def test_the_desk_offers_what_the_design_names():
    offered = {name for name in dir(Desk) if not name.startswith("_")}
    assert offered == {
        "ask", "stream", "search", "ingest", "rebuild", "status", "lists", "add_list",
        "remove_list", "check_list", "list_changes", "export", "carry_in", "cards",
        "path", "evaluate", "evaluate_beir", "verify", "models", "pull", "measure", "close",
        "library", "sources", "read_source", "passage", "count_tokens", "gaps", "load_ahead",
        "check", "forget", "take_page", "take_file", "refresh", "digests", "cards_of_answer",
        "cards_of_source", "deck", "page_image", "cite", "vault", "list_entries", "lock", "note",
        "picture", "picture_head", "move_archive", "asks_a_server", "shown_picture",
    }  # fmt: skip
