"""The table of all benchmarks: rows from what was measured and what lies in the repository, written into README.md and results.json."""

import json
import os

import machine
from benchmarks import BENCHMARKS, HOLDS
from checks import CHECKS

HERE = machine.HERE
BEGIN, END = "<!-- made by run.py from here -->", "<!-- made by run.py to here -->"
# What a reader meets in a result that does not hold a figure.
ABSENT = (KeyError, IndexError, StopIteration, ValueError, TypeError, ZeroDivisionError)


def row(benchmark, figure, **more):
    return dict(benchmark=benchmark.name, folder=benchmark.folder, what=figure.what, unit=figure.unit, peer_name=figure.peer,
                target=dict(kind=figure.kind, bound=figure.bound, on=figure.on) if figure.kind else None, **more)


def filled(benchmark, figure, result, **more):
    """The row of a figure in a result; nothing if the result does not hold it."""
    try:
        found = figure.read(result)
        number = found.ours if found.ratio is None or figure.on == "ours" else found.ratio
        reached = None if figure.kind is None else bool(HOLDS[figure.kind](number, figure.bound))
    except ABSENT:
        return None
    return row(benchmark, figure, ours=found.ours, peer=found.peer, ratio=found.ratio, spread=found.spread, shape=found.shape,
               reached=reached, **more)


def recorded(benchmark):
    """The result of a benchmark's own folder, with what it was measured on and when."""
    path = HERE / benchmark.recorded
    result = json.loads(path.read_text())
    named = result.get("processor")
    # A bare name of the processor says less than the folder's README.
    where = named if named and ("(" in named or not benchmark.machine) else benchmark.machine
    return result, dict(status="recorded", date=result.get("date") or machine.date_of(path), machine=where,
                        versions=[benchmark.versions] if benchmark.versions else [], source=benchmark.recorded)


def earlier():
    """Rows that an earlier run measured."""
    path = HERE / "results.json"
    rows = json.loads(path.read_text())["rows"] if path.exists() else []
    return {(one["benchmark"], one["what"]): one for one in rows if one["status"] == "measured"}


def gathered(state):
    """All figures, each from the run that `state` holds or else from the newest that lies in the repository."""
    rows, before = [], earlier()
    for benchmark in BENCHMARKS:
        entry = state.get(benchmark.name, {})
        facts = {key: entry.get(key) for key in ("date", "machine", "versions", "quick", "load")}
        result, known = recorded(benchmark)
        for figure in benchmark.figures:
            if entry.get("status") == "failed":
                rows.append(row(benchmark, figure, status="failed", reason=entry["reason"], reached=None, here=True, **facts))
                continue
            if entry.get("status") == "measured":
                found = filled(benchmark, figure, entry["result"], status="measured", here=True, **facts)
                if found is None and not entry["quick"]:
                    found = row(benchmark, figure, status="failed", reason="the result does not hold this figure", reached=None,
                                here=True, **facts)
                if found:
                    rows.append(found)
                    continue
            candidates = [one for one in (filled(benchmark, figure, result, **known), before.get((benchmark.name, figure.what))) if one]
            newest = dict(max(candidates, key=lambda one: one["date"] or "", default=row(
                benchmark, figure, status="missing", reason="never measured", reached=None)))
            newest.pop("here", None)
            if entry.get("status") == "left out":
                newest["left_out"] = entry["reason"]
            rows.append(newest)
    return rows


def number(value):
    if value is None:
        return ""
    if value == 0:
        return "0"
    if abs(value) >= 1000 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.1e}" if abs(value) < 1e-3 else f"{value:.3g}"


def fraction(value):
    return "" if value is None else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def between(spread, form):
    return f" ({form(spread[0])} to {form(spread[1])})" if spread else ""


