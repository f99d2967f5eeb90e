#!/usr/bin/env python3
r"""Writes strict-third.jsonl: a second set of answers, labelled by someone who had not seen the reading nor the first set.

    python3 make_strict_third.py strict-third.jsonl

A label says what a careful person with the question and the key at hand would say of the answer: right only if the answer commits to
the key and to nothing else. Labels were written before the reading was run on them. Standard library only.
"""

import json
import sys

CASES = []


def put(benchmark, kind, choices, answer, right, wrong, note, **more):
    if isinstance(choices, list):
        choices = {chr(65 + index): text for index, text in enumerate(choices)}
    for correct, predictions in ((True, right), (False, wrong)):
        for prediction in predictions:
            CASES.append(dict(benchmark=benchmark, kind=kind, prediction=prediction, choices=choices, answer=answer,
                              expected_correct=correct, note=note, **more))


MC, FREE, YN = "multiple_choice", "free_form", "yes_no"

# Whole replies, of several lines, as models write them.
FRUITS = ["apple", "banana", "cherry", "date"]
put("mmstar", MC, FRUITS, "B", [
    "The image shows a bowl of fruit.\n\n1. The apple is on the left.\n2. The banana is in the middle.\n\nSo the fruit in the middle is the banana.\n\n**Answer: B**",
    "To answer this question, I look at the middle of the bowl.\n\nThe fruit there is long and yellow, which is a banana.\n\nTherefore, the correct answer is:\n\n**B. banana**",
    "Let's go through the options:\n- A: apple – not in the middle.\n- B: banana – in the middle.\n- C: cherry – not shown.\n- D: date – not shown.\n\nThus the answer is **B**.",
    "The fruit in the middle is a banana.", "In the middle there is a banana, so B.", "It's the banana.", "banana", "A banana.", "The banana", "a banana", "B (banana)", "(B)", "B\n", "Option (B): banana", "The answer is B, banana.",
    "<think>Maybe the apple? The answer could be A. But no.</think>\n\n<answer>\nB\n</answer>", "<think>\nLooking...\n</think>\n\n<answer>banana</answer>", "The correct answer is option B: banana.", "My choice is B.",
    "The answer is B.\n\nHere is why: the apple (A) is on the left and the cherry (C) is missing.", "**Solution**\n\nThe middle fruit is yellow.\n\n$\\boxed{B}$", "Answer: **B. banana**", "Answer: B.", "The answer is option **B**.", "B is the answer.",
    "The correct answer is B because the banana is in the middle, not the apple.", "Based on the image, the answer is B.", "Upon closer look, it is B.", "I'll go with B.", "I pick B", "The middle one is the banana (B).",
], [
    "The apple is next to the banana, so the answer is A.", "The banana is on the right of the fruit in the middle.", "The answer is B? No, the middle one is red. It's A.", "The answer is B. No, that's wrong. It is the cherry.", "B? I am not sure.",
    "Let's go through the options:\nA: apple\nB: banana\nC: cherry\nD: date", "Options: A. apple, B. banana, C. cherry, D. date.\n", "I can see an apple, a banana and a cherry.", "The possible answers are A, B, C and D.", "Possible answer: B or C", "The answer is probably A or B.",
    "I would say neither banana nor apple.", "The correct answer is A\n\nB is close, but it is not in the middle.", "A\n\nThe banana is on the right.", "The bananas are yellow; the fruit in the middle is red. The answer is C.", "Banana bread", "bananas and apples", "a, b, c, d", "(A) (B) (C) (D)",
    "The fruit is behind the banana.", "The apple is in front of the banana.", "There is no banana.", "No banana is in the middle.", "It looks like a banana but it is a date.", "It could be a banana.", "Maybe B", "It might be B.", "The answer might be B.",
    "<answer>It could be A or B</answer>", "\\boxed{A}\n\nI considered B as well.", "<answer>A</answer> (B was the second choice)", "Answer: A (not B)", "First choice: A. Second choice: B.", "A > B > C > D", "A) apple B) banana C) cherry D) date", "The answer is A. apple or B. banana",
    "If you ask for the yellow one: B. If you ask for the red one: A.", "All of them: A, B, C, D", "B and C are both right.", "Both B and C", "The answer is B and C.", "The answer is B, C.", "The answers are A and B.", "<answer>B, C</answer>", "\\boxed{B,C}", "\\boxed{B} and \\boxed{C}",
    "The answer is B.\nThe answer is C.", "Answer: B\n\nWait, I misread. Answer: D", "B\nC", "B\n\nC", "A\nB", "B C", "BC", "B/C", "B|C", "B; C", "B or maybe C", "B, or possibly C", "B (or C)", "not banana", "non-banana", "anything but banana", "The opposite of B",
], "whole replies")
put("mmmu", MC, ["3.2 N", "4.8 N", "6.4 N", "9.6 N"], "B", [
    "Using F = ma with m = 2.4 kg and a = 2 m/s^2:\n\nF = 2.4 × 2 = 4.8 N\n\nAnswer: B", "F = 4.8 N", "4.8 N", "4.8", "The force is 4.8 N.", "The force is 4.8 newtons.", "B. 4.8 N", "$F = 4.8\\ \\text{N}$", "\\boxed{4.8\\text{ N}}", "\\boxed{4.8 \\, \\mathrm{N}}", "The answer is B (4.8 N).", "$$F = 2.4 \\times 2 = 4.8\\,\\text{N}$$\n\nTherefore the answer is **B**.",
], ["4.8 kg", "48 N", "0.48 N", "4.8 kN", "4.8 J", "-4.8 N", "3.2 N", "4.8 N or 6.4 N", "4.8 m", "C. 4.8 N", "4.80001 N", "4.8 N + 3.2 N", "2.4", "between 3.2 N and 4.8 N", "less than 4.8 N"], "forces")
put("mathvista", MC, ["2", "3", "4", "5"], "C", ["4", "C", "There are 4 sides.", "The answer is 4.", "four", "It has four sides.", "Answer: 4", "\\boxed{4}", "<answer>4</answer>", "2 + 2 = 4", "4 (C)", "C. 4", "1, 2, 3, 4. So there are 4.", "The count is 4, so the answer is C.", "x = 4"],
    ["3", "14", "40", "4.5", "2 or 4", "A. 4", "2, 3, 4, 5", "4/2", "2 of the 4", "The first 4 are red, the other 3 are blue.", "more than 4", "B because 4 is too many", "4th", "4 or 5", "not 4", "-4", "24", "4 < 5", "\\boxed{2} \\boxed{4}", "3 sides and 4 corners", "The answer is 3, since 4 is a square."], "small numbers as options")
