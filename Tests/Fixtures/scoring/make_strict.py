#!/usr/bin/env python3
r"""Writes strict.jsonl: answers as models give them, labelled by what a careful person would say of them.

    python3 make_strict.py strict.jsonl

Labels are set by hand, group by group, and not by any program: RIGHT answers must be found, WRONG ones must not be accepted, whatever
letters or numbers stand in them. Standard library only.
"""

import sys

from strict_cases import FREE, MC, YN, add, write


def put(benchmark, kind, choices, answer, right, wrong, **more):
    add(benchmark, kind, right, choices, answer, True, "right", **more)
    add(benchmark, kind, wrong, choices, answer, False, "wrong", **more)


def choice(benchmark, choices, answer, right, wrong):
    put(benchmark, MC, choices, answer, right, wrong)


def free(benchmark, answer, right, wrong, **more):
    put(benchmark, FREE, None, answer, right, wrong, **more)


def yesno(answer, right, wrong):
    put("hallusionbench", YN, None, answer, right, wrong)


BOATS = ["a red boat", "a blue boat", "a tent", "a tree"]
choice("mmstar", BOATS, "B", [
    "B", "b", "B.", "(B)", "[B]", "B)", "**B**", "$B$", "`B`", "\\boxed{B}", "\\boxed{\\text{B}}", "<answer>B</answer>",
    "<answer> B </answer>", "<answer>(B)</answer>", "<answer>B. a blue boat</answer>", "<answer>a blue boat</answer>", "Answer: B", "Answer:\nB",
    "The answer is B", "The answer is B.", "The answer is (B).", "The answer is **B**.", "The correct answer is B) a blue boat.",
    "The correct option is B.", "Option B", "option B is correct.", "B is the correct answer.", "I choose B.", "I would choose B because the hull is blue.",
    "B. a blue boat", "B) a blue boat", "(B) a blue boat", "B: a blue boat", "B a blue boat", "a blue boat", "A blue boat", "A blue boat.", "blue boat", "The blue boat",
    "\"a blue boat\"", "The picture shows a blue boat.", "It is a blue boat.", "B, because the hull is blue.", "B because the hull is blue.",
    "<think>A red boat? No, the hull is blue.</think>B", "<think>It could be A.</think>\n<answer>B</answer>", "<think>x</think>The answer is B.",
    "Let me think. The hull is blue and it floats.\nSo the answer is B.", "First I thought of A. Looking again, the hull is blue. The answer is B.",
    "The answer is A. Wait, the hull is blue. The answer is B.", "<answer>A</answer> No, I was wrong. <answer>B</answer>", "Final answer: B", "**Final Answer:** B", "Therefore, the answer is B.",
    "The best choice is B.", "My choice: B", "答案是B", "答案：B", "Step 1: look at the hull.\nStep 2: it is blue.\n\nB", "The object on the water is blue.\n\n**Answer: B**", "The correct letter is B.", "I'll go with B.",
    "The final answer is $\\boxed{B}$.", "Thus \\boxed{\\text{B}}", "The answer is B since it is blue.", "So, B is correct.",
], [
    "A", "A.", "C", "D) a tree", "The answer is A.", "<answer>A</answer>", "\\boxed{C}", "A red boat", "a tent", "a red boat", "I think it is A", "A blue or a red boat", "B or C", "A or B", "The answer is A or B.",
    "\\boxed{A} or \\boxed{B}", "\\boxed{B}, \\boxed{C}", "A, B", "A, B, C, D", "A. a red boat\nB. a blue boat\nC. a tent\nD. a tree", "The options are A, B, C and D.", "The answer is not B.", "It is not a blue boat.", "Not B",
    "I cannot tell.", "I am sorry, I cannot see the picture.", "", " ", "boat", "blue", "The answer is a boat", "The answer is B or maybe C.", "Is the answer B?", "<answer>B", "<answer>A blue boat and a tent</answer>", "<think>The answer is B", "<think>The answer is B</think>",
    "<think>The answer is B.</think>The answer is C.", "<think>B</think><answer>D</answer>", "E", "Z", "BB", "B) a red boat", "B. a tent", "The answer is A. The answer is B. The answer is C. The answer is D.", "The answer is C. The answer is D. The answer is B.",
    "Neither A nor B.", "None of these", "Both A and B", "If it were blue, the answer would be B, but it is red. The answer is A.", "The wrong answer is B.", "I would exclude B.", "A blue boat would be B, but I see a tent.", "Boat A is near boat B.", "There is a boat. A person stands in it.",
    "The answer is B. Wait, it is red. The answer is A.", "<answer>B</answer> No, wait. <answer>A</answer>", "Question: which boat? A. a red boat B. a blue boat C. a tent D. a tree", "What is B?", "Failed to obtain answer via API.",
])

