#!/usr/bin/env python3
r"""Writes strict-second.jsonl: a second set of answers, labelled by someone who had not seen the reading nor the first set.

    python3 make_strict_second.py strict-second.jsonl

A label says what a careful person with the question and the key at hand would say of the answer: right only if the answer commits to
the key and to nothing else. Labels were written before the reading was run on them. Standard library only.
"""

import sys

from strict_cases import FREE, MC, YN, put, write

# Colours: options of one word, which also occur in prose.
COLOURS = ["Blue", "Red", "Green", "Yellow"]
put("mmstar", MC, COLOURS, "C", [
    "C", "c", " C \n", "C.", "(C)", "C)", "[C]", "C:", "**C**", "**C.**", "`C`", "$C$", "\"C\"", "'C'", "C. Green", "C: Green",
    "(C) Green", "C - Green", "C) Green.", "Green", "green", "Green.", "**Green**", "The car is green.", "It is green.",
    "Option C", "option (C)", "Choice C.", "The answer is C", "The answer is C.", "The answer is: C", "the answer is (C).",
    "The answer is **C**.", "The answer is \"C\".", "The correct answer is C.", "The correct option is C.", "The correct choice is (C) Green.",
    "The answer is Green.", "The answer is green.", "Answer: C", "Answer:C", "Answer: (C)", "ANSWER: C", "Answer - C", "answer: c",
    "**Answer:** C", "**Answer: C**", "**Answer**: C", "Final answer: C", "Final Answer: C.", "### Final Answer\nC",
    "### Answer\n\nC. Green", "Final answer:\n\nC", "\\boxed{C}", "$\\boxed{C}$", "$$\\boxed{C}$$", "\\[\\boxed{C}\\]", "\\boxed{\\text{C}}",
    "\\boxed{\\textbf{C}}", "\\boxed{\\mathrm{C}}", "\\boxed{(C)}", "\\boxed{C. Green}", "\\boxed{\\text{C. Green}}", "\\boxed{Green}",
    "\\boxed{\\text{Green}}", "\\boxed{ C }", "\\fbox{C}", "<answer>C</answer>", "<answer> C </answer>", "<answer>\nC\n</answer>",
    "<answer>C. Green</answer>", "<answer>(C)</answer>", "<answer>Green</answer>", "<answer>\\boxed{C}</answer>",
    "<answer>The answer is C.</answer>", "<Answer>C</Answer>", "<ANSWER>C</ANSWER>",
    "<think>The car could be blue, A.</think><answer>C</answer>", "<think>A? B? Surely A.</think>\n\nC",
    "<think>The answer is A.</think> The answer is C.", "<think>It is \\boxed{A}.</think>\n\\boxed{C}",
    "<think>first</think><think>second, the answer is B</think><answer>C</answer>",
    "Let us look at the picture. The car in front is green, the one behind is blue. The answer is C.",
    "The answer is A. Wait, the shaded part is green. The answer is C.", "At first I thought the answer is B, but the answer is C.",
    "I think the answer is C.", "I believe the correct answer is C.", "I would choose C.", "I would go with option C.", "I choose C.",
    "My answer is C.", "My final answer is C.", "So the answer is C.", "Therefore, the answer is C: Green.", "Thus, the correct option is C.",
    "Hence (C).", "Therefore, C is correct.", "C is correct.", "C is the correct answer.", "Option C is correct.", "Option C is the correct answer.",
    "(C) is the right choice.", "The correct letter is C.", "The answer would be C.", "The answer should be C.", "The answer must be C.",
    "It must be C.", "It's C.", "Answer is C", "Ans: C", "Ans. C", "Correct answer: C", "Correct option: C", "Correct Answer: **C**",
    "Selected option: C", "Looking at the picture, the car is green, so the answer is option C.",
    "A is wrong, because the car is not blue. B is wrong, because it is not red. The answer is C.",
    "A. Blue: no.\nB. Red: no.\nC. Green: yes.\nD. Yellow: no.\n\nAnswer: C",
    "The answer is not A, it is C.", "The answer is not A but C.", "The answer isn't B. The answer is C.",
    "The answer is C, not A.", "The answer is C and not B.", "The answer is C (not A).",
    "The final answer is $\\boxed{C}$.", "The final answer is: \\boxed{\\text{C}}", "Therefore the answer is $C$.",
    "**Final Answer:** \\boxed{C}", "\\boxed{C}\n\n\\boxed{C}", "<answer>C</answer><answer>C</answer>",
    "\\boxed{A} is what I wrote first, but that was an error. The answer is \\boxed{C}.",
    "Question: What colour is the car?\nOptions:\nA. Blue\nB. Red\nC. Green\nD. Yellow\nAnswer: C",
    "A. Blue\nB. Red\nC. Green\nD. Yellow\n\nThe car is green, so the answer is C.",
    "The answer is C\n\nExplanation: A and B are ruled out, because the car is neither blue nor red.",
    "C\n\nThe car is green.", "C. Green\n\nThe car in the picture is green.", "C\nExplanation: the other car is blue, the house is red.",
    "答案是C", "答案：C", "The answer is C。", "C。", "（C）",
], [
    "A", "B", "D.", "Blue", "The car is blue.", "A blue car", "The answer is A.", "Answer: B", "\\boxed{D}", "<answer>A</answer>", "",
    " ", "?", "Z", "E", "I", "I think", "I am not sure.", "I cannot tell.", "Sorry, I can't help with that.",
    "I'm sorry, but without the image provided I cannot answer.", "Cannot determine the answer.", "I don't know, it may be C or D.",
    "Not C", "not green", "It is not green.", "The answer is not C.", "The answer isn't C.", "The answer is definitely not C.",
    "The answer cannot be C.", "The car is not green.", "C is wrong.", "C is incorrect.", "Option C is incorrect.", "C is not correct.",
    "C is not the answer.", "A or C", "C or D", "C and D", "C, D", "A, B, C, D", "ABCD", "A B C D", "A/B/C/D", "Blue, Red, Green, Yellow",
    "A. Blue B. Red C. Green D. Yellow", "A. Blue\nB. Red\nC. Green\nD. Yellow", "The answer is A, B, C or D.", "The answer is A or C.",
    "The answer is either C or D.", "The answer is C or B.", "\\boxed{A} or \\boxed{C}", "\\boxed{C} or \\boxed{A}", "\\boxed{C, D}",
    "\\boxed{A}, \\boxed{B}, \\boxed{C}, \\boxed{D}", "\\boxed{A or C}", "\\boxed{C}\\boxed{D}", "<answer>A</answer> <answer>C</answer>",
    "<answer>C or D</answer>", "<answer>A, C</answer>", "<answer>A B C D</answer>", "<answer></answer>", "<answer> </answer>",
    "<answer>not C</answer>", "<answer>Not green</answer>", "\\boxed{}", "\\boxed{\\text{not C}}", "Answer:", "The answer is",
    "The answer is C. No, wait, the answer is D.", "The answer is C. Actually, the answer is A.", "\\boxed{C} Hmm, no: \\boxed{A}",
    "Answer: C\nAnswer: D", "I first said C, but the correct answer is B.", "C. Blue", "C) Yellow", "\\boxed{C. Blue}", "(A) Green",
    "A. Green", "The answer is A. Green", "Answer: D (Green)", "<answer>B. Green</answer>",
    "Blue or green", "Green or blue", "blue, green", "It is either green or yellow.",
    "<think>The answer is C.</think>", "<think>The answer is C.</think> The answer is A.", "<think>The car looks green, so C",
    "<think>C</think>", "<think>It could be C. It could be D.", "<think>\\boxed{C}</think>I cannot tell.",
    "Question: What colour is the car?\nA. Blue\nB. Red\nC. Green\nD. Yellow", "Which of A, B, C, D?",
    "The last line of your response should be of the following format: 'Answer: $LETTER'", "Answer: $LETTER",
    "<answer>the letter of your choice</answer>", "The answer is one of A, B, C and D.", "Please choose C if it is green.",
    "If the car were green, the answer would be C, but the car is red.", "Some might say the answer is C, but the answer is D.",
    "It is not clear whether the answer is C.", "Vitamin C", "I see a car.", "A car", "A", "C3PO", "Cyan", "Greenland", "evergreen",
    "None of the above", "All of the above", "The answer is none of these.", "I refuse to answer.", "As an AI, I cannot see images.",
    "The answer is E.", "The answer is Cat.", "The answer is Chartreuse.", "The answer is a.", "C? No. D.", "neither C nor D",
    "The answer is neither B nor C.", "Everything but C", "Any option except C.", "Rule out C.", "not A, not B, not C",
    "The answer is D because C is not right.", "The answer is D, not C.", "D rather than C", "D instead of C",
], "colours of one word")

