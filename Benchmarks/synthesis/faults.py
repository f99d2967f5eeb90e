"""2,000 questions of the microworld through the whole synthesis, with faults on a fifth of all requests and thirty kills.

    python faults.py --avar AVAR --work FOLDER [--samples 2000] [--kills 30] [--output faults.json]

The oracle is served twice: once well, once with faults (429, 500, stalls, cut bodies, malformed JSON, wrong schema) on 20 % of the requests; one
answer in twenty has a slip that the gates are to catch. `avar synthesize` runs undisturbed against the first; against the second it is killed
(SIGKILL) at random times, and then runs to its end. Both must end in the same data set, byte for byte, and no request whose answer was stored may
have been asked again.
"""
import argparse
import filecmp
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request


def settings(folder, port, samples):
    stage = (
        f"{{endpoint: 'http://127.0.0.1:{port}/v1', model: microworld-oracle, concurrency: 16, retries: 20, first_delay: 0.02, "
        "longest_delay: 2, idle_timeout: 1, total_timeout: 5}")
    path = folder + ".yaml"
    open(path, "w").write(
        f"output: '{folder}'\ndata: [{{path: 'microworld:train', count: {samples}}}]\n"
        f"stages:\n  description: {stage}\n  reasoning: {stage}\n  anchors: {stage}\n"
        "retries: {malformed: 10, rejected: 2}\nbreaker: {failures: 1000, share: 1}\n")
    return path


def serve(given, faults):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [given.avar, "microworld", "oracle", "--split", "train", "--count", str(given.samples), "--port", str(port), "--quiet",
         "--slips", "0.05"] + (["--faults", faults] if faults else []), stderr=subprocess.DEVNULL)
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health")
            return process, port
        except OSError:
            time.sleep(0.1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--avar", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output")
    given = parser.parse_args()
    random.seed(given.seed)
    shutil.rmtree(given.work, ignore_errors=True)
    os.makedirs(given.work)
    calm, faulty = os.path.join(given.work, "calm"), os.path.join(given.work, "faulty")
    good, port = serve(given, None)
    bad, worse = serve(given, "all=0.2,seed=3,retry-after=0,stall-seconds=3")
    quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    begin = time.time()
    subprocess.run([given.avar, "synthesize", "--config", settings(calm, port, given.samples)], check=True, **quiet)
    calm_seconds = time.time() - begin
    command = [given.avar, "synthesize", "--config", settings(faulty, worse, given.samples)]
    killed = 0
    for _ in range(given.kills):
        run = subprocess.Popen(command, **quiet)
        time.sleep(random.uniform(0.3, 1.5))
        if run.poll() is None:
            run.send_signal(signal.SIGKILL)
            killed += 1
        run.wait()
    subprocess.run(command, check=True, **quiet)
    for server in (good, bad):
        server.send_signal(signal.SIGINT)
        server.wait()

    def states(folder):
        base = sqlite3.connect(os.path.join(folder, "synthesis.sqlite"))
        samples = list(base.execute("SELECT key, state, gate, rounds FROM samples ORDER BY key"))
        totals = list(base.execute("SELECT sum(requests), sum(failures), sum(answers) FROM totals"))[0]
        return samples, totals, list(base.execute("SELECT count(*) FROM responses"))[0][0]

    one, other = states(calm), states(faulty)
    outcome = {
        "samples": given.samples, "killed": killed,
        "accepted": sum(row[1] == "accepted" for row in other[0]), "rejected": sum(row[1] == "rejected" for row in other[0]),
        "unfinished": sum(row[1] not in ("accepted", "rejected") for row in other[0]),
        "same_fate_for_every_sample": one[0] == other[0],
        "same_data_set": filecmp.cmp(
            os.path.join(calm, "dataset", "vard.json"), os.path.join(faulty, "dataset", "vard.json"), shallow=False),
        "undisturbed": {"requests": one[1][0], "failures": one[1][1], "answers": one[1][2], "stored": one[2], "seconds": round(calm_seconds, 1)},
        "with_faults_and_kills": {"requests": other[1][0], "failures": other[1][1], "answers": other[1][2], "stored": other[2]},
    }
    text = json.dumps(outcome, indent=1)
    print(text)
    if given.output:
        open(given.output, "w").write(text + "\n")


if __name__ == "__main__":
    main()
