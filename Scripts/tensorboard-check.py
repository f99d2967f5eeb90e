"""What real TensorBoard serves of a folder, compared with the log.jsonl beside the event files.

    tensorboard-check.py FOLDER        (tensorboard; Scripts/tensorboard-check.sh makes an environment with it)

TensorBoard runs on loopback, once with its fast reader and once with its older one, and is asked over HTTP for tags, scalars and texts.
A tag is compared with the key of the log that it ends with: training/loss with loss, evaluation/loss with loss in evaluation.
Ends with 1 if a step comes twice, a number of the log is missing or another, or the two readers disagree.
"""
import json
import math
import re
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

TOLERANCE = 2.0**-24 * 1.01  # of float32, in which summaries are kept, and of decimal text


class TensorBoard:
    """A server on a port of its own choice, which ends with this object's block."""

    def __init__(self, folder, fast):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tensorboard.main", "--logdir", str(folder), "--host", "127.0.0.1", "--port", "0",
             f"--load_fast={'true' if fast else 'false'}", "--samples_per_plugin", "scalars=10000000,text=100000"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        # Whatever it says after its address is read too, lest it wait for a reader.
        self.said, self.address = [], None
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        for line in self.process.stdout:
            self.said.append(line)
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                self.address = found[0]

    def __enter__(self):
        deadline = time.time() + 120
        while self.address is None:
            if self.process.poll() is not None or time.time() > deadline:
                self.process.kill()
                sys.exit("TensorBoard did not start: " + "".join(self.said)[-2000:])
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def get(self, path, **parameters):
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        with urllib.request.urlopen(f"{self.address}data/{path}{query}", timeout=60) as answer:
            return json.loads(answer.read())

    def contents(self):
        """Scalars and texts, each a dictionary of (run, tag) to rows."""
        deadline, before = time.time() + 60, None
        while True:
            # It reads in the background: what it has twice in a row is all.
            scalars = {
                (run, tag): self.get("plugin/scalars/scalars", run=run, tag=tag)
                for run, tags in self.get("plugin/scalars/tags").items() for tag in tags
            }
            texts = {
                (run, tag): self.get("plugin/text/text", run=run, tag=tag)
                for run, tags in self.get("plugin/text/tags").items() for tag in tags
            }
            found = (scalars, texts)
            if (scalars or texts) and json.dumps(repr(found)) == before or time.time() > deadline:
                return found
            before = json.dumps(repr(found))
            time.sleep(1)


def log_values(folder):
    """Of a log, the numbers of every key by step; keys of inner objects after their name and a slash."""
    path, values = folder / "log.jsonl", {}
    if not path.exists():
        return None
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            if number == len(lines):
                break  # a process that is killed leaves half a line
            sys.exit(f"{path}: line {number} is no JSON")

        def visit(prefix, item):
            for key, value in item.items():
                if isinstance(value, dict):
                    visit(prefix + key + "/", value)
                elif isinstance(value, (int, float)) and key != "step":
                    values.setdefault(prefix + key, {})[entry["step"]] = float(value)

        visit("", entry)
    return values


def compare(tag, rows, log):
    """What is wrong with a curve, and a word on what it was compared with."""
    steps = [step for _, step, _ in rows]
    problems = []
    if len(set(steps)) < len(steps):
        problems.append(f"{len(steps) - len(set(steps))} steps come twice")
    if steps != sorted(steps):
        problems.append("steps out of order")
    # A step's metrics are an object of their own in the log, and curves like the others here.
    log = {key.removeprefix("metrics/"): values for key, values in log.items()} if log is not None else None
    keys = [key for key in log or {} if tag == key or tag.endswith("/" + key)]
    if not keys:
        return problems, "not in the log" if log is not None else "no log"
    key = max(keys, key=len)
    shown = {step: float(value) for _, step, value in rows}
    if missing := sorted(set(log[key]) - set(shown)):
        problems.append(f"{len(missing)} steps of the log are missing, the first {missing[0]}")
    if others := sorted(set(shown) - set(log[key])):
        problems.append(f"{len(others)} steps are not in the log, the first {others[0]}")
    for step in sorted(set(shown) & set(log[key])):
        ours, theirs = log[key][step], shown[step]
        same = math.isnan(ours) and math.isnan(theirs) or ours == theirs
        if not same and not abs(ours - theirs) <= TOLERANCE * abs(ours) + 1e-45:
            problems.append(f"step {step} is {theirs}, in the log {ours}")
            break
    return problems, f"as {key} in the log" if not problems else f"compared with {key} in the log"


def main():
    folder = Path(sys.argv[1])
    found = {}
    for fast in (True, False):
        with TensorBoard(folder, fast) as board:
            found[fast] = board.contents()
            version = board.get("environment").get("version", "?")
        scalars, texts = found[fast]
        print(f"TensorBoard {version}, {'fast' if fast else 'older'} reader: {len(scalars)} curves, {len(texts)} texts")
    if not found[True][0] and not found[True][1]:
        sys.exit(f"{folder}: TensorBoard finds nothing in it")
    count = 0
    for (run, tag), rows in sorted(found[True][0].items()):
        at = folder / run if (folder / run / "log.jsonl").exists() else folder
        problems, word = compare(tag, rows, log_values(at))
        count += len(problems)
        last = rows[-1] if rows else (0, "-", "-")
        print(f"  {run}  {tag}: {len(rows)} points, last step {last[1]}, {last[2]}; {word}")
        for problem in problems:
            print(f"    WRONG: {problem}")
    for (run, tag), rows in sorted(found[True][1].items()):
        for row in rows:
            text = re.sub("<[^>]*>", "", row["text"]).strip()
            print(f"  {run}  {tag}: text at step {row['step']}, {len(text)} characters: {text[:60]!r}")
    for kind, index in (("curves", 0), ("texts", 1)):
        # By repr: no number that is none equals itself.
        if repr(sorted(found[True][index].items())) != repr(sorted(found[False][index].items())):
            count += 1
            print(f"WRONG: the two readers disagree about {kind}")
    print("all as it should be" if count == 0 else f"{count} things are wrong")
    sys.exit(count > 0)


if __name__ == "__main__":
    main()