NUMBERS = ["30", "45", "60", "145"]
choice("mathvista", NUMBERS, "C", [
    "C", "60", "60.", "60.0", "C. 60", "C) 60", "(C) 60", "C 60", "The answer is 60.", "The answer is C.", "\\boxed{60}", "\\boxed{C}", "<answer>60</answer>", "<answer>C</answer>", "60°", "60 degrees", "$60^\\circ$", "x = 60", "The angle is 60.", "The angle is 60 degrees.",
    "180 - 2 * 60 = 60, so the answer is C.", "<think>180-120=60</think>60", "Since the sum is 180, the third angle equals 60.", "Answer: 60", "The correct answer is (C) 60.", "So it is C.", "120/2", "\\frac{120}{2}",
], [
    "160", "6", "600", "30", "A", "A. 30", "45", "145", "C. 45", "C) 30", "A 60", "B. 60", "30 or 60", "60 or 45", "The angles are 30, 45 and 60.", "The answer is 61.", "The answer is 30.", "\\boxed{30}", "<answer>60, 45</answer>", "-60", "0.6", "6.0", "The answer is not 60.", "It is not C.", "30 + 45",
    "A triangle with equal sides has 60 somewhere, but here it is 45.", "C is wrong.", "60 is too large, so it is 45.", "The answer is between 45 and 60.", "\\boxed{30}\n\\boxed{60}\\boxed{45}",
])

MONEY = ["$6,000", "$7,500", "$9,000", "$12,000"]
choice("mmmu", MONEY, "B", [
    "B", "$7,500", "7,500", "7500", "$7500", "7500 dollars", "B) $7,500", "(B) $7,500", "B $7,500", "The answer is $7,500.", "The answer is B.", "\\boxed{7500}", "\\boxed{\\$7,500}", "<answer>$7,500</answer>", "The cost is $7,500.", "Revenue less cost is 7,500.", "**B) $7,500**", "The profit equals $7,500.00",
], [
    "A", "$6,000", "750", "75,000", "$75", "B) $9,000", "A) $7,500", "$7,500 or $9,000", "The answer is $6,000.", "<answer>$9,000</answer>", "between $6,000 and $9,000", "7.5", "It costs A lot.", "I do not know.", "7,501", "The options are $6,000, $7,500, $9,000 and $12,000.",
])

TEN = ["oak", "elm", "ash", "fir", "yew", "pine", "beech", "birch", "maple", "I cannot tell"]
choice("mmmu-pro", TEN, "G", [
    "G", "G.", "(G)", "beech", "Beech.", "G. beech", "The answer is G.", "I choose G.", "\\boxed{G}", "<answer>G</answer>", "Answer: G", "The tree is a beech.", "It's a beech", "The last line:\nAnswer: G", "I believe the answer is G", "<think>oak, elm, or beech?</think> Answer: (G)", "The leaves are those of a beech.",
], [
    "I", "I cannot tell", "J", "A beech or a birch", "H", "birch", "The answer is I.", "I think it is a fir.", "A", "A tree", "I am not sure.", "I would say H.", "I do not see a beech.", "not G", "G or H", "<answer>H</answer>", "It is an oak.", "beech, birch", "The answer is J.", "a beach",
])
choice("mmmu-pro", TEN, "J", ["J", "I cannot tell", "The answer is J.", "\\boxed{J}", "J. I cannot tell"], ["I", "I", "The answer is I.", "A", "oak", "G"])