def cells(one, letters):
    unit = f" {one['unit']}" if one["unit"] else ""
    what = one["what"] + (f" (here: {one['shape']})" if one.get("shape") else "")
    ours = f"{number(one.get('ours'))}{unit}" if one.get("ours") is not None else ""
    has_ratio = one.get("ratio") is not None
    if ours and not has_ratio:
        ours += between(one.get("spread"), number)
    peer = f"{number(one['peer'])}{unit}, {one['peer_name']}" if one.get("peer") is not None else one["peer_name"]
    ratio = fraction(one.get("ratio")) + (between(one.get("spread"), fraction) if has_ratio else "")
    target = one["target"]
    wanted = ""
    if target:
        wanted = f"{target['kind']} {number(target['bound'])}"
        wanted += unit if target["on"] == "ours" or not (has_ratio or one["peer_name"]) else ""
    reached = {True: "yes", False: "**no**", None: "" if target is None else "?"}[one["reached"]]
    if one["status"] in ("failed", "missing"):
        reached = f"**{one['status']}**: {one['reason']}"
    return [what, ours, peer, ratio, wanted, reached, where(one, letters)]


def where(one, letters):
    link = f"[{one['folder']}]({one['folder']})"
    if one.get("here"):
        return f"{link}, **this run**" + (", quick" if one["quick"] else "")
    said = f"{link}, {one['date']} on {letters[one['machine']]}" if one.get("machine") else link
    return said + (f"; left out of this run: {one['left_out']}" if one.get("left_out") else "")


def lettered(rows):
    """A letter for every machine that rows beside those of this run were measured on."""
    machines = dict.fromkeys(one["machine"] for one in rows if one.get("machine") and not one.get("here"))
    return {name: chr(ord("A") + place) for place, name in enumerate(machines)}


def grid(head, lines):
    escaped = [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(line) + " |" for line in escaped)])


def summary(rows):
    aimed = [one for one in rows if one["target"]]
    met, missed = (sum(one["reached"] is state for one in aimed) for state in (True, False))
    here = sum(bool(one.get("here")) and one["status"] == "measured" for one in rows)
    words = [f"{len(rows)} figures, {here} of them measured in this run", f"{len(aimed)} have a target", f"{met} reach it",
             f"{missed} do not"]
    unknown = len(aimed) - met - missed
    return ", ".join(words) + (f", {unknown} were not measured" if unknown else "")


def text(rows, facts, quick=False):
    letters = lettered(rows)
    lines = []
    if facts:
        lines.append(f"This run: {facts['date']}, {facts['machine']}; {', '.join(facts['versions'])}.")
        loads = [one["load"] for one in rows if one.get("here") and one.get("load") is not None]
        if loads and max(loads) > 0.5:
            lines.append(f"The machine was shared: its load was {min(loads):.1f} to {max(loads):.1f} when benchmarks began.")
    else:
        lines.append(f"Gathered on {machine.today()} from the results in the repository; nothing was measured for it.")
    if quick:
        lines.append("**Quick**: fewer rounds and smaller shapes than the targets are set for, so that what is reached here says little.")
    lines.append(summary(rows).capitalize() + ".")
    table = grid(["what", "ours", "peer", "ratio", "target", "reached", "where"], [cells(one, letters) for one in rows])
    legend = [f"- {letter}: {name}" + versions(rows, name) for name, letter in letters.items()]
    if legend:
        legend = ["Rows that are not of this run:" if facts else "Measured on:", "", *legend, ""]
    checks = grid(["what", "target", "reached", "where"], CHECKS)
    return "\n".join([*lines, "", table, "", *legend, "### Beside the benchmarks", "",
                      "Targets that tests hold, at every `make test`, or that were measured by hand (by the texts named, not by this run).",
                      "", checks, ""])


def versions(rows, name):
    found = dict.fromkeys(version for one in rows if one.get("machine") == name and not one.get("here")
                          for told in one["versions"] for version in told.split(", "))
    return f"; with {', '.join(found)}" if found else ""


def publish(rows, facts):
    """Writes results.json and the part of README.md between the two marks."""
    readme = HERE / "README.md"
    page = readme.read_text()
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise SystemExit(f"{readme.name} must hold the line {BEGIN} once and {END} once behind it")
    head, rest = page.split(BEGIN)
    made = f"{head}{BEGIN}\n\n{text(rows, facts)}\n{END}{rest.split(END)[1]}"
    results = dict(facts or {"gathered": machine.today()},
                   rows=[{key: value for key, value in one.items() if key != "here"} for one in rows])
    for path, content in ((readme, made), (HERE / "results.json", json.dumps(results, indent=1) + "\n")):
        partial = path.with_name(path.name + ".partial")
        partial.write_text(content)
        os.replace(partial, path)