put("mmmu-pro", MC, ["0.1", "0.2", "0.25", "0.3", "0.4", "0.5", "0.6", "0.75", "0.8", "0.9"], "C", ["C", "0.25", "1/4", "25%", "\\frac{1}{4}", "The answer is 0.25.", "C. 0.25", "\\boxed{0.25}", ".25", "a quarter", "P = 0.25", "The probability is 1/4, so C.", "0.250"],
    ["0.2", "0.5", "2.5", "25", "0.025", "1/5", "D. 0.25", "0.25 or 0.75", "-0.25", "A probability", "I", "0.2 or 0.25", "C or H", "not 0.25", "0.255", "1 - 0.25", "1 - 0.25 = 0.75"], "probabilities")
put("mathverse", MC, None, "A", ["A", "A.", "(A)", "A: 30°", "The answer is A.", "Answer: A", "\\boxed{A}", "<answer>A</answer>", "Therefore, the answer is A: 5 cm.", "The correct option is A."],
    ["B", "A triangle has three sides.", "A circle", "A is a point on the circle.", "AB = 5", "∠A = 30°", "Angle A = 30", "The answer is a triangle.", "A or B", "In a right triangle, A is the right angle.", "The area is A = 5.", "A, B", "A line through B"], "the letter A without texts")