choice("mmstar", ["Yes", "No"], "B", ["B", "No", "No.", "no", "B. No", "The answer is No.", "<answer>No</answer>"], ["A", "Yes", "Yes.", "Yes, no", "not B", "The answer is Yes.", "Yes or No", "I do not know", "No or yes?"])
choice("mmmu", ["1", "10", "100", "1000"], "B", ["10", "B", "10.", "ten" if False else "10.0", "B) 10", "the answer is 10", "\\boxed{10}", "x=10"], ["1", "100", "1000", "A", "0.1", "1 and 10", "B) 100", "101", "110", "10 or 100", "the answer is 1"])
choice("mathvision", ["\\frac{1}{2}", "\\frac{1}{3}", "\\sqrt{2}", "2\\pi", "none of these"], "A", ["A", "1/2", "0.5", "\\frac{1}{2}", "$\\frac{1}{2}$", "\\boxed{\\frac{1}{2}}", "A. 1/2", "The answer is 1/2.", "The probability is 0.5.", "(A) \\frac{1}{2}", "50%"], ["B", "1/3", "\\sqrt{2}", "0.33", "2\\pi", "A or B", "E", "none of these", "A. \\frac{1}{3}", "1/4", "\\boxed{\\frac{1}{3}}", "C"])
choice("mathvision", ["A", "B", "C", "D", "E"], "D", ["D", "(D)", "\\boxed{D}", "The answer is D.", "Figure D", "<answer>D</answer>", "Answer: D", "D."], ["A", "B", "The answer is B.", "\\boxed{A}", "E", "C or D", "", "A piece is missing.", "I think E"])
for letter in "ACDE":
    add("mathverse", MC, [f"The correct option is {letter}."], None, letter, True, "right")
    add("mathverse", MC, [f"\\boxed{{{letter}}}"], None, letter, True, "right")
    add("mathverse", MC, [f"<think>Let A be a point. B lies on AC.</think><answer>{letter}</answer>"], None, letter, True, "right")
    add("mathverse", MC, [f"{letter}: 2\\sqrt{{3}}"], None, letter, True, "right")
    add("mathverse", MC, [f"The correct option is {letter}."], None, "B", False, "wrong")
    add("mathverse", MC, [f"Angle {letter} is 60 degrees."], None, "B", False, "wrong")
    add("mathverse", MC, [f"{letter} or B"], None, "B", False, "wrong")

free("mathvista", "14", ["14", "14.", "The answer is 14.", "\\boxed{14}", "<answer>14</answer>", "14.0", "14 cm", "There are 14 bars.", "Answer: 14", "So the total is 14.", "2 * 7 = 14", "x = 14", "**14**", "$14$", "The number missing is 14.", "The missing number in the sequence is 14.", "fourteen" if False else "+14", "<think>7+7</think>14", "The sum is 6 + 8 = 14."],
     ["15", "140", "1.4", "-14", "14.5", "The answer is 15.", "\\boxed{41}", "between 14 and 15", "14 or 15", "13, 14, 15", "It is not 14.", "", "I cannot count them.", "<answer>13</answer>", "The bars are 14 cm wide and there are 3.", "14%" if False else "1 4", "<think>14</think>", "<think>14</think>15", "14 apples and 3 pears"], answer_type="integer")
