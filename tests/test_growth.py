"""No text takes more than linear time: every public function that reads what others wrote."""

import pytest

from tests.growth import cases_of, is_quick, public_functions, tables, texts

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
    known = {*table.CASES, *table.EXEMPT}
    missing = sorted(public.keys() - known)
    assert not missing, f"say in tests/growth_{floor}.py how their time grows: {missing}"
    gone = sorted(name for name in known if name not in public)
    assert not gone, f"tests/growth_{floor}.py names what is not there: {gone}"
    assert not table.CASES.keys() & table.EXEMPT.keys()


@pytest.mark.parametrize("case", CASES)
def test_time_grows_with_the_length_of_the_text_and_no_faster(case) -> None:
    slow = [name for name, make in texts(case) if not is_quick(case.call, make, case.most)]
    assert not slow, f"more than linear in {slow}"