# Degrees.
ANGLES = ["30°", "45°", "60°", "90°"]
put("mathvista", MC, ANGLES, "C", [
    "C", "60", "60°", "60 degrees", "60 °", "$60^\\circ$", "60^{\\circ}", "\\boxed{60}", "\\boxed{60^\\circ}", "The answer is 60°.",
    "The angle is 60 degrees.", "The answer is C. 60°", "x = 60", "x = 60°", "\\angle ABC = 60^\\circ", "Answer: 60.0", "C: 60°",
    "Since the triangle is equilateral, each angle is 180° / 3 = 60°. The answer is C.", "<answer>60°</answer>", "The answer is 60",
    "The measure of angle ABC is 60°. Answer: C", "∠B = 60°, therefore the answer is (C)", "sixty degrees", "C. $60^{\\circ}$",
    "So the third angle is 180° - 60° - 60° = 60°.", "C (60°)", "The answer is (C) 60°.", "60° (C)", "60°, option C",
], [
    "30", "160", "600", "6", "-60", "60%", "30° or 60°", "30 + 60", "A. 60°", "C. 45°", "45 degrees", "The answer is 30°, not 60°.",
    "The answer is D. 60 is half of 120.", "90 - 60", "The angle is not 60°.", "60.5", "B (60°)", "60, 90", "\\boxed{30} \\boxed{60}",
    "30°, 45°, 60°, 90°", "π/3 or 60° or 45°", "more than 60", "less than 60°", "between 45° and 60°", "about 60 or 90",
    "<answer>60° or 90°</answer>", "The angles are 30°, 60° and 90°.", "The sum of 30° and 60° is 90°.",
], "degrees")

