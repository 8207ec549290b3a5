"""The course's command line: `python -m coursekit --help`."""

import argparse
import json
import sys
from pathlib import Path

from coursekit.grading import options

EPILOG = "example: coursekit run lessons/01-environment.ipynb"


def _run(arguments):
    from coursekit import notebooks

    for path in arguments.notebook:
        print(f"running {path} ...", flush=True)
        notebooks.run(path)


def _normalise(arguments):
    from coursekit import notebooks

    for path in map(Path, arguments.notebook):
        path.write_text(
            notebooks.text_of(notebooks.normalise(notebooks.read(path))), encoding="utf-8"
        )


def _check(arguments):
    from coursekit.study import checking

    result = checking.check(arguments.notebook)
    if arguments.json:
        print(json.dumps(result))
        return False
    checking.record(result)
    print(checking.told(result))
    return result["points"] < result["most"]


def _progress(arguments):
    from coursekit import progress
    from coursekit.study import overview

    if arguments.restore:
        print(f"{progress.restore(arguments.restore.read_bytes())} entries came back")
    if arguments.save:
        with open(arguments.save, "x", encoding="utf-8") as file:
            file.write(progress.text())
    rows = overview.overview()
    print(
        "\n".join([*overview.told(rows), f"{overview.summary(rows)}.", progress.notice()]).strip()
    )


def _verify(arguments):
    from coursekit import repository

    found = list(repository.problems())
    print("\n".join(found) or "notebooks, release, links and tables are in order")
    return bool(found)


def _release(arguments):
    from coursekit import repository

    changed = repository.write_release()
    print("\n".join(f"wrote exercises/release/{name}" for name in changed) or "release is in step")


def _datasets(arguments):
    from coursekit import data, world

    world.write(data.folder())
    print(f"wrote the farm shop's tables into {data.folder()}")


def _autograde(arguments):
    from coursekit.grading import batch

    return batch.main(arguments)


def _report(arguments):
    from coursekit.grading import report

    return report.main(arguments)


def parser():
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="coursekit", description=__doc__, epilog=EPILOG)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name, action, words):
        added = commands.add_parser(name, help=words, description=words)
        added.set_defaults(action=action)
        return added

    for name, action, words in (
        ("run", _run, "Execute notebooks and write their outputs, the same bytes every time."),
        ("normalise", _normalise, "Write notebooks in the repository's form without running them."),
    ):
        command(name, action, words).add_argument(
            "notebook", nargs="+", help="for example lessons/01-environment.ipynb"
        )
    check = command("check", _check, "Check your exercise as it is saved: points and messages.")
    check.add_argument("notebook", help="for example 01-environment.ipynb")
    check.add_argument("--json", action="store_true", help="print the result as data")
    shown = command("progress", _progress, "Show how far you have come; keep it, bring it back.")
    shown.add_argument("--save", type=Path, help="also write it into this new file")
    shown.add_argument("--restore", type=Path, help="first bring back what such a file holds")
    command("verify", _verify, "Check the repository's notebooks, release, links and tables.")
    command("release", _release, "Generate the students' version of every exercise.")
    command("datasets", _datasets, "Write the simulated farm shop's tables anew.")
    options.autograde(commands).set_defaults(action=_autograde)
    options.report(commands).set_defaults(action=_report)
    return top


def main(argv=None):
    """Run one command; return the exit status."""
    arguments = parser().parse_args(argv)
    try:
        return int(bool(arguments.action(arguments)))
    except (OSError, RuntimeError, ValueError) as error:
        print(f"coursekit {arguments.command}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
