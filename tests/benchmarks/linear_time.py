"""How time grows with hostile texts: ``python -m tests.benchmarks.linear_time [NAME ...]``.

Prints the worst text of every function in the tables of `tests.growth` (or of those whose dotted
names hold a NAME): seconds of processor time at 100,000 characters, or at the length where patience
ended, and the exponent of growth over the last tenfold (1 is linear). ``!`` marks what fails.
"""

import sys

from tests.growth import tables, worst


def main() -> None:
    wanted = sys.argv[1:]
    for table in tables().values():
        for grown in worst(table, wanted):
            mark = " " if grown.is_linear else "!"
            print(
                f"{mark} {grown.function:50} {grown.seconds:7.2f} s at {grown.length:6}"
                f"  exponent {grown.exponent:5.2f}  {grown.text[:70]}",
                flush=True,
            )


if __name__ == "__main__":
    main()
