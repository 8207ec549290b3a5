"""JupyterLab in headless Chromium, for tests and measurements.

    with lab() as server, browser() as chromium:
        notebook = Notebook(chromium, server, "lessons/00-welcome.ipynb")
        notebook.run_all()

The server works on a copy of the repository and on settings of its own, so nothing of the person
who runs it is read or written, and no request may leave the machine.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
from playwright.sync_api import sync_playwright

from coursekit import repository

ROOT = Path(__file__).resolve().parents[1]
ARTEFACTS = Path(__file__).parent / "artefacts"
PATIENCE = 60  # seconds that a page or a kernel may take on a busy machine
SETTINGS = {
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Server:
    """A running JupyterLab: its address, the folder it serves, its settings' folder."""

    def __init__(self, url, folder, home):
        self.url, self.folder, self.home = url, folder, home

    @property
    def progress(self):
        """The file with the learner's stored predictions."""
        return self.home / "progress" / "progress.json"

    def write(self, name, *cells):
        """Write a notebook of these code cells into the served folder; return its name."""
        kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(code) for code in cells],
            metadata={"kernelspec": kernel},
        )
        nbformat.write(notebook, self.folder / name)
        return name


def copy_repository(target):
    """Copy what git tracks or would track into `target`."""
    for name in repository.committed_files():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def _environment(home, folder):
    for name, values in SETTINGS.items():
        path = home / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    own = {
        "COURSEKIT_HOME": home / "progress",
        "IPYTHONDIR": home / "ipython",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "PYTHONPATH": folder,
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    kept = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"}
    return {**kept, "PATH": path, **{key: str(value) for key, value in own.items()}}


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def lab(*options, start="."):
    """Run JupyterLab on a copy of the repository; yield a `Server`.

    `options` go to `jupyter lab`; `start` is the folder of the copy it starts in.
    """
    with tempfile.TemporaryDirectory(prefix="coursekit-lab-") as place:
        home, folder = Path(place), Path(place) / "course"
        copy_repository(folder)
        port = _free_port()
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
            *("--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"),
            *("--LabApp.expose_app_in_browser=True", *options),
        ]
        log = home / "lab.log"
        with open(log, "w") as output:
            process = subprocess.Popen(
                command,
                cwd=folder / start,
                env=_environment(home, folder),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            server = Server(f"http://127.0.0.1:{port}", folder, home)
            _wait_for(server, process, log)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(server, process, log):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError, urllib.error.URLError):
            urllib.request.urlopen(f"{server.url}/api/status", timeout=2).close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")


@contextlib.contextmanager
def browser():
    """Run Debian's Chromium; yield playwright's browser."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield chromium
        finally:
            chromium.close()


class Notebook:
    """One notebook open in JupyterLab.

    Parameters
    ----------
    chromium : playwright's browser
    server : Server
    path : str
        The notebook's path inside the repository.

    Attributes
    ----------
    page : playwright's page
    outside : list of str
        Addresses of requests that wanted to leave the machine; they were stopped.
    """

    def __init__(self, chromium, server, path, size=(1280, 1000)):
        self.page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
        self.page.set_default_timeout(PATIENCE * 1000)
        self.outside = []
        self.page.route("**/*", self._keep_inside)
        # "doc" is JupyterLab's page for one document, without the memory of a workspace.
        self.page.goto(f"{server.url}/doc/tree/{path}?reset")
        self.page.wait_for_function("window.jupyterapp?.shell.currentWidget?.context?.isReady")
        self._kernel_idle()

    def _keep_inside(self, route):
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def _kernel_idle(self):
        kernel = "window.jupyterapp.shell.currentWidget.sessionContext"
        self.page.wait_for_function(f"{kernel}.session?.kernel?.status === 'idle'")

    def command(self, name, **arguments):
        """Start a command of JupyterLab without waiting for its end."""
        self.page.evaluate(
            "([name, args]) => { window.jupyterapp.commands.execute(name, args); }",
            [name, arguments],
        )

    def run_all(self):
        """Run all cells and wait until they have run."""
        self.page.evaluate(
            """() => {
                window.ranAll = false;
                window.jupyterapp.commands.execute("runmenu:run-all")
                    .finally(() => { window.ranAll = true; });
            }"""
        )
        self.page.wait_for_function("window.ranAll", timeout=4 * PATIENCE * 1000)
        self._kernel_idle()

    def restart(self):
        """Restart the kernel."""
        self.page.evaluate(
            "async () => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()"
        )
        self._kernel_idle()

    def problems(self):
        """Return what went wrong in the cells: errors, warnings, widgets that did not show."""
        outputs = self.page.evaluate(
            """() => [...window.jupyterapp.shell.currentWidget.content.widgets]
                .filter(cell => cell.model.type === "code")
                .flatMap((cell, i) => cell.model.outputs.toJSON().map(output => [i, output]))"""
        )
        found = []
        for place, output in outputs:
            if output["output_type"] == "error":
                found.append(f"code cell {place}: {output['ename']}: {output['evalue']}")
            elif output.get("name") == "stderr":
                found.append(f"code cell {place}: {''.join(output['text'])}")
        if self.page.get_by_text("Error displaying widget").count():
            found.append("a widget does not show")
        return found

    def names(self, part="document.body"):
        """Return the accessibility tree of `part`, a JavaScript expression for an element.

        Returns
        -------
        list of (str, str)
            Role and name, as a screen reader gets them, of everything that is not hidden.
        """
        session = self.page.context.new_cdp_session(self.page)
        element = session.send("Runtime.evaluate", {"expression": part})["result"]["objectId"]
        nodes = session.send("Accessibility.queryAXTree", {"objectId": element})["nodes"]
        session.detach()
        return [
            (node["role"]["value"], node.get("name", {}).get("value", ""))
            for node in nodes
            if not node["ignored"]
        ]

    def screenshot(self, name, part=None):
        """Keep a picture of `part` (a locator; the window if None) as an artefact; return its path."""
        ARTEFACTS.mkdir(exist_ok=True)
        path = ARTEFACTS / f"{name}.png"
        (part or self.page).screenshot(path=path, animations="disabled")
        return path

    def close(self):
        """Shut the kernel down and close the page."""
        self.page.evaluate(
            "async () => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"
        )
        self.page.close()