# Money.
MONEY = ["$7,500", "$6,250", "$8,000", "$9,100"]
put("mmmu", MC, MONEY, "B", [
    "B", "$6,250", "6250", "6,250", "$6250", "$6,250.00", "6250 dollars", "\\$6,250", "B) 6,250", "B. $6,250", "The answer is $6,250.",
    "\\boxed{6250}", "\\boxed{\\$6,250}", "\\boxed{\\text{B. \\$6,250}}", "The total cost is 5 × 1,250 = 6,250, so the answer is B.",
    "The net income is $6,250.", "USD 6,250", "Answer: B) $6,250", "<answer>$6,250</answer>", "The answer is B ($6,250).",
    "Profit = 9,100 - 2,850 = $6,250. **B**", "(B) \\$6{,}250", "6{,}250", "**B) $6,250**",
], [
    "B) 7,500", "B. $7,500", "A", "7500", "$7,500", "6", "625", "62500", "6,25", "250", "-$6,250", "6250%", "€6,250",
    "$6,250 or $8,000", "$7,500, $6,250, $8,000, $9,100", "A) 6,250", "The answer is A because B) 6,250 is too low.", "$6,251", "C ($6,250)",
    "6,250 million", "not $6,250", "more than $6,250", "\\boxed{B} \\boxed{C}",
], "money")

# Ten options.
LANDS = ["France", "Spain", "Italy", "Greece", "Turkey", "Norway", "Sweden", "Finland", "Iceland", "Jordan"]
put("mmmu-pro", MC, LANDS, "I", [
    "I", "I.", "(I)", "The answer is I.", "The answer is I", "Answer: I", "\\boxed{I}", "<answer>I</answer>", "Iceland", "I. Iceland",
    "The answer is Iceland.", "Option I", "I: Iceland", "The correct answer is (I).", "I think the answer is I.", "I would say I. Iceland",
    "I choose I.", "The island in the map is Iceland.", "Answer: I. Iceland", "**I**", "I believe it is Iceland.",
    "I think it is Iceland, which is option I.", "A map of the north is shown. Answer: I",
], [
    "I cannot tell.", "I think",
    "I choose G.", "I think the answer is H.", "I am sorry, I can't help.", "I do not see a country.",
    "I. France", "A", "J", "I choose Jordan.", "I would say Finland.", "Iceland or Norway", "I or J", "Norway, Sweden, Finland and Iceland",
    "A country", "I know that the answer is J.", "A, B, C, D, E, F, G, H, I, J", "The answer is I or F.", "Not I", "I don't know",
    "I see an island.", "H. Iceland", "The answer is I am not sure.", "The answer is I think Norway.",
    "I'm going with F", "I need to look at the picture first.", "None", "A I", "I said F", "Ireland", "Greenland",
    "The answer is, I believe, F.", "I, for one, would say Spain.", "Both I and F",
], "ten options, with the pronoun I")
put("mmmu-pro", MC, LANDS, "J", ["J", "J.", "Answer: J", "The answer is J. Jordan", "\\boxed{J}", "Jordan", "I think it is J.", "I say J"],
    ["I", "A", "Michael Jordan or Iceland", "K", "The answer is K."], "ten options, the last")
put("mmmu-pro", MC, LANDS, "A", ["A", "A.", "Answer: A", "The answer is A.", "The answer is A", "\\boxed{A}", "A. France", "France", "The country is France."],
    ["A country in the north", "A map", "A small island", "The answer is a country.", "The answer is a map of Spain.", "The answer is a small island.",
     "A. Spain", "A blue flag", "A and B", "A long time ago it was Spain.", "There is a ship.", "a ship and a car", "A: Spain"],
    "ten options, with the article A")

