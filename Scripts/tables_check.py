"""Reads the tables of an evaluation back with pandas and compares them with each other.

    TinyEvaluation FOLDER --tables      (built with the tests: .build/release/TinyEvaluation)
    python Scripts/tables_check.py FOLDER

answers.jsonl is what the others are held against: answers.csv read as text, and predictions.tsv read as VLMEvalKit reads it
(`pandas.read_csv(file, sep="\\t")`, its `load`). There pandas takes some texts for missing, whatever the quotes; they are named.
Needs pandas. Exits with 1 if anything differs.
"""

import csv
import json
import pathlib
import sys

import pandas

MISSING = set(pandas._libs.parsers.STR_NA_VALUES)


def main(folder: pathlib.Path) -> int:
    lines = [json.loads(line) for line in (folder / "answers.jsonl").read_text(encoding="utf-8").split("\n") if line]
    problems = []

    def expect(found, wanted, place):
        if found != wanted:
            problems.append(f"{place}: {found!r} instead of {wanted!r}")

    for engine in ["c", "python"]:
        table = pandas.read_csv(folder / "answers.csv", dtype=str, keep_default_na=False, engine=engine)
        expect(len(table), len(lines), f"rows of answers.csv ({engine})")
        for line, row in zip(lines, table.to_dict("records")):
            for name in ["benchmark", "index", "prompt", "text", "finish", "error"]:
                expect(row[name], line.get(name) or "", f"answers.csv ({engine}), {line['index']}, {name}")
            for name in ["sample", "seconds", "seed", "prompt_tokens", "new_tokens"]:
                number = line.get(name)
                expect(row[name] and float(row[name]), "" if number is None else float(number), f"{line['index']}, {name}")
            verdict = line["verdicts"].get("reference")
            expect(row["correct_reference"], "" if verdict is None else str(verdict["correct"]).lower(), "verdict")
    with open(folder / "answers.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, strict=True))
    expect([row["text"] for row in rows], [line.get("text") or "" for line in lines], "texts read by the csv module")

    table = pandas.read_csv(folder / "predictions.tsv", sep="\t")
    first = [line for line in lines if line["sample"] == 0]
    names = [column["name"] for column in first[0]["columns"]]
    expect(list(table.columns), names + ["prediction"], "columns of predictions.tsv")
    expect(len(table), len(first), "rows of predictions.tsv")
    expect(table["index"].dtype.kind, "i", "kind of index")
    taken = []
    for line, row in zip(first, table.to_dict("records")):
        expect(row["index"], int(line["index"]), "index")
        wanted = {column["name"]: column.get("value") for column in line["columns"]}
        wanted["prediction"] = line.get("text", "Failed to obtain answer via API.")
        for name in ["question", "hint", "prediction"]:
            text = wanted[name]
            if text is None or text in MISSING:
                expect(pandas.isna(row[name]), True, f"predictions.tsv, {line['index']}, {name} missing")
                if text: taken.append(f"{name} of {line['index']} ({text})")
            else:
                expect(row[name], text, f"predictions.tsv, {line['index']}, {name}")
    print(f"pandas {pandas.__version__}: {len(lines)} answers, {len(first)} predictions, {len(problems)} differences")
    print(f"read as missing by pandas though something stands there: {', '.join(taken) or 'nothing'}")
    print("\n".join(problems[:20]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