put("hallusionbench", YN, None, "Yes", ["Yes, both circles are the same size.", "Based on the image, yes.", "The answer to the question is yes.", "yes, because the lines are parallel", "It is yes.", "<think>No way.</think>\n\n<answer>\nYes\n</answer>", "**Answer**: Yes, they are.", "Yes\n\nThe two circles have the same radius, there is no difference.", "Yes - no difference is visible.", "Correct answer: Yes", "Indeed, yes.", "Yes, indeed.", "Yes, not a single one is longer.", "To me the answer is yes."],
    ["No. Yes is what most people say.", "No, they are not. Yes, they look alike, but one is longer.", "The circles are not the same size, so no.", "Based on the image, no.", "I would answer yes if they were equal, but they are not.", "Many people say yes. The answer is no.", "no\n\nyes", "Yes\nNo", "yes no", "Cannot say yes or no.", "The picture does not show it.", "It is impossible to say.", "Neither yes nor no.", "Is the answer yes?", "Say yes or no", "yes? no?", "Not exactly, no.", "Yes or No: No", "<answer>no</answer> yes", "<answer>No, yes is wrong</answer>"], "yes in replies")
put("hallusionbench", YN, None, "No", ["No, the circles differ.", "Based on the image, no.", "Not exactly, no.", "No\n\nThe left one is larger. Yes, it is hard to see.", "The answer to the question is no.", "no, because the lines cross", "Yes or No: No", "The circles are not the same size, so no.", "Clearly no.", "No, not at all.", "No!", "no."], ["Yes.", "yes, no doubt about it", "Yes, there are no gaps.", "No? Yes.", "<answer>Yes</answer>", "No way to know.", "No picture was given.", "No one can say.", "There is no picture.", "Yes. There is no other.", "No matter how I look, the answer is yes.", "No, sorry, yes."], "no in replies")
put("mathvision", FREE, None, "6", ["6", "The answer is 6.", "Thus the number of ways is $3 \\times 2 = 6$.", "$3! = 6$", "We have $x = 6$.", "x=6", "**6**", "\\boxed{6}", "$\\boxed{6}$.", "6 ways", "There are 6 ways.", "Therefore, 6 ways.", "six", "The total number is\n\n$$6$$", "\\(6\\)", "Answer: $6$", "6.0", "12/2", "The number of triangles is 6", "First there are 2, then 4 more: 2 + 4 = 6.", "= 6", "So, $n = \\boxed{6}$", "Final answer: 6 ways", "The answer is 6 (3 times 2)."],
    ["5", "66", "16", "60", "6 or 7", "6, 7", "between 5 and 6", "6 red and 3 blue", "6x", "6\\pi", "\\sqrt{6}", "-6", "6i", "6^2", "x^6", "1/6", "6/7", "The answer is not 6.", "The answer is 6. Wait, no, it is 7.", "\\boxed{6}\n\nWait, I made a mistake: the answer is 7.", "The answer is 7, not 6.", "at most 6", "6 < x", "x < 6", "x > 6", "x \\ne 6", "\\boxed{6} or \\boxed{7}", "6 \\pm 1", "6 + x", "log 6", "6 thousand", "6,000", "0.6", "The sixth", "16 - 6", "60 / 10 - 1"], "a small whole number")