# MathVerse: options stand in the picture, only letters are known.
put("mathverse", MC, None, "B", [
    "B", "B.", "(B)", "The answer is B.", "\\boxed{B}", "B: 45°", "B. 3 cm", "Answer: B", "<answer>B</answer>", "The correct option is B: 50°.",
    "So the answer is B.", "**B**", "The answer is B: 65°.", "Therefore, the correct choice is (B) $4\\sqrt{3}$.",
], [
    "A", "C. 45°", "The answer is D.", "A or B", "\\boxed{A}, \\boxed{B}", "not B", "The answer is not B.", "In triangle ABC, AB = BC.",
    "The length of AB is 5.", "Angle B is 45°.", "45°", "B or C", "A, B, C, D", "The answer is F.", "A circle with centre B",
    "B is the centre of the circle, so the answer is C.", "Point B lies on the circle.",
], "options only in the picture")

# MathVision: options that are only their letters.
put("mathvision", MC, ["A", "B", "C", "D", "E"], "D", [
    "D", "D.", "(D)", "\\boxed{D}", "The answer is D.", "Answer: D", "Figure D", "The answer is picture D.", "<answer>D</answer>", "option D",
    "The next figure in the row is D.", "**Answer: D**", "D) D", "The shape that fits is D.",
], [
    "A", "B", "E", "A shape", "A, B, C, D, E", "C or D", "not D", "None of A, B, C, D, E", "The answer is E, not D.", "ABCDE", "F",
    "\\boxed{A}\\boxed{D}", "Everything but D", "A figure with dots", "Turn D around and it gives E.",
], "options that are only letters")

# Sentences.
SENTENCES = ["The man is holding an umbrella", "The man is holding a bag", "The woman is holding an umbrella", "Nobody is holding anything"]
put("mmstar", MC, SENTENCES, "A", [
    "A", "A.", "The man is holding an umbrella", "The man is holding an umbrella.", "the man is holding an umbrella", "A. The man is holding an umbrella.",
    "The answer is A. The man is holding an umbrella.", "Answer: The man is holding an umbrella", "<answer>The man is holding an umbrella</answer>",
    "\\boxed{\\text{The man is holding an umbrella}}", "In the picture, the man is holding an umbrella. The answer is A.",
    "“The man is holding an umbrella”", "The correct answer is: \"The man is holding an umbrella\".",
    "The answer is A: The man is holding an umbrella, because the woman holds nothing.",
], [
    "A man is holding a bag.", "A woman is holding an umbrella", "The woman is holding an umbrella", "A. The woman is holding an umbrella",
    "The man is holding an umbrella. The man is holding a bag.", "A person with a bag", "an umbrella", "The man is not holding an umbrella.",
    "The man is holding an umbrella or the woman is holding an umbrella", "B. The man is holding an umbrella", "D", "A boat",
    "The man is holding an umbrella. No, nobody is holding anything. The answer is D.", "A dog", "A bag",
], "sentences as options")

# LaTeX options.
RATIOS = ["\\frac{1}{2}", "\\frac{\\sqrt{3}}{2}", "\\sqrt{3}", "1"]
put("mathvision", MC, RATIOS, "B", [
    "B", "\\frac{\\sqrt{3}}{2}", "$\\frac{\\sqrt{3}}{2}$", "\\boxed{\\frac{\\sqrt{3}}{2}}", "\\dfrac{\\sqrt3}{2}", "√3/2", "sqrt(3)/2",
    "The answer is $\\frac{\\sqrt{3}}{2}$.", "B. $\\frac{\\sqrt{3}}{2}$", "\\boxed{\\text{B}}", "\\frac{3}{2\\sqrt{3}}", "(B) √3/2",
    "Answer: B) \\frac{\\sqrt{3}}{2}", "The ratio is $\\frac{\\sqrt{3}}{2}$, so the answer is B.",
    "\\sin 60^\\circ = \\frac{\\sqrt{3}}{2}", "<answer>\\frac{\\sqrt{3}}{2}</answer>",
], [
    "\\frac{1}{2}", "\\sqrt{3}", "0.5", "1", "3/2", "\\frac{3}{2}", "\\frac{\\sqrt{2}}{2}", "2/\\sqrt{3}", "B. \\frac{1}{2}", "A. \\frac{\\sqrt{3}}{2}",
    "-\\frac{\\sqrt{3}}{2}", "\\frac{\\sqrt{3}}{2} or \\frac{1}{2}", "\\pm\\frac{\\sqrt{3}}{2}", "\\boxed{\\frac{1}{2}}", "√3", "\\frac{\\sqrt{3}}{4}",
], "options in LaTeX")

# Overlapping numbers.
POWERS = ["1", "10", "100", "1000"]
put("mathvista", MC, POWERS, "B", ["B", "10", "10.", "10.0", "The answer is 10.", "\\boxed{10}", "ten", "There are 10 apples.", "B. 10", "10 (B)", "10^1"],
    ["1", "100", "1000", "1,000", "110", "101", "0", "1 0", "10 or 100", "10, 100", "1/10", "A. 10", "B. 100", "a ten-thousandth", "-10", "10^2",
     "1 + 10", "10 times 10 is 100.", "10 apples and 100 pears"], "numbers within numbers")