free("mathvista", "0.6", ["0.6", "0.60", ".6", "3/5", "60%", "The fraction is 0.6.", "\\boxed{0.6}", "<answer>0.6</answer>", "0.62", "0.58", "\\frac{3}{5}", "about 0.6", "approximately 0.6"], ["0.7", "6", "0.5", "0.06", "60", "0.66", "The fraction is 0.7.", "0.6 or 0.7", "-0.6", "0.4", "1 - 0.6 = 0.4"], answer_type="float", precision=1)
free("mathvista", "1.45", ["1.45", "$1.45", "1.45 dollars", "The total is $1.45.", "1.450", "1.452", "\\boxed{1.45}", "Luca needs $1.45."], ["1.5", "1.4", "145", "14.5", "1.46", "2.45", "1.455001", "$1.54", "1.44"], answer_type="float", precision=2)
free("mathvista", "0", ["0", "0.0", "zero", "The answer is 0.", "There are 0 left.", "\\boxed{0}"], ["1", "10", "none of your business", "", "O"], answer_type="integer")
free("mathvista", "[2007, 2008]", ["[2007, 2008]", "[2007,2008]", "The answer is [2007, 2008].", "<answer>[2007, 2008]</answer>"], ["[2008, 2007]", "2007", "[2007, 2009]", "2008", "[2007]"], answer_type="list")
free("mathvista", "Cyan", ["Cyan", "cyan", "The answer is cyan.", "It is cyan.", "**Cyan**", "<answer>Cyan</answer>"], ["Blue", "not cyan", "cyan or blue", "The answer is blue.", ""], answer_type="text")
free("mathvision", "5", ["5", "5.0", "$5$", "\\boxed{5}", "The answer is 5.", "x=5", "<answer>5</answer>", "10/2", "\\frac{10}{2}", "5 cm", "The length is 5.", "\\sqrt{25}", "**Answer:** 5", "Hence AB = 5.", "so we get 5"], ["50", "0.5", "-5", "5.1", "\\sqrt{5}", "5\\pi", "6", "5 or 6", "x=6", "not 5", "\\boxed{6}", "<answer>55</answer>", "<answer>5", "4 + 2", "5 = 6 - 2"])
free("mathvision", "2\\sqrt{3}", ["2\\sqrt{3}", "$2\\sqrt{3}$", "\\sqrt{12}", "\\boxed{2\\sqrt{3}}", "2√3", "The side is 2\\sqrt{3}.", "x = 2\\sqrt{3}", "The answer is $2\\sqrt{3}$.", "2*sqrt(3)", "\\frac{6}{\\sqrt{3}}"], ["3.46", "3\\sqrt{2}", "\\sqrt{3}", "2\\sqrt{2}", "12", "2 \\sqrt{3} + 1", "23", "\\boxed{\\sqrt{6}}"])
free("mathvision", "\\frac{\\pi}{4}", ["\\frac{\\pi}{4}", "\\pi/4", "π/4", "\\boxed{\\frac{\\pi}{4}}", "The area is \\frac{\\pi}{4}.", "0.25\\pi"], ["0.785", "\\pi", "\\frac{\\pi}{2}", "4/\\pi", "45", "\\frac{1}{4}"])
free("mathverse", "(-2,1]", ["(-2,1]", "(-2, 1]", "$(-2, 1]$", "\\boxed{(-2,1]}", "The interval is (-2, 1].", "<answer>(-2,1]</answer>", "-2 < x \\le 1"], ["(-2,1)", "[-2,1]", "(-2,2]", "(1,-2]", "-2", "1", "(-2, 1"])
free("mathverse", "60°", ["60°", "60", "60 degrees", "$60^\\circ$", "\\boxed{60^\\circ}", "The angle is 60°.", "∠A = 60°"], ["30°", "600", "6", "120°", "The angle is 30°.", "60 cm" if False else "90"])
free("mathverse", "f(x) = x^2 + 1", ["f(x) = x^2 + 1", "f(x)=x^2+1", "x^2+1", "$f(x) = 1 + x^2$", "y = x^2+1" if False else "\\boxed{f(x)=x^2+1}"], ["x^2", "x^2-1", "f(x)=x+1", "2x+1", "x^3+1"])
free("mmmu", "24", ["24", "24.0", "The answer is 24.", "\\boxed{24}", "<answer>24</answer>", "24 units"], ["124", "2", "240", "25", "The answer is about 30", "24 or 25", "-24"])
free("mmmu", "['1/3', '0.33']", ["1/3", "0.33", "\\frac{1}{3}", "The answer is 1/3."], ["0.3", "1/2", "3", "0.34"])
free("microworld", "red", ["red", "Red", "red.", "The shape is red.", "<think>top left</think><answer>red</answer>", "It is red.", "<answer>Red</answer>"], ["blue", "not red", "red or blue", "The shape is blue.", "", "<answer>red", "reddish", "<answer>blue</answer>"])
free("microworld", "3", ["3", "three", "Three.", "There are 3.", "There are three circles.", "<answer>3</answer>", "<answer>three</answer>", "3 circles"], ["4", "13", "30", "3 or 4", "four", "There are 4.", "<answer>4</answer>", "<think>3</think>"])

yesno("Yes", ["Yes", "yes", "YES.", "Yes, it is.", "Yes, there are three.", "**Yes**", "<answer>Yes</answer>", "The answer is yes.", "Answer: Yes", "\\boxed{Yes}", "<think>No line is longer.</think>Yes", "Looking at the lines, they are equal. Yes.", "Answer:Yes", "'Yes'", "Yes - both are the same."],
      ["No", "no", "No.", "No, it is not.", "The answer is no.", "<answer>No</answer>", "Yes and no.", "Yes or no?", "I cannot tell.", "", "Not yes.", "No, yes would be wrong.", "I can't say yes.", "<answer>Yes", "<think>Yes</think>", "<think>Yes</think>No", "Maybe", "Yesterday", "Unknown", "\\boxed{No}", "It is not the case."])
yesno("No", ["No", "no.", "No, they are equal.", "<answer>no</answer>", "The answer is No.", "**No**", "Answer: no", "\\boxed{No}", "<think>Yes?</think>No, it is not.", "There is no dog in the picture. No.", "No, there is not."],
      ["Yes", "Yes.", "There is no doubt: yes.", "Yes, no dog is there.", "The answer is yes.", "No idea.", "No one can tell.", "", "I do not know.", "<answer>Yes</answer>", "None", "Nothing", "know"])

write(sys.argv[1])
