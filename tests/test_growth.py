"""No text takes more than linear time: every public function that reads what others wrote."""

import pytest

from tests.growth import cases_of, is_exempt, is_quick, public_functions, tables, texts

TABLES = tables()
CASES = [
    pytest.param(case, id=f"{name.removeprefix(floor + '.')}-{number}")
    for floor, table in TABLES.items()
    for number, (name, case) in enumerate(cases_of(table))
]


@pytest.mark.parametrize("floor", TABLES)
def test_every_public_function_that_takes_text_stands_in_the_table_of_its_floor(floor: str) -> None:
    table = TABLES[floor]
    public = public_functions(floor)
    missing = sorted(
        name for name in public if name not in table.CASES and not is_exempt(name, table)
    )
    assert not missing, f"say in tests/growth_{floor}.py how their time grows: {missing}"
    gone = sorted(table.CASES.keys() - public.keys())
    assert not gone, f"tests/growth_{floor}.py names what is not there: {gone}"
    twice = sorted(name for name in table.CASES if is_exempt(name, table))
    assert not twice, f"measured, and exempt from it: {twice}"


@pytest.mark.parametrize("case", CASES)
def test_time_grows_with_the_length_of_the_text_and_no_faster(case) -> None:
    slow = [
        name
        for name, make in texts(case)
        # what a busy machine made slow is quick the second time
        if not any(is_quick(case.call, make, case.most) for _ in range(2))
    ]
    assert not slow, f"more than linear in {slow}"
