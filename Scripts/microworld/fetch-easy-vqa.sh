#!/usr/bin/env bash
# Takes the easy-VQA set (MIT licence, 3 MB) from the Python package index into .data/easy-vqa, and lays it out as
# train.jsonl and test.jsonl: {"image": "test/images/0.png", "question": "...", "answer": "..."}. Does nothing when
# the files are already there.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly WHEEL=easy_vqa-1.0-py3-none-any.whl
readonly CHECKSUM=fcb51b309b78c7b00f97b64cdbcbcf5c105f94da1b39c0796cee5a787c4f650f
readonly TARGET=.data/easy-vqa

if [[ -f $TARGET/test.jsonl && -f $TARGET/train.jsonl ]]; then
    exit 0
fi

echo "easy-vqa: downloading the set (3 MB)"
mkdir -p .data
staging=$(mktemp -d .data/easy-vqa.XXXXXX)
trap 'rm -rf "$staging"' EXIT

python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$staging" easy-vqa==1.0
if ! echo "$CHECKSUM  $staging/$WHEEL" | sha256sum --check --quiet; then
    echo "easy-vqa: $WHEEL is not the file this project was written against (sha256 $CHECKSUM)" >&2
    exit 1
fi

python3 - "$staging" "$WHEEL" <<'PYTHON'
import json
import pathlib
import sys
import zipfile

staging = pathlib.Path(sys.argv[1])
with zipfile.ZipFile(staging / sys.argv[2]) as wheel:
    for split in ("train", "test"):
        prefix = f"easy_vqa/data/{split}/"
        images = staging / "set" / split / "images"
        images.mkdir(parents=True)
        for name in wheel.namelist():
            if name.startswith(prefix + "images/") and name.endswith(".png"):
                (images / pathlib.PurePosixPath(name).name).write_bytes(wheel.read(name))
        with open(staging / "set" / f"{split}.jsonl", "w", encoding="utf-8") as out:
            for question, answer, image in json.loads(wheel.read(prefix + "questions.json")):
                record = {"image": f"{split}/images/{image}.png", "question": question, "answer": answer}
                out.write(json.dumps(record) + "\n")
PYTHON

rm -rf "$TARGET"
mv "$staging/set" "$TARGET"
echo "easy-vqa: $(wc -l < $TARGET/train.jsonl) training and $(wc -l < $TARGET/test.jsonl) test questions in $TARGET"
