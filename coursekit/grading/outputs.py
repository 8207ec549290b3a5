"""Outputs of a student's cells, as a graded notebook may hold them."""

IMAGES = ("image/png", "image/jpeg")
TEXTS = ("text/plain", "text/html", "text/latex", "text/markdown", "application/json")


def error(name, words):
    """Return the output of a cell that ended badly."""
    return {
        "output_type": "error",
        "ename": name,
        "evalue": words,
        "traceback": [f"{name}: {words}"],
    }


def clean(outputs, limit):
    """Return those outputs of a student's cell that a notebook may hold, as plain text."""
    kept, room = [], limit * 4
    for output in outputs if isinstance(outputs, list) else []:
        one = _output(output) if isinstance(output, dict) else None
        if one is not None:
            room -= len(str(one))
            if room < 0:
                break
            kept.append(one)
    return kept[:1000]


def _output(output):
    kind = output.get("output_type")
    if kind == "stream" and output.get("name") in ("stdout", "stderr"):
        return {"output_type": kind, "name": output["name"], "text": str(output.get("text", ""))}
    if kind == "error":
        lines = output.get("traceback")
        return {
            "output_type": kind,
            "ename": str(output.get("ename"))[:200],
            "evalue": str(output.get("evalue"))[:5000],
            "traceback": [str(line)[:5000] for line in lines][:100]
            if isinstance(lines, list)
            else [],
        }
    if kind in ("display_data", "execute_result") and isinstance(output.get("data"), dict):
        data = {
            mime: value
            for mime, value in output["data"].items()
            if mime in IMAGES + TEXTS and isinstance(value, str)
        }
        if data:
            clean = {"output_type": kind, "data": data, "metadata": {}}
            return {**clean, "execution_count": None} if kind == "execute_result" else clean
    return None