put("mathvista", MC, POWERS, "D", ["1000", "1,000", "1 000", "10^3", "10^{3}", "1e3", "1{,}000", "1\\,000", "D", "one thousand", "$1{,}000$"],
    ["1", "100", "10000", "1,00", "10,00", "1.000.000"], "thousands")

# Roman statements and none/all.
ROMAN = ["Only I", "Only II", "Both I and II", "Neither I nor II"]
put("mmmu", MC, ROMAN, "C", ["C", "Both I and II", "both I and II.", "The answer is C. Both I and II", "\\boxed{C}", "Both I and II are true, so the answer is C.",
    "Statement I is true. Statement II is true. Answer: C", "C. Both I and II", "The answer is both I and II."],
    ["I", "II", "Only I", "A", "Neither I nor II", "I or II", "D", "C. Only II", "Statement I is true.", "not both I and II"], "Roman numerals")
ALL = ["Mercury", "Venus", "Mars", "None of the above", "All of the above"]
put("mmmu", MC, ALL, "D", ["D", "None of the above", "none of the above.", "D. None of the above", "The answer is none of the above.", "\\boxed{\\text{None of the above}}", "Answer: D"],
    ["All of the above", "E", "Mercury", "Mercury, Venus, Mars, None of the above", "Not none of the above", "D. Mars"], "none of the above")
put("mmmu", MC, ALL, "C", ["Mars", "C", "The planet is Mars.", "C. Mars", "It is Mars, not Venus.", "Not Venus but Mars: the answer is C.", "Mars (C)", "The red planet is Mars."],
    ["Venus, not Mars.", "Marsh", "Mars and Venus", "None of the above", "Venus", "It is Venus, not Mars.", "The answer is Venus rather than Mars."], "planets")

# Options that name letters.
POINTS = ["Point B", "Point C", "Point D", "Point A"]
put("mmstar", MC, POINTS, "B", ["B", "Point C", "The answer is Point C.", "B. Point C", "point C", "Point C (option B)", "<answer>Point C</answer>", "\\boxed{\\text{Point C}}"],
    ["C", "Point B", "A", "D", "The answer is Point B.", "A. Point B", "Point A", "C. Point D", "Point B or Point C"], "options that name letters")

# Yes and no as options.
put("mathvista", MC, ["Yes", "No"], "B", ["B", "No", "No.", "no", "B. No", "The answer is No.", "No, it is smaller.", "\\boxed{\\text{No}}", "<answer>No</answer>", "Answer: no", "(B) No",
    "No, the red bar is not longer."], ["A", "Yes", "Yes, it is.", "B. Yes", "A. No", "Yes or no", "Not sure", "I don't know", "Yes, there is no other.", "There is no answer.", "November", "It is not known."], "yes and no as options")

# HallusionBench.
put("hallusionbench", YN, None, "Yes", [
    "Yes", "yes", "Yes.", "YES", "Yes!", "**Yes**", "Yes, it is.", "Yes, the two lines are equally long.", "The answer is yes.", "The answer is Yes.", "Answer: Yes", "**Answer:** Yes",
    "<answer>Yes</answer>", "<answer>yes</answer>", "\\boxed{Yes}", "\\boxed{\\text{Yes}}", "Yes, there is no difference.", "Yes. No line is longer than the other.",
    "<think>No? Let me measure. They agree.</think>Yes", "<think>No.</think><answer>Yes</answer>", "The lines look unlike, but they are not. The answer is yes.",
    "'Yes'", "Yes, according to the chart, there are no countries above 50.", "Final answer: Yes", "The correct answer is yes.", "I think the answer is yes.", "Yes, that is correct.",
    "Answer:Yes", "yes it is", "Yes, I can see it, it is not a trick.", "**Yes.** Nothing was changed.", "No, wait. I looked again: yes.", "The answer is not no, it is yes.",
], [
    "No", "no.", "No, it is not.", "The answer is no.", "Yes or no", "Yes and no", "yes/no", "Yes, no, maybe", "Maybe", "I am not sure.", "", "Please answer yes or no.", "Not yes", "The answer is not yes.",
    "<answer>No</answer>", "\\boxed{No}", "Yesterday", "eyes", "I cannot say yes or no.", "The answer is no, not yes.", "<think>Yes</think>", "<think>Yes.</think>No.", "No, although many would say yes.",
    "I would not say yes.", "Yes? No.", "It depends.", "\\boxed{Yes} \\boxed{No}", "Sorry, I can't help with that.", "Unknown", "Yes. Sorry, I mean no.", "Is it yes? The answer is no.",
    "<answer>Yes or No</answer>", "Answer: Yes\nAnswer: No", "No. Yes would be wrong.",
], "yes")
put("hallusionbench", YN, None, "No", [
    "No", "no", "No.", "**No**", "No, they are not.", "No, the left one is longer.", "The answer is no.", "Answer: No", "<answer>No</answer>", "\\boxed{\\text{No}}", "No, yes would be wrong.",
    "<think>Yes, it seems. But no.</think>No", "No, the picture does not show that.", "Final answer: no", "no, it's not", "The correct answer is \"No\".", "The answer is no, not yes.",
    "No. The chart shows 20, not 30.", "According to the picture, the answer is No.", "No, there isn't a cat in the picture.", "The answer is: **No**",
], [
    "Yes", "Yes, there is no cat.", "yes.", "The answer is yes.", "I know", "Nothing", "None", "Not sure", "There is no way to tell.", "not", "I have no idea.", "No answer", "No idea", "nope or yes", "<answer>Yes</answer>",
    "November", "I know it is yes.", "The answer is not no.", "Yes/No", "no or yes", "Answer: yes, no doubt.", "Yes, no question.", "I can say no more than yes.",
], "no")

