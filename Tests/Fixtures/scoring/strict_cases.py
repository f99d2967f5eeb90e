"""What the scripts make_strict*.py share: labelled answers, and how they are written."""

import json

CASES = []
MC, FREE, YN = "multiple_choice", "free_form", "yes_no"


def add(benchmark, kind, predictions, choices, answer, correct, note, **more):
    """Answers to one question, all of them right or all wrong; choices may be a list of their texts."""
    if isinstance(choices, list):
        choices = {chr(65 + index): text for index, text in enumerate(choices)}
    for prediction in predictions:
        CASES.append(dict(benchmark=benchmark, kind=kind, prediction=prediction, choices=choices, answer=answer,
                          expected_correct=correct, note=note, **more))


def put(benchmark, kind, choices, answer, right, wrong, note, **more):
    """Right and wrong answers to one question."""
    add(benchmark, kind, right, choices, answer, True, note, **more)
    add(benchmark, kind, wrong, choices, answer, False, note, **more)


def write(path):
    with open(path, "w", encoding="utf-8") as file:
        for case in CASES:
            file.write(json.dumps(case, ensure_ascii=False) + "\n")
    right = sum(case["expected_correct"] for case in CASES)
    print(f"{len(CASES)} answers, {right} right, {len(CASES) - right} wrong")
