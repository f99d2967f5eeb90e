#!/usr/bin/env python3
r"""Writes strict-fifth.jsonl: four rounds of answers, written after the fourth set had been used to mend the reading.

    python3 make_strict_fifth.py strict-fifth.jsonl

Each round was written and labelled before the reading of that day was run on it, then its failures were mended and the next round was
written. On their first run 96 of 102, 55 of 62, 62 of 74 and 42 of 48 right answers were found, and 2 of 106, 7 of 83, 13 of 88 and 7 of
72 wrong ones accepted; the reading as it was before found 25, 40, 56 and 36, and accepted 34, 14, 16 and 16. The one who wrote them knew the reading and looked for what would mislead it, so that wrong answers are far likelier to be accepted here than
in what models write. Those that failed then have been mended since, but for some that are still missed: a bird that "is sitting on the
branch", or that one "sees there", is no answer to the reading.

Left out: an answer whose tag is opened and never closed, and `D?` alone, on which careful graders differ. Standard library only.
"""

import sys

from strict_cases import FREE, MC, YN, put, write

# Round 1.
HATS = ["Brown", "White", "Black", "Grey"]
put("mmstar", MC, HATS, "B", [
    "The hat of the man is white. His coat is black.", "The hat is white.\n\nThe shoes, however, are brown.", "选B。", "故正确答案为B", "【答案】B\n【解析】图中帽子是白色的。",
    "Ｂ．White", "帽子是白色的，因此选B。", "Not black but white.", "The hat is not grey, it is white.", "The hat isn't brown; it's white.", "The man's hat looks white to me.",
    "White is the colour of the hat.", "White it is.", "{\"final_answer\": \"B\"}", "```json\n{\"answer\": \"B. White\"}\n```", "Pick B.", "Only option B matches the picture.", "That leaves only B.", "This corresponds to answer B.",
    "The answer is B. Some people would say C.", "Answer: B (if the light were dimmer, one would say D).", "Answer: A. No, B.", "A... no, wait, B.", "Black is out, brown is out, grey is out. So white.", "I guess it's B.",
    "A man stands in front of a shop; he wears a white hat.",
], [
    "The man's hat is white-brown.", "The hat of the man is black. The wall behind it is white.", "Hat: grey. Wall: white.", "I doubt that the hat is white.", "Few would call the hat white.", "The answer is A. Others believe the answer is B.",
    "选A，不选B", "不是B", "The answer is B, no, C.", "It may well be white.", "If the hat were white, B would be right.", "B or C, I am not sure", "Everything but white.", "The wall is white and I cannot see a hat.", "The hat is white or grey.",
    "Option B can't be right.", "Step 2: B", "A man with a hat is standing in front of a white",
], "a colour, remarks around it", question="What colour is the hat of the man?")
put("mathvista", MC, ["25°", "40°", "65°", "90°"], "C", [
    "所以∠ACB=65°，故选C", "因此∠ACB等于65度。", "Hence the angle ACB measures 65 degrees, matching choice C.", "My guess: C", "Go for C.", "Answer: $C", "So we have 180° − 90° − 25° = 65°.", "$\\angle ACB = 90^\\circ - 25^\\circ = 65^\\circ$", "\\text{(C)}\\ 65^\\circ",
    "A is too small, B is too small as well and D is the right angle. C remains.", "∠ACB ≈ 65°", "The answer is C.\n\n(A would be the angle at A.)",
], [
    "Since the angle at C is 65°, the angle at B is 25°.", "∠ABC = 65°, so", "Given that angle A is 65°, we have", "First, 65° + 25° = 90°", "The answer is D. 65° would be too small.", "选C是不对的", "C项错误，选A", "Let angle ACB = 65°.", "Choose C? No.", "65° is the angle at A, so ACB is 25°.",
], "an angle, remarks around it", question="In the figure, what is the size of angle ACB?")
put("mmmu", MC, ["Johann Sebastian Bach", "Antonín Dvořák", "Frédéric Chopin", "None of the above"], "C", [
    "Chopin", "Frederic Chopin", "This nocturne was written by Chopin.", "The composer is Frederic Chopin.", "Chopin (option C).", "It is by Frédéric Chopin, not by Bach.", "Not Bach, but Chopin.", "The score is typical of Chopin.",
], ["Dvorak", "Bach and Chopin", "Chopin or Bach", "A contemporary of Chopin", "Johann Christian Bach", "None of these", "It resembles Chopin, but it is by Dvořák.", "Not Chopin.", "Chopin's teacher"], "surnames and accents", question="Who composed the piece of this score?")
put("mmmu", MC, ["0.25 A", "2.5 A", "25 A", "250 A"], "A", ["250 mA", "0.25 A", "I = 0.25\\,\\mathrm{A}", "The current is 0.25 A."], ["250 A", "25 mA", "2.5", "250 mV", "0.25 kA", "0.25 V"], "prefixes")
put("mathvision", FREE, None, "7", [
    "The number of dots is 7. The next figure would have 9.", "**7**\n\nThe figure before had only 5 dots.", "7\n\nExplanation: every figure has 2 more than the one before.", "There are 7 dots, of which 3 are red.", "So we count 7 dots (4 + 3).", "Dots: 3 red and 4 blue, so 7 in total.", "共有7个点。", "七", "图中一共有7个点。", "{\"answer\": \"7\"}", "It is 7, two more than before.", "seven dots", "The pattern reaches 7 when n = 3.", "3 + 4 → 7", "$7$ dots", "所以答案是7个。",
    "The figure is made of 7 dots (2 + 5).",
], [
    "Step 7: count.", "7. Count the dots", "See Figure 7", "Let n = 7.", "Since n = 7, we get", "There are 7 possibilities to examine.", "On page 7 it says so.", "Question 7", "With 7 red dots and", "n = 7 is the number of rows; the dots I cannot count.", "7 dozen", "7!", "-7", "minus seven", "negative 7", "seven and a half", "7 million", "I doubt there are 7.", "Example 7 shows the method.", "1. Count the rows.\n2. Count the dots.\n7.", "We start with 7 dots and add", "The table has 7 rows and 9 columns.",
    "The figure after that has 7 dots, and this one 5.", "7 \\cdot", "7k", "If there are 7 dots, then", "Using the 7 dots from before, we",
], "a count, and numbers that are none", question="How many dots are in the figure?")
put("mmmu", FREE, None, "8", ["8 V", "8\\,\\text{V}", "$V = 8\\ \\mathrm{V}$", "The voltage is 8 volts.", "8伏"], ["8 mV", "8 kV", "8 A", "8 Ω", "8 W"], "volts", question="What is the voltage across R1, in volts?")
put("mathverse", FREE, None, "-\\frac{2}{3}", ["minus two thirds", "negative two thirds", "-2/3", "-\\frac{2}{3} \\approx -0.667"], ["two thirds", "2/3", "minus three halves", "\\frac{2}{3} \\approx 0.667"], "a negative fraction")
put("mathvision", FREE, None, "3\\sqrt{5}", ["$3\\sqrt{5} \\approx 6.71$", "The length is $3\\sqrt{5}$ (about 6.71).", "AB = \\sqrt{45} = 3\\sqrt{5} ≈ 6.71"], ["\\approx 6.71", "3\\sqrt{5} \\approx 6.71 + x", "3\\sqrt{6} \\approx 7.35", "5\\sqrt{3} \\approx 8.66", "3\\sqrt5 + 1"], "an exact value with its decimals")
put("mathvision", FREE, None, "3:4", ["3 to 4", "3 : 4", "The ratio is 3 to 4."], ["3:4:5", "4 to 3", "from 3 to 4"], "a ratio")
put("mathvision", FREE, None, "4:45", ["4:45", "quarter to five", "The time is 4:45."], ["5:45", "quarter past four", "half past four"], "a clock")
put("hallusionbench", YN, None, "Yes", ["Hence yes, they are parallel.", "是的，没错。", "对。", "Yep, they are.", "No, wait, yes.", "Yes. No would be wrong.", "No lines cross, so yes.", "答案为：是", "Indeed, yes.", "Yes, without a doubt."],
    ["No, they cross, so yes would be wrong.", "Therefore, no, they are not.", "不对", "没有", "Nah.", "Yes? Hmm, no.", "Yes, or rather no.", "是否平行？", "Hence no.", "Yes, sorry, no."], "yes")
