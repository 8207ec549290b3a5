"""Honest grading inside nbgrader: the verdict is reached outside the student's process.

Two lines of a course's ``nbgrader_config.py`` switch it on::

    from coursekit.grading import configure
    configure(c)
"""


def configure(c):
    """Let every nbgrader command of this course grade honestly.

    Parameters
    ----------
    c : traitlets.config.Config
        The configuration object of ``nbgrader_config.py``. Settings of ``c.Autograde``,
        ``c.Execute.timeout`` and ``c.ClearHiddenTests`` hold as ever.
    """
    import nbgrader.apps.api
    import nbgrader.apps.autogradeapp
    import nbgrader.apps.generatefeedbackapp
    import nbgrader.converters

    from coursekit.grading.converter import HonestAutograde
    from coursekit.grading.feedback import HonestFeedback

    for module in (nbgrader.apps.api, nbgrader.apps.autogradeapp, nbgrader.converters):
        module.Autograde = HonestAutograde
    for module in (nbgrader.apps.api, nbgrader.apps.generatefeedbackapp, nbgrader.converters):
        module.GenerateFeedback = HonestFeedback
