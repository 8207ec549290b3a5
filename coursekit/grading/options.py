"""The command lines of grading; nothing heavy is loaded for their help."""

import argparse

AUTOGRADE = """example:
  cd exercises
  coursekit autograde 01-environment --jobs 4

Submissions that have not changed since they were graded are skipped. Interrupt it when you like: the
next run goes on. A test was corrected: generate the assignment again, then use --affected. Many
machines: start `dask scheduler` on one and `dask worker ADDRESS` on each, then use --scheduler."""
REPORT = """examples:
  cd exercises
  coursekit report 01-environment
  coursekit report 01-environment --csv canvas grades.csv"""


def _command(commands, name, words, epilog):
    return commands.add_parser(
        name,
        help=words,
        description=words,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def autograde(commands):
    """Add the command `autograde`; return its parser."""
    words = "Grade all submissions of an exercise, in any nbgrader course."
    parser = _command(commands, "autograde", words, AUTOGRADE)
    parser.add_argument("assignment", help="for example 01-environment")
    parser.add_argument("--jobs", type=_count, metavar="N", help="at once (default: the cores)")
    parser.add_argument("--force", action="store_true", help="grade unchanged submissions again")
    words = (
        "after a test was corrected: run only the tests that it touches; tell who gains or loses"
    )
    parser.add_argument("--affected", action="store_true", help=words)
    words = "send the work to a dask cluster, for example tcp://10.0.0.5:8786"
    parser.add_argument("--scheduler", metavar="ADDRESS", help=words)
    parser.add_argument("--json", action="store_true", help="print one JSON object, for machines")
    words = "run submissions without a jail, as yourself; it is recorded with the grades"
    parser.add_argument("--unsafe-no-sandbox", action="store_true", help=words)
    return parser


def report(commands):
    """Add the command `report`; return its parser."""
    words = "Write a page about a graded class, without names; or its grades as CSV."
    parser = _command(commands, "report", words, REPORT)
    parser.add_argument("assignment", help="for example 01-environment")
    parser.add_argument("--names", action="store_true", help="name the students on the page")
    parser.add_argument("--to", metavar="FILE", help="default: report-ASSIGNMENT.html")
    parser.add_argument(
        "--csv",
        nargs=2,
        metavar=("canvas|moodle", "FILE"),
        help="write the grades for Canvas or Moodle instead",
    )
    return parser


def _count(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)