put("hallusionbench", YN, None, "No", ["So, no, it is not larger.", "不对。", "没有，图中没有狗。", "Yes, wait, no.", "Nope, it isn't.", "不是，两者一样大。"], ["没错", "是", "Yeah.", "No one knows.", "No, I mean yes.", "No? Yes."], "no")

# Round 2.
put("mathvision", FREE, None, "15", [
    "To find the perimeter, we add the sides.\n\n1. The base is 5.\n2. The two other sides are 5 each.\n\nTherefore, the perimeter is 15.",
    "**Step 1:** The side is 5.\n**Step 2:** There are 3 sides.\n**Step 3:** 3 × 5 = 15.", "The perimeter equals 15 cm.", "P = 3 \\cdot 5 = 15", "\\[P = 5 + 5 + 5 = 15\\]", "The perimeter of the triangle is 15, since each side is 5.",
    "Each side is 5, so the perimeter is 15.", "Adding them up gives 15.", "In total we get 15.", "5 + 5 + 5 = 15, so the perimeter is 15.", "Its perimeter is fifteen.", "因此周长为15。", "周长是15", "所以三角形的周长等于15厘米。", "15 (three sides of 5)", "The perimeter is 15.\n\nNote: the area would be about 10.8.",
    "The perimeter is 15. For comparison, the square has a perimeter of 20.", "{\"thought\": \"3 sides\", \"answer\": 15}", "It comes to 15.", "We find that the perimeter is 15 units.",
], [
    "To find the perimeter, we add the sides.\n\n1. The base is 15.\n2. The height is", "Side a is 15. Side b is 15. So the perimeter is 40.", "The triangle has sides of 15, 12 and", "The perimeter is 3 times 15.", "Adding 15 to both sides", "In step 15 we saw that", "Assume the perimeter is 15.", "If each side is 5 then the perimeter is 15, but the sides are 4.",
    "The area is 15. The perimeter is 16.", "15 of the triangles are red; the perimeter is 12.", "Using equation (15), we", "Exercise 15.", "By theorem 15, the angle is 90.", "For n = 15 the formula holds.", "Perimeter = 15 + x", "Wait, is it 15?", "The perimeter is not 15.", "fifteen hundred", "15 squared", "1. Add.\n2. Multiply.\n15)", "The sides are 15 and 15.", "Because side AB is 15, we can conclude",
    "The perimeter is 15 or 16.", "half of 15", "Its square is 15.", "The figure shows 15 dots. Counting", "Let me count: 13, 14, 15", "15? No, 16.", "It's more than 15.", "15 people would say 12.", "1,5", "15.5", "The answer is 15, no wait, 16.",
], "a perimeter", question="What is the perimeter of the triangle?")
put("mmstar", MC, ["Left of the tree", "Right of the tree", "Behind the tree", "On the tree"], "D", [
    "The bird is on the tree.", "On the tree", "The bird sits on the tree, so D.", "The bird is not behind the tree but on the tree.", "It is on the tree. The dog is left of the tree.", "D: the bird sits on a branch.", "选D，因为鸟在树上。", "因此答案为D。", "Only D fits.", "D fits best.", "This matches (D).", "So it must be D.", "Answer: C. Wait, D.", "The answer is D, although many would choose A.",
], [
    "The bird is behind the tree.", "The dog is on the tree, the bird behind it.", "The bird could be on the tree.", "I doubt the bird is on the tree.", "On the tree or behind it", "The tree is on the left.", "D is out.", "Not D, but A.", "Many choose D, but A is right.", "D does not fit.", "Only D is wrong.", "不是D", "D不对", "Rule out D", "If the bird were on the tree, D", "Let us check D: the bird", "Step 4: D", "Is it D? Hard to say.",
], "a place", question="Where is the bird in the picture?")
put("mmmu", MC, ["$1,200", "$1,450", "$2,100", "$3,000"], "B", [
    "The cost is $1,450.", "The total cost equals $1,450 because 1,000 + 450 = 1,450.", "1000 + 450 = 1450", "Total cost = 1,000 + 450 = $1,450.", "Adding both we obtain $1,450.", "\\$1{,}450", "$1.45 thousand", "It amounts to $1,450.", "The cost is $1,450, which is option B.", "Therefore the cost is 1,450 dollars.",
], [
    "The fixed cost is $1,450 and the variable cost is $650, in total $2,100.", "The cost is $14,50.", "a loss of $1,450", "$1,450 per month, so $3,000 in all.", "Fixed costs are $1,450. Adding", "The revenue is $1,450. The cost is $2,100.", "$1,450 or $2,100", "less than $1,450", "$1,450 thousand", "Suppose the cost is $1,450.", "The cost is $1,450 million.",
], "money", question="What is the total cost?")
put("hallusionbench", YN, None, "Yes", ["Yes, the bar for 2010 is the tallest. No other comes close.", "The statement is true, so yes.", "So the answer is yes, they are equal.", "是的，柱子最高。", "Yes - there's no doubt.", "No doubt about it: yes.", "Yes, exactly."], ["It is true that no bar is higher. No.", "Yes and no", "The answer is not yes.", "Can we say yes? No.", "No, that's not the case.", "I can't say yes or no.", "不是，柱子不高。", "Yes? Actually no.", "Not really."], "yes again")
put("mathverse", FREE, None, "50°", ["∠ABC = 50°", "The angle is 50 degrees.", "So ∠ABC is 50°.", "∠ABC = 180° - 130° = 50°.", "x = 50", "因此∠ABC=50度", "角ABC的度数为50°", "50度", "m∠ABC = 50^\\circ", "Since the two angles are supplementary, ∠ABC = 180° − 130° = 50°.", "The measure of angle ABC is 50°."], ["∠ACB = 130° and", "Since ∠DBA = 50°, ∠ABC = 130°.", "130°", "∠DBA is 50°, thus ∠ABC is 130°", "The sum of 50° and 130° is 180°.", "Given ∠1 = 50°,", "∠1 = 50° (given)\n∠2 = ∠1\nSo ∠ABC = 180°", "∠1=50°, ∠2=", "50 cm", "50 radians", "5°"], "an angle again", question="Find the measure of ∠ABC.")

