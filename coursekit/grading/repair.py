"""Put a submitted notebook back into the assignment's structure, and tell every repair in words.

What is locked or graded comes from the gradebook; from the submission come the student's answers, found
by grade_id, by cell id, or by their place. Nothing in the file is trusted to be well formed.
"""

import json
import re

MOST_CELLS, MOST_SOURCE, MOST_FILE = 2000, 1_000_000, 20 * 2**20
TYPES = ("code", "markdown", "raw")


class Unreadable(Exception):
    """The file is not a notebook at all."""


def read(body):
    """Return the cells of a submitted file as (type, source, grade_id, id, meta), and its metadata."""
    if len(body) > MOST_FILE:
        raise Unreadable(
            f"the file has {len(body) >> 20} MB; at most {MOST_FILE >> 20} MB are read"
        )
    try:
        notebook = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the file is not a notebook ({str(error)[:100]})") from None
    if isinstance(notebook, dict) and notebook.get("nbformat") in (1, 2, 3):
        notebook = _upgraded(notebook)
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise Unreadable("the file has no list of cells")
    if len(notebook["cells"]) > MOST_CELLS:
        raise Unreadable(f"the file has more than {MOST_CELLS} cells")
    metadata = notebook.get("metadata")
    cells = [cell for cell in map(_cell, notebook["cells"]) if cell is not None]
    return cells, metadata if isinstance(metadata, dict) else {}


def _upgraded(notebook):
    import nbformat

    try:
        return nbformat.convert(nbformat.from_dict(notebook), 4)
    except Exception as error:
        raise Unreadable(f"the file is an old notebook that does not convert ({error})") from None


def _cell(cell):
    if not isinstance(cell, dict):
        return None
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        source = ""
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    meta = metadata.get("nbgrader")
    meta = meta if isinstance(meta, dict) else {}
    grade_id, own, tags = meta.get("grade_id"), cell.get("id"), metadata.get("tags")
    return {
        "type": cell.get("cell_type") if cell.get("cell_type") in TYPES else "raw",
        "source": source[:MOST_SOURCE].encode("utf-8", "replace").decode(),
        "grade_id": grade_id if isinstance(grade_id, str) else None,
        "id": own if isinstance(own, str) else None,
        "meta": meta,
        "tags": [str(tag) for tag in tags][:20] if isinstance(tags, list) else [],
        "attachments": _attachments(cell.get("attachments")),
    }


def _attachments(value):
    """Return the pictures that belong to a text cell."""
    if not isinstance(value, dict):
        return {}
    kept = {}
    for name, bundle in value.items():
        if isinstance(bundle, dict):
            pictures = {
                mime: data
                for mime, data in bundle.items()
                if mime in ("image/png", "image/jpeg", "image/gif") and isinstance(data, str)
            }
            if pictures:
                kept[name] = pictures
    return kept


def overlap(body, schema):
    """Return how many grade_ids of the schema a file holds; -1 if it is no notebook."""
    try:
        cells, _ = read(body)
    except Unreadable:
        return -1
    return len(
        {cell["grade_id"] for cell in cells} & {cell["grade_id"] for cell in schema["cells"]}
    )


def empty(schema):
    """Return the assignment's own cells, for a submission that cannot be read."""
    return {"cells": [_official(cell) for cell in schema["cells"]], "metadata": _metadata(schema)}


def repair(body, schema):
    """Return a notebook of the assignment's structure with the student's answers, and the repairs.

    Parameters
    ----------
    body : bytes
        The submitted file.
    schema : dict
        What `coursekit.grading.schema.read` returned.

    Returns
    -------
    notebook : dict
        Cells in order, each with `role`: locked, test, answer (the student's) or extra.
    repairs : list of str
        What was done, one sentence each.

    Raises
    ------
    Unreadable
        If the file is no notebook, or far too large.
    """
    cells, metadata = read(body)
    told, official = [], schema["cells"]
    chosen = _choose(cells, official, told)
    groups = _groups(cells, chosen, official, told)
    final = [_extra(cell) for cell in groups[-1]]
    for place, wanted in enumerate(official):
        theirs = chosen.get(wanted["grade_id"])
        final.append(_official(wanted, None if theirs is None else cells[theirs], told))
        final += [_extra(cell) for cell in groups.get(place, [])]
    kernel = metadata.get("kernelspec")
    kernel = kernel.get("name") if isinstance(kernel, dict) else None
    wanted = (schema["kernelspec"] or {}).get("name")
    if wanted and kernel != wanted:
        told.append(
            f"The notebook named the kernel {str(kernel)[:40]!r}; it was graded with {wanted!r}."
        )
    return {"cells": _own_ids(final), "metadata": _metadata(schema)}, told


def _metadata(schema):
    return {"kernelspec": schema["kernelspec"]} if schema["kernelspec"] else {}


