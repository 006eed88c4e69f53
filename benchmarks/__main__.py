"""python -m benchmarks [NAME …] [--json]: run the named benchmarks, or all."""

import argparse
import json
import logging
import sys

from benchmarks.harness import Figure, benchmark_names, load_benchmark, measure


def main() -> int:
    """Print one object (--json) or one line a benchmark. Exit code 2 for an unknown name."""
    known = benchmark_names()
    parser = argparse.ArgumentParser(prog="make bench", description="Ratios against baselines in the same run.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    given = parser.parse_args()
    # keep log output of the measured parts off stdout, which is for figures only
    logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    unknown = sorted(set(given.names) - set(known))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
    figures: dict[str, Figure] = {}
    for name in given.names or known:
        print(f"measuring {name} …", file=sys.stderr)
        figures[name] = measure(load_benchmark(name))
        if not given.json:
            print(_line(name, figures[name]))
    if given.json:
        print(json.dumps({name: figure.row() for name, figure in figures.items()}, indent=2))
    return 0


def _line(name: str, figure: Figure) -> str:
    sign = "≤" if figure.better == "lower" else "≥"
    verdict = "met" if figure.met else "MISSED"
    low, high = figure.spread
    return f"{name}: {figure.ratio} ({low} to {high}), bar {sign} {figure.bar}: {verdict}. {figure.what}"


if __name__ == "__main__":
    raise SystemExit(main())