# Round 3.
put("mathvista", FREE, None, "9", [
    "Looking at the chart, the tallest bar belongs to May and reaches 9.", "May: 9", "The maximum is 9 (in May).", "In May, the value is 9.", "The highest value shown is 9, in May.", "The values are 3, 5, 9 and 4. The maximum is 9.", "Reading the chart: January 3, March 5, May 9. So the maximum is 9.", "最大值是9", "五月的值最大，为9。", "九", "The maximum value in the chart is nine.", "max = 9", "max(3, 5, 9, 4) = 9", "The peak of the curve is at 9.", "It peaks at 9.", "Thus, 9 is the maximum.", "9 is the highest value.", "9 (May)", "I read off 9.", "**Answer:** The maximum is 9.",
    "The chart has 4 bars. The tallest one has a value of 9.", "The maximum is 9, while the minimum is 3.", "The minimum is 3 and the maximum is 9.",
], [
    "The chart has 9 bars. The tallest one has a value of 12.", "The minimum is 9 and the maximum is 12.", "The maximum is 12, while the minimum is 9.", "The values are 3, 5 and 9. The", "The axis goes up to 9.", "The bars are labelled from 1 to 9.", "There are 9 months on the axis.", "Bar 9 is the tallest.", "The month with number 9 is", "9 is not the maximum.", "9 is the minimum; the maximum is 12.", "If it were 9, the bar would be", "Now 9", "I would need to see month 9", "Between 9 and 12", "The chart (figure 9) shows", "As of version 9,", "The bar is above 9.", "It is almost 9.", "nine times 2", "The difference between the maximum and the minimum is 9.", "9 and 12 are the two highest values.", "Value 1: 3\nValue 2: 5\nValue 3: 9", "The tallest bar is the 9th.", "The sum of all is 9.", "9.\n8.\n7.", "The maximum could be 9.", "approximately 9 or 10",
], "a maximum", question="What is the maximum value in the chart?")
put("mathvision", FREE, None, "6", [
    "Let the side be x. Then x + 2 = 8, so x = 6.", "Suppose x is the side. From x + 2 = 8 we get x = 6.", "x + 2 = 8\nx = 8 - 2\nx = 6", "Solving for x yields 6.", "Thus $x = 6$.", "We have x = 6 and hence the side is 6.", "AB = 8 and BC = 2, thus AC = 6.", "AC = 8 - 2 = 6.", "Given AB = 8 and BC = 2, AC = 6.", "解得x=6。", "所以x=6", "设边长为x，则x+2=8，解得x=6。", "$\\therefore x = 6$", "The value of x is therefore 6.",
], [
    "Let the side be 6. Then", "Suppose x is 6.", "x + 6 = 8\nx = 2", "Since x + 2 = 6, x = 4.", "If x = 6 then y = 2.", "x = 6y", "x + 2 = 6", "x > 6", "AB = 6 and BC = 2, thus AC = 4.", "AB = 6. BC = 2.\nSo", "设x=6，", "6x = 12", "x^6", "2x = 6, hence", "The equation x - 6 = 0 has", "x = 6 - 2", "x = -6", "x_6 = 1", "We substitute 6 for y and",
], "solving", question="What is x?")
BIRDS = ["an eagle", "a parrot", "an owl", "a crow"]
put("mmstar", MC, BIRDS, "C", [
    "The bird on the branch is an owl.", "That is an owl.", "This is clearly an owl.", "I see an owl on the branch.", "The bird is an owl, not an eagle.", "It's an owl.", "An owl is sitting on the branch.", "There is an owl on the branch.", "The big round eyes show that it is an owl.", "The bird is not a crow, but an owl.", "Neither an eagle nor a parrot nor a crow: it is an owl.", "故答案选C", "答案是C，猫头鹰。", "鸟是猫头鹰，所以正确答案为C。", "Option C: an owl", "The bird shown here is an owl (C).", "C, an owl.", "An owl!", "The species is an owl. Crows are black.",
    "A parrot is colourful, an eagle is larger, and a crow is black. The bird is an owl.",
], [
    "An owl would have rounder eyes.", "Unlike an owl, it is black.", "The owl is in the background; the bird on the branch is a crow.", "It is bigger than an owl.", "The bird is an owl or an eagle.", "It is not an owl.", "The bird is probably not an owl.", "A crow chases an owl.", "The bird is like an owl.", "It might be an owl.", "The bird is the size of an owl.", "An eagle. An owl has a round face.", "The tree is an oak. An owl", "Is this an owl?", "Owls hunt at night.", "It was thought to be an owl, but it is a crow.", "Answer: D. An owl would be brown.", "The bird hunts an owl.", "I first saw an owl, yet it is a crow.", "The picture does not show an owl.", "The bird is no owl.", "It can hardly be an owl.", "The bird is anything but an owl.", "C is what I would have said before.", "Had it been brown, I would pick C.", "My first guess was C, but D is better.",
], "a bird", question="Which bird sits on the branch?")
put("mathvista", MC, ["Yes", "No"], "A", ["Yes, it does.", "Yes.", "A. Yes", "So yes.", "Therefore, yes, it does.", "Yes, since 5 > 3.", "The answer is yes."], ["No.", "No, it does not. Yes would be wrong.", "So no.", "Yes? No.", "Yes, no, I don't know", "Not yes."], "yes as an option")
put("hallusionbench", YN, None, "No", ["No; the two are alike.", "No: they are equal.", "The lines are equal. So, no.", "I believe the answer is no.", "不，不一样。", "答案是否", "No, not at all.", "My answer is no.", "Hmm. No.", "Yes... actually, no."], ["No doubt: yes.", "No wonder people say yes.", "There is no difference.", "No problem, the answer is yes.", "不错，是的。", "No matter what, yes.", "No, I take that back: yes.", "No lines.", "Not sure, but yes."], "no again")