def _choose(cells, official, told):
    """Find the student's cell for each cell of the assignment: by grade_id, cell id, or place."""
    known, chosen = {cell["grade_id"]: cell for cell in official}, {}
    for i, cell in enumerate(cells):
        name = cell["grade_id"]
        if name not in known:
            continue
        if name in chosen:
            told.append(f"The cell {name!r} is there more than once; the last changed one counts.")
            first = cells[chosen[name]]
            changed = cell["source"].strip() != known[name]["released"].strip()
            if not changed and first["source"].strip() != known[name]["released"].strip():
                continue
        chosen[name] = i
    used = set(chosen.values())
    for name, wanted in known.items():
        if name in chosen:
            continue
        for i, cell in enumerate(cells):
            lost = i not in used and cell["grade_id"] not in known
            if lost and wanted["id"] is not None and cell["id"] == wanted["id"]:
                chosen[name] = i
                used.add(i)
                told.append(f"The cell {name!r} had lost its name; it was found by its id.")
                break
    order = [cell["grade_id"] for cell in official]
    for place, name in enumerate(order):
        if name in chosen or not known[name]["solution"]:
            continue
        before = [chosen[n] for n in order[:place] if n in chosen]
        after = [chosen[n] for n in order[place + 1 :] if n in chosen]
        low, high = max(before, default=-1), min(after, default=len(cells))
        between = [
            i
            for i in range(low + 1, high)
            if i not in used and cells[i]["type"] == known[name]["type"]
        ]
        if between:
            best = between[0]
            chosen[name] = best
            used.add(best)
            told.append(f"The cell {name!r} had lost its name; it was found by its place.")
        else:
            told.append(f"The cell {name!r} was deleted; it was put back empty.")
    for name in order:
        if name not in chosen and not known[name]["solution"]:
            told.append(f"The cell {name!r} was deleted; it was put back.")
    return chosen


def _groups(cells, chosen, official, told):
    """Give each extra cell to the assignment's cell that it follows; -1 holds those before all."""
    place = {
        chosen[cell["grade_id"]]: i for i, cell in enumerate(official) if cell["grade_id"] in chosen
    }
    groups, current = {-1: []}, -1
    seen = []
    for i, cell in enumerate(cells):
        if i in place:
            current = place[i]
            seen.append(current)
        else:
            groups.setdefault(current, []).append(cell)
    if seen != sorted(seen):
        told.append("Cells had been moved; they were put back into the assignment's order.")
    return groups


def _official(wanted, theirs=None, told=None):
    """Return a cell of the assignment, with the student's answer where it asks for one."""
    name, told = wanted["grade_id"], [] if told is None else told
    answer = wanted["solution"] or (wanted["task"] and not wanted["locked"])
    source = wanted["source"]
    if theirs is not None:
        _compare(wanted, theirs, answer, told)
        if answer:
            source = theirs["source"]
    meta = {
        "grade": wanted["grade"],
        "grade_id": name,
        "locked": wanted["locked"],
        "schema_version": 3,
        "solution": wanted["solution"],
        "task": wanted["task"],
    }
    if wanted["checksum"] is not None:
        meta["checksum"] = wanted["checksum"]
    if wanted["points"] is not None:
        meta["points"] = wanted["points"]
    test = wanted["type"] == "code" and wanted["grade"] and not wanted["solution"]
    role = "test" if test else "answer" if answer else "locked"
    cell = _bare(wanted["type"], source, role, {"nbgrader": meta})
    cell["id"] = wanted["id"]
    if answer and theirs is not None and wanted["type"] == "markdown" and theirs["attachments"]:
        cell["attachments"] = theirs["attachments"]
    return cell


def _compare(wanted, theirs, answer, told):
    name, meta = wanted["grade_id"], theirs["meta"]
    if theirs["type"] != wanted["type"]:
        told.append(f"The cell {name!r} had become {theirs['type']}; it is {wanted['type']} again.")
    if not answer and theirs["source"].strip() not in (
        wanted["released"].strip(),
        wanted["source"].strip(),
    ):
        told.append(f"The locked cell {name!r} had been changed; it was put back.")
    points = meta.get("points")
    if wanted["grade"] and points is not None and points != wanted["points"]:
        told.append(f"The points of {name!r} had been changed; they are {wanted['points']:g}.")
    for flag in ("grade", "solution", "locked"):
        if theirs["grade_id"] and flag in meta and bool(meta[flag]) != wanted[flag]:
            told.append(f"The mark {flag!r} of {name!r} had been changed; it was put back.")
    if theirs["tags"]:
        told.append(f"The tags of {name!r} were removed: {', '.join(theirs['tags'])[:80]}.")


def _extra(cell):
    extra = _bare(cell["type"], cell["source"], "extra", {})
    extra["id"] = cell["id"]
    if cell["type"] == "markdown" and cell["attachments"]:
        extra["attachments"] = cell["attachments"]
    return extra


def _bare(kind, source, role, metadata):
    cell = {"cell_type": kind, "source": source, "metadata": metadata, "role": role}
    if kind == "code":
        cell.update(outputs=[], execution_count=None)
    return cell


def _own_ids(cells):
    """Give every cell an id that is valid and its own."""
    used = set()
    for i, cell in enumerate(cells):
        own = cell.get("id")
        if not (isinstance(own, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", own)) or own in used:
            own = f"cell-{i}"
            while own in used:
                own += "-"
        cell["id"] = own
        used.add(own)
    return cells