# MathVista, numbers.
put("mathvista", FREE, None, "14", [
    "14", "14.", "14.0", " 14 ", "$14$", "**14**", "\\boxed{14}", "The answer is 14.", "Answer: 14", "<answer>14</answer>", "There are 14 cars.", "fourteen", "Fourteen.", "14 cars", "The answer is 14 cars.", "x = 14",
    "7 + 7 = 14", "There are 7 red and 7 blue balls, so 7 + 7 = 14.", "28 / 2 = 14. The answer is 14.", "<think>15?</think>14", "014", "+14", "The total is 14.", "The number is 14", "\\boxed{14 \\text{ cars}}", "So there are 14 left.",
    "Let me count: 1, 2, 3, 4. The answer is 14.", "The answer is 13. Wait, I missed one. The answer is 14.", "Final answer: **14**", "Total = 14",
], [
    "15", "4", "1", "140", "1.4", "14.5", "-14", "1/4", "13 or 14", "14 or 15", "\\boxed{13} \\boxed{14}", "not 14", "The answer is not 14.", "The answer is 41.", "more than 14", "about 14 to 16", "14, 15", "14-16", "",
    "I cannot count them.", "There are 14 red ones and 3 blue ones.", "1 4", "14 + 1", "14 = 15", "14/2", "<think>14</think>", "The answer is 14. No, 15. The answer is 15.", "less than 14", "at least 14",
    "14 million", "14 thousand", "\\sqrt{14}", "14^2", "x14", "forty", "fourty-one", "<answer>1, 2, 14</answer>", "1 2 3 4 5 6 7 8 9 10 11 12 13 14",
], "a whole number", answer_type="integer")
put("mathvista", FREE, None, "0", ["0", "0.", "The answer is 0.", "zero", "Zero.", "There are 0 left.", "\\boxed{0}"], ["1", "10", "00.1", "O", "not 0", "nothing is certain, maybe 3", "0 or 1"], "nought", answer_type="integer")
put("mathvista", FREE, None, "1.75", ["1.75", "1.750", "7/4", "\\frac{7}{4}", "1 3/4", "The answer is 1.75.", "1.75 m", "1.754", "1.7482"], ["1.7", "1.8", "1.76", "17.5", "175", "1,75 or 2", "2"],
    "two decimals", answer_type="float", precision=2)
put("mathvista", FREE, None, "2.4", ["2.4", "2.40", "2.38", "2.43", "12/5", "about 2.4", "The ratio is 2.4.", "≈ 2.4", "\\boxed{2.4}", "approximately 2.4 meters"], ["2", "2.5", "2.3", "24", "0.24", "2.46", "2,4,6", "-2.4"],
    "one decimal", answer_type="float", precision=1)
put("mathvista", FREE, None, "3.14", ["3.14", "\\pi", "3.1416", "π", "3.142"], ["3", "3.1", "3.15", "3.2", "22"], "pi to two decimals", answer_type="float", precision=2)
put("mathvista", FREE, None, "[0, 8]", ["[0, 8]", "[0,8]", "The answer is [0, 8].", "\\boxed{[0, 8]}", "Answer: [0, 8]", "<answer>[0, 8]</answer>"], ["[8, 0]", "[0, 8, 9]", "0", "8", "[0, 80]", "[1, 8]", "[0]", "[]"], "a list", answer_type="list")
put("mathvista", FREE, None, "north pole", ["north pole", "North Pole", "The answer is north pole.", "North pole.", "<answer>North pole</answer>", "the north pole"], ["south pole", "north", "pole", "not the north pole", "north pole or south pole", "equator"],
    "words", answer_type="text")
