"""Every host has a pace of its own, and is left alone when it wants too much of our time."""

import asyncio

from ingest.fetch.pace import Hosts, Limits


def test_a_host_is_one_under_both_schemes_and_apart_from_others():
    hosts = Hosts(Limits())
    assert hosts.of("http://a.example/x") is hosts.of("https://A.example/y")
    assert hosts.of("https://a.example/x") is not hosts.of("https://a.example:8443/x")


def test_arxiv_is_given_the_time_it_asks_for_in_its_terms():
    assert Hosts(Limits(pace=1)).of("https://arxiv.org/abs/1706.03762").pace == 3
    assert Hosts(Limits(pace=5)).of("https://arxiv.org/abs/1706.03762").pace == 5
    assert Hosts(Limits(pace=1)).of("https://a.example/").pace == 1


def test_a_host_is_slowed_down_and_never_hurried():
    host = Hosts(Limits(pace=1)).of("https://a.example/")
    host.slow_down(0.5)
    assert host.pace == 1
    host.slow_down(2)
    assert host.pace == 2


def test_a_turn_that_comes_too_late_is_not_waited_for():
    host = Hosts(Limits(pace=0.01, patience=10)).of("https://a.example/")
    host.slow_down(60)

    async def two() -> list[object]:
        return [await host.turn(), await host.turn()]

    first, second = asyncio.run(two())
    assert first is None
    assert second.reason == "not available now (asks for 60 seconds between requests)"
