"""The official MCP client uses the tools, over HTTP and over stdio."""

import sys
from pathlib import Path

import anyio
import httpx
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from assistant.desk import Desk
from tests.assistant.test_keeping import QUICK, page
from tests.assistant.test_threads import CITED, answered
from tests.doors import serving
from tests.stand_in import Web
from ui.serving.access import Access

ROOT = Path(__file__).resolve().parents[2]


async def _uses(client: Client, more: frozenset[str] = frozenset()) -> None:
    listed = (await client.list_tools()).tools
    assert {each.name for each in listed} == {
        "search", "ask", "read_source", "reading_path", "cite", *more,
    }  # fmt: skip
    assert all(each.output_schema and each.description for each in listed)
    found = await client.call_tool("search", {"query": "multi-query attention", "k": 1})
    hit = found.structured_content["hits"][0]
    nulls = {"query": "multi-query attention", "k": None, "list": None, "lang": None}
    assert not (await client.call_tool("search", nulls)).is_error
    nulls = {"url": hit["url"], "start": None, "length": None}
    assert not (await client.call_tool("read_source", nulls)).is_error
    read = await client.call_tool("read_source", {"url": hit["url"], "length": 50})
    text = read.structured_content
    assert text["start"] == 0
    assert text["next_start"] == 50
    rest = await client.call_tool("read_source", {"url": hit["url"], "start": 50})
    assert hit["quote"] in text["text"] + rest.structured_content["text"]
    asked = {
        "question": "and grouped-query attention?",
        "history": [{"role": "user", "content": "What is multi-query attention?"}],
    }
    answer = (await client.call_tool("ask", asked)).structured_content
    assert answer["sentences"][0]["citations"] == [1]
    assert answer["citations"][0]["n"] == 1
    wrong = await client.call_tool("read_source", {"url": "https://nowhere.example/"})
    assert wrong.is_error
    assert "holds no page" in wrong.content[0].text
    cited = await client.call_tool("cite", {"urls": [hit["url"]], "format": "apa"})
    assert cited.structured_content["text"].startswith("Sharing keys and values. (n.d.).")
    assert cited.structured_content["items"][0]["title"] == "Sharing keys and values"
    path = await client.call_tool("reading_path", {"topic": "zxqv nonsense word"})
    assert path.is_error
    for given, said in (
        ({"query": "x", "k": 1000}, "k: Input should be less than or equal to 50."),
        ({"query": ["secret"]}, "query: Input should be a valid string."),
        ({}, "query: Field required."),
        ({"query": "x", "lists": ["secret"]}, "lists: search takes no such argument: there are "),
    ):
        wrong = await client.call_tool("search", given)
        assert wrong.is_error
        assert wrong.content[0].text.startswith(said)
        assert "secret" not in wrong.content[0].text


def test_over_http(desk):
    name = desk.threads.keep(answered())

    async def use(url: str) -> None:
        async with Client(f"{url}/mcp") as client:
            await _uses(client)
            cited = await client.call_tool("cite", {"thread": name})
            assert [item["title"] for item in cited.structured_content["items"]] == [CITED.title]
            assert (await client.call_tool("cite", {})).is_error

    with serving(desk) as url:
        anyio.run(use, url)


def test_over_http_without_the_token_nothing_is_told(desk):
    async def use(url: str) -> None:
        async with Client(streamable_http_client(f"{url}/mcp")) as client:
            await client.list_tools()

    anything = pytest.raises(Exception, match=r".")  # which one is the client's business
    with serving(desk, access=Access(token="t")) as url, anything as raised:
        anyio.run(use, url)
    assert "search" not in str(raised.value)


def test_over_stdio(desk, home):
    command = ["-m", "ui.cli", "mcp", "--home", str(home), "--llm", "extractive"]

    async def use() -> None:
        process = StdioServerParameters(command=sys.executable, args=command, cwd=str(ROOT))
        async with Client(process) as client:
            await _uses(client, frozenset({"add_source"}))
            refused = await client.call_tool("add_source", {"url": "http://127.0.0.1/x"})
            assert refused.is_error
            assert "not a public web address" in refused.content[0].text

    anyio.run(use)


def test_a_page_is_taken_in_by_those_with_the_token(home, notes):
    async def use(url: str) -> None:
        bearer = {"Authorization": "Bearer a-token-of-mine"}

        async with (
            httpx.AsyncClient(headers=bearer, timeout=120) as http,
            Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
        ):
            asked = {"url": "https://blog.example/osprey"}
            job = (await client.call_tool("add_source", asked)).structured_content
            assert (job["state"], job["result"]["pages"][0]["state"]) == ("done", "fetched")
            found = await client.call_tool("search", {"query": "osprey sentence", "k": 1})
            assert found.structured_content["hits"][0]["url"] == asked["url"]

    with Web({"https://blog.example/osprey": page("osprey")}) as web:
        desk = Desk(home, llm="extractive", transport=web.transport, limits=QUICK)
        desk.ingest([notes], seed=False, offline=True)
        with serving(desk, access=Access(token="a-token-of-mine")) as url:
            anyio.run(use, url)
        desk.close()
