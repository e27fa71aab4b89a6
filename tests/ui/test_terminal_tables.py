"""Markdown tables in a terminal: columns stand under each other, bars in cells stay."""

import pytest

from ui.cli.tables import aligned


@pytest.mark.parametrize(
    ("table", "shown"),
    [
        (
            "| size | 16 bits |\n| --- | ---: |\n| 7B | 14 GB |",
            "| size | 16 bits |\n| ---- | ------- |\n| 7B   | 14 GB   |",
        ),
        (
            "| 参数 | b |\n|---|---|\n| a | 显存 |",
            "| 参数 | b    |\n| ---- | ---- |\n| a    | 显存 |",
        ),
        (r"| a \| b | c |", r"| a \| b | c |"),
        ("a | b", "| a | b |"),
        ("| | x |\n| longer |  |", "|        | x |\n| longer |   |"),
        ("| a | b |\n| - | - |\n", "| a | b |\n| - | - |"),
        (f"| a | {'b' * 59} |\n| {'c' * 20} | d |", f"| a | {'b' * 59} |\n| {'c' * 20} | d |"),
        ("", "|  |"),
    ],
)
def test_the_cells_of_a_column_have_one_width(table, shown):
    assert aligned(table) == shown