# Round 4.
put("mathvista", FREE, None, "24", [
    "The train leaves at 8 and arrives at 10, covering 48 km. Therefore its speed is 24 km/h.", "48 / 2 = 24", "The speed is 24 km/h.", "speed = 24", "24 kilometers per hour", "Speed: 24 km/h", "Dividing 48 by 2, we get a speed of 24.", "速度为24千米/小时。", "So the train travels at 24 km/h.", "The average speed is therefore 24.", "v = s / t = 48 / 2 = 24", "The speed comes out as 24.", "That makes 24 km/h.", "I calculate a speed of 24 km/h.", "It was 24.",
], [
    "The distance is 24 km and the time is 2 h.", "The train leaves at 24 minutes past eight.", "Train 24 is the fastest.", "24 passengers were on board.", "The distance is 24 km. The time", "It takes 24 minutes.", "We divide by 24.", "24 h later, it arrives.", "The other train has a speed of 24.", "Convert 24 km to metres.", "24 is the distance.", "If the speed were 24, the train would be late.", "The speed is more than 24.", "24 m/s", "Let t = 24 minutes.", "The speed is 24 times as high.", "The speed is twice 24.", "Speed is given by s/t. Here s = 24 and", "km/h: 42", "There is a 24 on the sign.", "Maybe 24.", "Let me see: 24 is", "At t = 24, v = 3.", "24 km", "s = 24 km", "Since s = 24, v = 12.", "My guess was 24, but it is 12.",
], "a speed", question="What is the average speed of the train in km/h?", unit="km/h")
SHAPES = ["Circle", "Square", "Triangle", "Hexagon"]
put("mmstar", MC, SHAPES, "D", [
    "The shape in the middle is a hexagon.", "It has six sides, so it is a hexagon.", "Six sides make it a hexagon.\n\nAnswer: D", "The middle shape has six equal sides. Therefore, it is a hexagon.", "The shape is called a hexagon.", "It's a hexagon; the circle is next to it.", "The middle shape is a hexagon, while the left one is a square.", "最终答案是D", "故选D项。", "I'd say D.", "D is right.", "I settle on D.", "Everything considered, D.", "The answer has to be D.", "We can rule out A, B and C. The answer is D.", "Hexagon, because there are six sides.", "<answer>Hexagon.</answer>", "\\boxed{\\text{D. Hexagon}}", "My final choice is D.", "Final: D",
], [
    "The left shape is a hexagon, the middle one is a square.", "The hexagon is on the right.", "A hexagon has six sides.", "The middle shape has fewer sides than a hexagon.", "The circle touches the hexagon.", "D is on the left.", "The shape in the middle is not D.", "If it had six sides, it would be a hexagon.", "I can rule out D.", "D has been excluded.", "The shape next to the middle one is a hexagon.", "No hexagon is in the middle.", "It might as well be a hexagon.", "The middle shape is a pentagon.", "It lacks a side to be a hexagon.", "Shape D is larger than the others.", "Many people answer D here; the right one is B.", "Compare it with option D.", "It is almost a hexagon.", "The answer is A. D is the shape on the right.", "Answer: D or B", "Hexagon? Square?", "We now look at D.", "All but D.", "The middle shape used to be a hexagon.", "Nearly a hexagon", "The shape of a hexagon is shown on the left. The middle",
], "a shape", question="What shape is in the middle?")
put("mathverse", MC, ["10", "12", "14", "16"], "B", ["AB = 12", "AB = 5 + 7 = 12, so choose B.", "The length of AB is 12.", "So AB has a length of 12.", "\\(AB = 12\\)", "因此AB=12，选B", "AC + CB = 5 + 7 = 12", "Then AB equals 12."], ["AC = 12 and AB = 10", "AB is 12 shorter than CD.", "Point 12", "AB + 12 = 26", "BC = 12, so AB = 16.", "Let AB = 12.", "AB = 12x", "12 of them", "AB = 12 or 14", "The perimeter is 12.", "AB is longer than 12."], "a length", question="Find the length of AB.")
put("hallusionbench", YN, None, "Yes", ["Yes indeed.", "Sure, yes.", "The answer to the question is yes.", "Yes, although it looks otherwise.", "I'd say yes."], ["No, it is false.", "The question is whether yes or no.", "Yes is not the answer.", "It would be yes if they were equal.", "Hardly.", "I doubt it.", "No, yes, no."], "yes, once more")

write(sys.argv[1])
