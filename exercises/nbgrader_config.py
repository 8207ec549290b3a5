"""nbgrader's settings for this course. They hold in any clone, from any working folder."""

from pathlib import Path

from coursekit.grading import configure

c = get_config()  # noqa: F821 (nbgrader defines it)

c.CourseDirectory.course_id = "online-marketing"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
# Answers that the tests of the exercises must accept or reject: never for students.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "mutants"]
# A file handed in is called STUDENT_EXERCISE.ipynb; an exercise begins with two digits or holds no underscore.
c.FileNameCollectorPlugin.named_regexp = (
    r".*/(?P<student_id>[^/]+?)_(?P<file_id>\d\d-[^/]+|[^/_]+)$"
)
# An honest answer takes seconds; an endless loop ends after this many.
c.Execute.timeout = 60
# Verdicts are reached outside the student's process, in a jail: README.md, "Honest grading".
configure(c)