put("mathvista", FREE, None, "1000", ["1000", "1,000", "1 000", "10^3", "1e3", "one thousand", "1{,}000", "1,000.0"], ["1", "100", "1,0000"], "thousands", answer_type="integer")
put("mathvista", FREE, None, "5", ["5", "5 cm", "5cm", "5 \\text{ cm}", "5\\,\\mathrm{cm}", "five", "The length is 5 cm.", "AB = 5", "AB = 5 cm"], ["5 m", "50 mm or 6", "5 km", "5%", "500", "5 cm or 6 cm", "6 cm"],
    "a unit asked for", answer_type="integer", unit="cm")

# MathVision, free.
put("mathvision", FREE, None, "\\frac{3}{4}", ["\\frac{3}{4}", "3/4", "0.75", "\\dfrac{3}{4}", "\\tfrac34", "75\\%", "\\boxed{\\frac{3}{4}}", "\\boxed{\\dfrac{6}{8}}", "The answer is $\\frac{3}{4}$.", "The probability is 3/4.", "$$\\boxed{\\frac{3}{4}}$$", "three quarters", "The probability is \\frac{6}{8} = \\frac{3}{4}.", "P = 0.75"],
    ["4/3", "3", "4", "0.7", "0.8", "3:4 or 4:3", "3.4", "\\frac{3}{5}", "-\\frac{3}{4}", "\\frac{1}{4} + \\frac{1}{4}", "75", "34", "\\boxed{\\frac{3}{4}} or \\boxed{\\frac{1}{4}}"], "a fraction")
put("mathvision", FREE, None, "2\\sqrt{3}", ["2\\sqrt{3}", "2\\sqrt3", "\\sqrt{12}", "2√3", "2*sqrt(3)", "2 \\cdot \\sqrt{3}", "\\boxed{2\\sqrt{3}}", "\\frac{6}{\\sqrt{3}}", "The area is $2\\sqrt{3}$.", "2\\sqrt{3} \\text{ cm}", "\\sqrt{12} = 2\\sqrt{3}", "12^{1/2}"],
    ["3\\sqrt{2}", "\\sqrt{6}", "3.46", "3.4641", "2", "3", "23", "\\sqrt{3}", "2\\sqrt{2}", "-2\\sqrt{3}", "\\pm 2\\sqrt{3}", "2 + \\sqrt{3}", "2\\sqrt{3} or 4"], "a root")
put("mathvision", FREE, None, "4\\pi", ["4\\pi", "4π", "4 \\cdot \\pi", "4*pi", "\\pi \\cdot 2^2", "\\boxed{4\\pi}", "The area is $4\\pi$.", "4 pi", "\\pi \\times 4", "4\\pi \\text{ cm}^2", "A = \\pi r^2 = 4\\pi"],
    ["12.57", "12.566", "4", "2\\pi", "4\\pi^2", "\\pi^4", "4 + \\pi", "12.56637", "4p", "16\\pi"], "pi")
put("mathvision", FREE, None, "(2, 3)", ["(2, 3)", "(2,3)", "\\left(2, 3\\right)", "\\boxed{(2, 3)}", "The point is (2, 3).", "P = (2, 3)", "P(2, 3)", "x = 2, y = 3", "(2.0, 3.0)"], ["(3, 2)", "2", "3", "[2, 3]", "(2, 3, 4)", "(-2, 3)", "2/3", "23", "(2, 3) or (3, 2)"], "a point")
put("mathvision", FREE, None, "x=5", ["5", "x = 5", "x=5", "$x = 5$", "\\boxed{5}", "5 = x", "The answer is x = 5."], ["y = 6", "x = 6", "x = 5 or x = 6", "x = -5", "x = 55", "x > 5", "x \\ge 5"], "an equation")
put("mathvision", FREE, None, "60", ["60", "60°", "60^\\circ", "60 degrees", "\\angle A = 60°", "\\boxed{60^{\\circ}}"], ["6", "600", "61", "\\frac{60}{2}", "120", "60 + 1"], "degrees without a sign")
put("mathvision", FREE, None, "32000", ["32000", "32,000", "3.2 \\times 10^4", "3.2e4", "3.2 \\cdot 10^{4}", "3.2*10^4", "32 thousand", "32\\,000"], ["3.2", "32", "3200", "3.2 \\times 10^5", "320000", "10^4"], "scientific")
put("mathvision", FREE, None, "5!", ["120", "5!", "\\boxed{120}", "The answer is 120."], ["5", "24", "125", "60"], "a factorial")