put("mathvision", FREE, None, "\\frac{\\pi}{2}", ["\\frac{\\pi}{2}", "π/2", "\\pi/2", "\\dfrac{\\pi}{2}", "0.5\\pi", "\\frac12\\pi", "The area is $\\frac{\\pi}{2}$.", "\\boxed{\\frac{\\pi}{2}}", "\\frac{1}{2} \\pi", "A = \\frac{1}{2}\\pi r^2 = \\frac{\\pi}{2}", "pi/2", "\\pi \\div 2"], ["1.57", "90", "\\pi", "2/\\pi", "\\frac{\\pi}{4}", "\\frac{2}{\\pi}", "1.5708", "\\frac{\\pi^2}{2}", "\\frac{3.14}{2}", "\\frac{22}{14}"], "half of pi")
put("mathvista", FREE, None, "0.6", ["0.6", "0.60", "0.62", "3/5", "60%", "≈0.6", "The answer is approximately 0.6.", "0.58"], ["6", "0.06", "0.7", "0.5", "0.66", "60", "-0.6", "0.6 or 0.7"], "a share to one decimal", answer_type="float", precision=1)
put("mathvista", FREE, None, "1997", ["1997", "The year is 1997.", "In 1997.", "1997.", "It was in 1997.", "Answer: 1997", "The smallest gap was in 1997, when it was below the others."], ["1996", "97", "1997 or 1998", "1990-1997", "from 1996 to 1997", "before 1997", "after 1997", "19970", "1,998", "between 1996 and 1997", "1997, 1998"], "a year", answer_type="integer")
put("mathvista", FREE, None, "3", ["3", "3 years", "The answer is 3.", "The gap is 3 years.", "The difference in age is 3 years.", "1964 - 1961 = 3", "Age gap: 3 years", "She was born in 1961 and he in 1964, so the gap is 3 years."], ["There are 3 people.", "three people", "3 people", "3 months", "30 years", "1961", "3 or 4 years", "a third", "13 years", "3.5", "3 years or more", "over 3 years", "nearly 3", "3 decades"], "an age gap", answer_type="integer", unit="years")
put("mathverse", FREE, None, "y=-x^2+4", ["y=-x^2+4", "y = 4 - x^2", "y=4-x^{2}", "-x^2+4", "f(x)=4-x^2", "y = -(x^2-4)", "y=(2-x)(2+x)", "$y=-x^{2}+4$", "The equation is y = -x^2 + 4.", "y + x^2 = 4"], ["y=x^2+4", "y=-x^2-4", "y=x^2-4", "x=-y^2+4", "y=-2x^2+4", "y=-x^2", "-x^2+4=0", "y=-x+4"], "an equation of a parabola")
put("mathverse", FREE, None, "10 \\sqrt{2} \\mathrm{~cm}", ["10\\sqrt{2}", "10\\sqrt{2} cm", "10√2 cm", "10\\sqrt{2}\\text{ cm}", "\\sqrt{200}", "\\sqrt{200} cm", "AC = 10\\sqrt{2} cm", "0.1\\sqrt{2} m", "100\\sqrt{2} mm", "10\\sqrt{2} centimeters"], ["10\\sqrt{2} m", "10\\sqrt{2} cm^2", "14.14", "14.14 cm", "10", "20", "10\\sqrt{3} cm", "2\\sqrt{10} cm", "10 cm", "10\\sqrt{2}°", "10\\sqrt{2} kg"], "a root with a unit")
put("mathverse", FREE, None, "(3,-4)", ["(3,-4)", "(3, -4)", "C(3,-4)", "x=3, y=-4", "The centre is (3,-4).", "\\left(3,-4\\right)", "$(3,-4)$", "(3, −4)"], ["(-3,4)", "(3,4)", "(-4,3)", "3,-4,5", "(3,-4) or (3,4)", "3", "-4", "-1", "(3;4)", "3 - 4"], "a centre")
put("mmmu", FREE, None, "['Boxplot', 'box plot', 'Box-and-whisker plot']", ["Boxplot", "box plot", "A box plot", "The figure is a box plot.", "It is a boxplot.", "box-and-whisker plot", "The answer is a box plot.", "Box plot."], ["histogram", "plot", "box", "not a box plot", "a box plot or a histogram", "bar plot", "It is not a boxplot.", "a scatter plot next to a box plot"], "names as alternatives")
put("mmmu", FREE, None, "1.06", ["1.06", "1.060", "The answer is 1.06.", "\\boxed{1.06}", "$1.06", "1.06 V", "106/100"], ["1.0", "1.07", "1.6", "106", "1.061", "-1.06", "0.06", "1.06 or 1.07", "1.06 million", "1,06 or 2", "10.6", "1.06 - 0.5"], "a decimal")
put("microworld", FREE, None, "2", ["2", "two", "There are two red circles.", "I see 2.", "<think>one, two</think><answer>2</answer>", "<think>1, 2, 3?</think> <answer>two</answer>", "The answer is two."], ["1", "12", "20", "two or three", "one and two", "2 red and 3 blue", "second", "<answer>3</answer>", "<answer>2 or 3</answer>", "<think>2</think><answer></answer>", "<think>2</think>", "1, 2", "twelve", "twenty", "twenty-two"], "a small count")
put("microworld", FREE, None, "left", ["left", "Left.", "The answer is left.", "<answer>left</answer>", "It is left.", "to the left", "on the left"], ["right", "not left", "left or right", "above", "<answer>right</answer>", "left and right", "The left one is on the right."], "a side")


def main(path):
    with open(path, "w", encoding="utf-8") as file:
        for case in CASES:
            file.write(json.dumps(case, ensure_ascii=False) + "\n")
    right = sum(case["expected_correct"] for case in CASES)
    print(f"{len(CASES)} answers, {right} right, {len(CASES) - right} wrong")


main(sys.argv[1])