# MathVerse, free.
put("mathverse", FREE, None, "(-2,1]", ["(-2,1]", "(-2, 1]", "-2 < x \\le 1", "-2<x≤1", "x \\in (-2, 1]", "\\left(-2, 1\\right]", "The answer is (-2, 1].", "\\boxed{(-2,1]}"], ["[-2,1]", "(-2,1)", "(1,-2]", "-2", "1", "[-2,1)", "-2 \\le x < 1", "(-2, 2]"], "an interval")
put("mathverse", FREE, None, "x^2+2x+1", ["x^2+2x+1", "(x+1)^2", "x^2 + 2x + 1", "1+2x+x^2", "y = x^2+2x+1", "(x+1)(x+1)", "x^{2}+2 x+1", "f(x) = x^2 + 2x + 1"], ["x^2+2x", "x^2+1", "(x-1)^2", "x^2-2x+1", "(x+1)^3", "2x+1", "x^2+2x+2"], "a polynomial")
put("mathverse", FREE, None, "50 m", ["50 m", "50m", "50 meters", "50 metres", "50", "5000 cm", "0.05 km", "50 \\mathrm{~m}", "50\\text{ m}", "The height is 50 m."], ["50 cm", "50 km", "5 m", "500", "50 s", "50 kg", "50 m^2", "50%"], "a length")
put("mathverse", FREE, None, "12\\pi \\mathrm{~cm}^2", ["12\\pi \\mathrm{~cm}^2", "12\\pi", "12π cm²", "12\\pi \\text{ cm}^2", "12 π square centimeters"], ["12", "12\\pi cm", "37.7", "12\\pi m^2", "24\\pi", "12\\pi \\mathrm{~cm}^3"], "an area")
put("mathverse", FREE, None, "\\sqrt{5}", ["\\sqrt{5}", "√5", "sqrt(5)", "5^{1/2}", "\\boxed{\\sqrt5}", "\\frac{5}{\\sqrt{5}}", "AB = \\sqrt{5}"], ["5", "2.236", "\\sqrt{3}", "-\\sqrt{5}", "2.2360679", "25", "\\sqrt[3]{5}"], "a root")
put("mathverse", FREE, None, "8", ["8", "8 units", "\\boxed{8}", "The answer is 8.", "BC = 8", "The length of BC is 8.", "In the triangle, AB = 6 and AC = 10, so BC = 8."], ["6", "10", "AB = 6, AC = 10", "18", "BC = 6", "8 or 10", "80"], "a length among others")

# Open MMMU, alternatives as a list literal.
put("mmmu", FREE, None, "['30', 'thirty']", ["30", "thirty", "Thirty.", "The answer is 30.", "\\boxed{30}", "30.0", "Answer: 30", "<answer>thirty</answer>"], ["The answer is about 300", "130", "3", "not 30", "31", "30 or 31", "thirteen", "thirty-one"], "alternatives")
put("mmmu", FREE, None, "24", ["24", "24.0", "The answer is 24.", "\\boxed{24}", "twenty-four", "Twenty four"], ["124", "240", "2.4", "24 or 25", "The answer is 124.", "-24", "42", "twenty"], "a number that is in others")
put("mmmu", FREE, None, "Transamerica Pyramid", ["Transamerica Pyramid", "The Transamerica Pyramid", "the Transamerica Pyramid.", "The building is the Transamerica Pyramid.", "The answer is Transamerica Pyramid.", "\\boxed{\\text{Transamerica Pyramid}}"],
    ["Pyramid", "Pyramid of Giza", "It is not the Transamerica Pyramid.", "Transamerica Pyramid or Coit Tower", "Coit Tower"], "a name")
put("mmmu", FREE, None, "['$63,020', '63020']", ["$63,020", "63,020", "63020", "\\boxed{63020}", "\\$63,020", "63020.00 dollars", "The answer is $63,020."], ["$63,021", "63", "63.02", "630200", "63,020 or 64,000", "20"], "money as alternatives")

# Microworld.
put("microworld", FREE, None, "red", ["red", "Red", "Red.", "The answer is red.", "<answer>red</answer>", "<think>It is not blue.</think><answer>red</answer>", "It is red.", "\\boxed{\\text{red}}", "The circle is red."], ["blue", "not red", "red or blue", "reddish", "Fred", "<answer>red, blue</answer>", "<answer>blue</answer>", "<think>red</think>", "red blue green yellow", "The answer is not red.", "infrared"], "a colour")
put("microworld", FREE, None, "3", ["3", "three", "Three", "There are 3.", "There are three circles.", "<answer>3</answer>", "<answer>three</answer>", "The answer is 3.", "3.0", "<think>2? No, 3.</think><answer>three</answer>"], ["2", "13", "30", "2 or 3", "<answer>2</answer>", "thirty", "three or four", "third or fourth", "1 2 3 4 5", "<think>3</think><answer>4</answer>"], "a count")
put("microworld", YN, None, "yes", ["yes", "Yes.", "<answer>yes</answer>", "The answer is yes.", "Yes, it is left of it."], ["no", "<answer>no</answer>", "yes or no", "not yes", "<think>yes</think><answer>no</answer>"], "yes in the microworld")
put("microworld", FREE, None, "small square", ["small square", "a small square", "The small square.", "<answer>small square</answer>", "Small square"], ["square", "large square", "small circle", "small", "small square and small circle", "not a small square"], "two words")

write(sys.argv[1])
