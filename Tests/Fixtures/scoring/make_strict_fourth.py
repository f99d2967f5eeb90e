#!/usr/bin/env python3
r"""Writes strict-fourth.jsonl: a blind test, by someone who had not seen the reading, nor the other sets.

    python3 make_strict_fourth.py strict-fourth.jsonl

One answer often stands twice: once with the key that it concludes, which is right, and again with keys that it only mentions, which
are wrong. Those whose note begins with neither `r2` nor `r3` were written before anything was run: of them the reading found 86.2 %
(464 of 538) and accepted 4 of 719 wrong ones. Those of `r2` and `r3` were written after that and hunt for its kinds of failure: 75.0 %
found, 47 of 447 accepted. What is here was then used to mend the reading, so its rates now are no measure of what it does with others;
strict-fifth.jsonl is nearer to one.

Left out: an answer whose tag is opened and never closed (`<answer>C`), which strict.jsonl calls none and the blind test called right.
Standard library only.
"""

import sys

from strict_cases import CASES, write


def add(b,k,p,ch,ans,ok,note,**kw):
    v=dict(benchmark=b,kind=k,prediction=p,choices=ch,answer=ans)
    for x in('answer_type','precision','unit','question'):
        if kw.get(x) is not None: v[x]=kw[x]
    v['expected_correct']=ok; v['note']=note
    CASES.append(v)
class Q:
    def __init__(s,b,q,ch,**kw): s.b,s.q,s.ch,s.kw=b,q,ch,kw
def M(q,says,pred,traps='',note=''):
    if says: add(q.b,'multiple_choice',pred,q.ch,says,True,note,question=q.q,**q.kw)
    for t in traps: add(q.b,'multiple_choice',pred,q.ch,t,False,note+' (trap)',question=q.q,**q.kw)
def L(*t): return dict(zip("ABCDEFGHIJ",t))
def F(b,ans,right,wrong,q=None,note='',**kw):
    for p in right:
        p,n=p if isinstance(p,tuple) else (p,note); add(b,'free_form',p,None,ans,True,n,question=q,**kw)
    for p in wrong:
        p,n=p if isinstance(p,tuple) else (p,note); add(b,'free_form',p,None,ans,False,n,question=q,**kw)
def Y(says,pred,note='',both=True):
    # says Yes / No / None
    for a in('Yes','No'):
        if says==a: add('hallusionbench','yes_no',pred,None,a,True,note)
        elif both: add('hallusionbench','yes_no',pred,None,a,False,note+' (trap)')

geo=Q('mathvista','Question: As shown in the figure, in triangle ABC, AB = AC and angle A = 60°. Then angle B equals ()\nChoices:\n(A) 30°\n(B) 45°\n(C) 60°\n(D) 145°',L('30°','45°','60°','145°'),answer_type='text')
col=Q('mmstar','What is the dominant colour of the bus in the picture?',L('Red','Blue','Green','Yellow'))
scn=Q('mmstar','Which sentence best describes the picture?',L('A man is riding a bicycle on the street','A woman is walking a dog in the park','Two children are playing football','An old man is reading a newspaper'))
cnt=Q('mmstar','How many chairs are visible in the image?',L('2','3','4','6'))
fin=Q('mmmu','<image 1> Using the income statement, what is the net income for the year?',L('$63,020','$58,410','$6,302','$163,020'))
med=Q('mmmu','<image 1> What is the most likely diagnosis of the lesion?',L('Basal cell carcinoma','Squamous cell carcinoma','Melanoma','Actinic keratosis'))
art=Q('mmmu','<image 1> Who painted this work?',L('Claude Monet','Vincent van Gogh','Paul Cézanne','Georges Seurat'))
phy=Q('mmmu','<image 1> Find the current through the resistor R2.',L('1.5 A','2 A','3 A','0.5 A'))
pro=Q('mmmu-pro','Which organ is labelled with the arrow?',L('Heart','Liver','Spleen','Left kidney','Right kidney','Lung','Thyroid','Bladder','Skin','Pancreas'))
eco=Q('mmmu-pro','What happens to the equilibrium price and quantity when demand shifts right?',L('Price rises, quantity falls','Price falls, quantity rises','Price rises, quantity rises','Price falls, quantity falls','Price unchanged, quantity rises','Price rises, quantity unchanged','No change','Price unchanged, quantity falls','Price falls, quantity unchanged','Indeterminate'))
mv=Q('mathvision','Which of the five pieces completes the square?\n<image1>',L('A','B','C','D','E'))
mvn=Q('mathvision','How many small cubes were used to build the tower?\n<image1>',L('12','16','18','20','22'))
mvf=Q('mathvision','What fraction of the square is shaded?\n<image1>',{'A':r'$\frac{1}{3}$','B':r'$\frac{1}{4}$','C':r'$\frac{1}{5}$','D':r'$\frac{3}{8}$','E':r'$\frac{2}{9}$'})
mvs=Q('mathverse','As shown in the figure, AB is parallel to CD. Find the measure of angle 2.\nChoices:\nA:40°\nB:50°\nC:130°\nD:140°',None)
mvc=Q('mathverse','As shown, the radius of the circle is to be found.\nChoices:\nA:2\nB:3\nC:$2\\sqrt{3}$\nD:$3\\sqrt{2}$',L('2','3',r'$2\sqrt{3}$',r'$3\sqrt{2}$'))
yn=Q('mathvista','Question: Is the number of red cubes greater than the number of green balls?\nChoices:\n(A) Yes\n(B) No',L('Yes','No'),answer_type='text')
non=Q('mmstar','Which animal is on the left of the picture?',L('A cat','A dog','A horse','None of the above'))
rel=Q('mathvista','Question: Is Light Salmon greater than Dark Turquoise?\nChoices:\n(A) greater than\n(B) less than\n(C) equal to',L('greater than','less than','equal to'),answer_type='text')

# ---- short forms
for q,s,p,t in [
 (geo,'C','C','A'),(geo,'C','C.','B'),(geo,'C','(C)','D'),(geo,'C','C. 60°','D'),(geo,'C','c','A'),
 (geo,'C','60°','A'),(geo,'C','$60^\\circ$','D'),(geo,'C','60 degrees','B'),(geo,'C','\\boxed{C}','A'),
 (geo,'C','$\\boxed{60^{\\circ}}$','B'),(geo,'C','**C**','B'),(geo,'C','Answer: C','D'),(geo,'C','**Answer:** C','A'),
 (geo,'C','The answer is (C) 60°.','A'),(geo,'C','C: 60°','B'),(geo,'C','Option C','B'),
 (geo,'C','∠B = 60°','A'),(col,'B','Blue','A'),(col,'B','blue.','C'),(col,'B','The bus is blue.','D'),
 (col,'B','The dominant colour of the bus is blue.','A'),(col,'B','B. Blue','A'),(col,'B','B) Blue','A'),
 (col,'B','Answer: B. Blue','C'),(col,'B','The correct option is B: Blue','A'),(col,'B','<answer>B</answer>','A'),
 (col,'B','<answer>Blue</answer>','A'),(col,'B','<answer> B. Blue </answer>','D'),(col,'B','`B`','A'),
 (cnt,'C','4','A'),(cnt,'C','There are 4 chairs.','B'),(cnt,'C','There are four chairs visible in the image.','A'),
 (cnt,'C','four','D'),(fin,'A','$63,020','C'),(fin,'A','A) $63,020','D'),(fin,'A','63020','D'),(fin,'A','The net income is $63,020.','D'),
 (fin,'D','$163,020','A'),(fin,'C','6302','A'),
 (med,'D','Actinic keratosis','A'),(med,'A','The most likely diagnosis is basal cell carcinoma.','B'),
 (art,'B','Vincent van Gogh','A'),(art,'C','This work was painted by Paul Cézanne.','A'),
 (pro,'J','J','A'),(pro,'J','J. Pancreas','B'),(pro,'D','Left kidney','E'),(pro,'E','The arrow points to the right kidney.','D'),
 (pro,'I','I','A'),(pro,'I','(I) Skin','H'),(mv,'E','E','A'),(mv,'E','The answer is E','A'),(mv,'E','\\boxed{\\text{E}}','A'),
 (mv,'D','$\\boxed{D}$','B'),(mv,'A','A','B'),(mv,'A','Piece A completes the square.','C'),
 (mvn,'C','18','B'),(mvn,'C','\\boxed{18}','A'),(mvn,'C','**C. 18**','D'),
 (mvf,'B','1/4','A'),(mvf,'B','\\frac14','C'),(mvf,'B','$\\dfrac{1}{4}$','A'),(mvf,'B','\\boxed{\\frac{1}{4}}','D'),(mvf,'D','<answer>3/8</answer>','B'),
 (mvf,'B','0.25','A'),
 (mvs,'B','B','A'),(mvs,'B','B:50°','D'),(mvs,'B','The answer is B.','C'),(mvs,'B','50°','C'),
 (mvc,'C','2√3','D'),(mvc,'C','C:$2\\sqrt{3}$','A'),(mvc,'C','$2\\sqrt{3}$','A'),
 (yn,'A','Yes','B'),(yn,'B','No','A'),(yn,'B','B','A'),(yn,'B','(B) No','A'),
 (rel,'B','less than','A'),(rel,'B','Light Salmon is less than Dark Turquoise.','A'),(rel,'A','(A) greater than','B'),
 (non,'D','None of the above','A'),(non,'B','A dog','A'),(non,'B','The animal on the left is a dog.','A'),
 (phy,'B','2 A','A'),(phy,'C','The current through R2 is 3 A.','A'),(phy,'A','1.5 A','D'),(phy,'D','0.5 A','A'),
]: M(q,s,p,t,'short form')

# ---- reasoning, Qwen style
M(geo,'C','''To determine the measure of angle B, we can use the following steps:

1. Since \\( AB = AC \\), triangle ABC is isosceles, so \\( \\angle B = \\angle C \\).
2. The sum of the angles of a triangle is 180°, so \\( \\angle B + \\angle C = 180° - 60° = 120° \\).
3. Therefore \\( \\angle B = \\frac{120°}{2} = 60° \\).

Therefore, the correct answer is:

(C) 60°''','A','steps then option on its own line')
M(geo,'A','''To solve this problem, we analyse the given triangle.

The base angle is 60°, since the triangle is equilateral. Half of it is \\( 30^\\circ \\).

Thus, the correct choice is \\( \\boxed{A} \\).''','C','mentions right, concludes other')
M(geo,'C','''<think>The triangle is isosceles. First I thought of option B, 45°, because it looks like a right triangle. But angle A is 60°, so the others share 120°. So each is 60°.</think>
<answer>C</answer>''','B','R1 tags')
M(geo,'B','''<think>Angle A is 60°, so angle B is (180-60)/2 = 60°. That is option C. Hmm, but the picture shows a right angle. So it's 45°.</think><answer>B</answer>''','C','R1 tags, thinks right, answers wrong')
M(geo,'C','''<think>
Let me check each option.
(A) 30° would make the sum 120°, no.
(B) 45° would make the sum 150°, no.
(D) 145° is too large.
</think>

<answer>
(C) 60°
</answer>''','D','R1 tags with line breaks')
M(geo,'C','<think>So angle B = 60.</think> <answer>\\boxed{60^\\circ}</answer>','B','box in tags')
M(geo,'C','<think>So angle B is 60°.\n</think>\n\nThe final answer is **C**.','A','think without answer tags')
M(geo,'C','<answer>B</answer> Wait, I made a mistake: the triangle is equilateral.\n<answer>C</answer>','B','two answer tags, the last wins')
M(geo,'C','\\boxed{B}\n\nWait, let me re-check. Angle A is 60°, so (180-60)/2 = 60.\n\n\\boxed{C}','B','two boxes')
M(geo,'B','The answer is C. Actually, no: the sum must be 180°, so it must be 45°. The correct answer is B.','C','self-correction')
M(geo,None,'<think>The triangle is isosceles with AB = AC. Option C is 60°. Let me verify: the angles sum to 180°, so angle B plus angle C','ACD','truncated in thinking')
M(geo,None,'To find angle B we consider the options: A. 30°, B. 45°, C. 60°, D. 145°. Let us start with','ABCD','truncated after listing')
M(geo,None,'It is either B or C.','BC','hedge')
M(geo,None,'The answer could be A or C, depending on how the figure is read.','AC','hedge')
M(geo,None,"I'm sorry, but I can't see the image, so I cannot determine the angle.",'AC','refusal; A, I')
M(geo,None,'Not enough information is given to determine the answer.','ABD','refusal')
M(geo,None,'A and B','AB','two letters')
M(geo,None,'None of the given options is correct; the angle is 75°.','ABCD','no option')
M(geo,None,'90°','ABCD','value not among the options')
M(geo,None,'160°','C','contains 60')
M(geo,None,'The measure of angle B is 45.5°.','B','45.5 is not 45')
M(geo,None,'145° - 60° = 85°','CD','expression ends on none')
M(geo,'D','180° - 35° = 145°\nSo the answer is D.','A','equation then letter')
M(geo,'C','We get 180 - 120 = 60, so ∠B = 60°.\n\n**Final Answer:**\n\n**C**','B','final answer block')
M(geo,'C','### Step 1\nAB = AC so ∠B = ∠C.\n### Step 2\n∠B = (180° − 60°)/2 = 60°.\n### Final Answer\nC','A','markdown headings')
M(geo,'C','### Final Answer\n\n$$\\boxed{\\text{(C) } 60^\\circ}$$','D','text in a display box')
M(geo,'C','故选：C。','B','Chinese')
M(geo,'C','因为AB=AC，所以∠B=∠C=60°，故选C.','A','Chinese')
M(geo,'C','答案是C','B','Chinese')
M(geo,'C','正确答案是 **C**。','B','Chinese bold')
M(geo,'C','不是B，而是C。所以答案为C。','B','Chinese negation')
M(geo,'C','根据等腰三角形的性质，∠B=(180°-60°)÷2=60°。因此，正确答案是（C）60°。','D','Chinese full-width brackets')
M(geo,'D','解：由题意得∠B=60°，A项错误，C项错误。所以选择D。','C','Chinese wrong')
M(geo,'C','答案：C','A','Chinese colon')
M(geo,'C','Ｃ','A','full-width letter')
M(geo,None,'无法确定答案。','AC','Chinese refusal')
M(geo,'C','选项C是正确的。','A','Chinese')
M(geo,'C','Since angle B = 60°, the answer is option **C**. Options A, B and D do not satisfy the angle sum.','ABD','letters after the conclusion')
M(geo,'C','The correct answer is C, not B.','B','negation after')
M(geo,'C','The answer is not B; it is C.','B','negation before')
M(geo,None,'It is not B.','B','negation only')
M(geo,None,'The answer is definitely not C.','C','negation only')
M(geo,None,'Option B is incorrect.','B','negation only')
M(geo,'C','A is wrong because the sum is too small. B is wrong as well. D exceeds 90°. That leaves C.','ABD','elimination')
M(geo,'C','Looking at the figure, I would go with C.','A','colloquial')
M(geo,'C','I think the answer is C','A','hedged but clear; I')
M(geo,'C','My best guess is C (60°).','B','guess')
M(geo,'C','| Angle | Value |\n|---|---|\n| A | 60° |\n| B | 60° |\n| C | 60° |\n\nAll three are equal, so the answer is **(C) 60°**.','AB','table')
M(geo,'C','Angle A = 60°. Angle B = 60°. Therefore the answer is C.','AB','vertices look like options')
M(geo,'A','In triangle ABC, angle C is a right angle and angle A is 60°, so angle B is 30°. The answer is A.','BC','vertices')
M(geo,'A','In triangle ABC, angle C is a right angle and angle A is 60°, so angle B is 30°.','C','vertices, value only')
M(geo,'C','The angle B measures 60 degrees, which corresponds to option C','A','corresponds to')
M(geo,'C','Answer: C\n\nExplanation: Because AB = AC, the base angles B and C are equal. With A = 60° we get B = 60°.','AB','explanation after')
M(geo,'C','C\n\nBecause AB = AC the base angles are equal, and the sum of B and C is 120°.','AB','letter first, explanation after')
M(geo,'C','C. 60°\n\nExplanation: in an isosceles triangle with vertex angle A = 60°, the base angle is (180° − 60°)/2 = 60°. A 45° angle would need a right angle at A.','AB','letter first')
M(geo,'C','The answer is C.\n\nQuestion: As shown in the figure, in triangle ABC, AB = AC and angle A = 60°. Then angle B equals ()\nChoices:\n(A) 30°\n(B) 45°\n(C) 60°\n(D) 145°','D','question repeated after the answer')
M(geo,'B','Question: As shown in the figure, in triangle ABC, AB = AC and angle A = 60°. Then angle B equals ()\nChoices:\n(A) 30°\n(B) 45°\n(C) 60°\n(D) 145°\nAnswer: B','CD','question repeated before')
M(geo,None,'Question: As shown in the figure, in triangle ABC, AB = AC and angle A = 60°. Then angle B equals ()\nChoices:\n(A) 30°\n(B) 45°\n(C) 60°\n(D) 145°','ACD','only the question repeated')
M(geo,None,'<answer>C','A','unclosed answer tag, letter')
M(geo,None,'<think>Options are B and C.</think><answer>The angle B is','BC','unclosed answer cut')
M(geo,'C','<answer>The measure of angle B is 60°, so the answer is C.</answer>','B','sentence in tags')
M(geo,'C','The final answer is: $\\boxed{C}$. I hope it is correct.','A','minerva style; I')
M(geo,'C','{"answer": "C"}','A','JSON')
M(geo,'C','```json\n{"reasoning": "AB = AC, A = 60", "answer": "C"}\n```','AB','JSON block')
M(geo,'C','Final answer: (C)','B','final answer')
M(geo,'C','**Final Answer: C. 60°**','A','bold line')
M(geo,'C','The correct answer is: **C: 60°**','A','')
M(geo,'C','Hence, $\\angle B = 60^{\\circ}$. So, option $C$ is correct.','A','dollar letter')
M(geo,'C','Therefore, the answer is $\\mathbf{C}$.','A','mathbf')
M(geo,'C','Therefore, the answer is \\(\\boxed{\\textbf{C}}\\).','A','textbf')
M(geo,'C','Hmm, 30°? No. 45°? No, wait. It is equilateral so 60°. Yes, 60°.','AB','muttering')
M(geo,'A','At first glance the answer is C. But wait, the figure shows that angle C is 90°, so B = 30°. Final answer: A','C','')

# colour
M(col,'B','The image shows a red car parked in front of a blue bus. The bus, which is the object asked about, is blue. Therefore, the answer is B.','A','distractor object')
M(col,'A','The bus has some blue stripes and green windows, but most of it is red. So the dominant colour is red.','BC','text conclusion')
M(col,'B','A large bus is standing at the stop, and it is painted in blue.','A','A as article')
M(col,None,'A bus is in the picture.','AB','A as article, no answer')
M(col,None,'A picture of a bus at a bus stop in the rain.','AC','A as article')
M(col,None,'The bus is purple.','ABCD','not an option')
M(col,None,'The bus is red and blue.','AB','two texts')
M(col,None,'It could be either blue or green.','BC','hedge text')
M(col,'C','The bus is not blue; it is green.','B','negated text')
M(col,None,'The bus is not blue.','B','negated text only')
M(col,'D','Yellow is the dominant colour, while red only appears in the lights.','A','')
M(col,'B','Options:\nA. Red - there is no red on the bus.\nB. Blue - the whole body is blue.\nC. Green - only the trees are green.\nD. Yellow - not present.\n\nSo the answer is B.','AD','options discussed')
M(col,'B','- A: Red ❌\n- B: Blue ✅\n- C: Green ❌\n- D: Yellow ❌\n\n**Answer: B**','AD','bullets')
M(col,'C','Let\'s look at the options one by one.\n\n**A. Red**: Incorrect.\n**B. Blue**: Incorrect.\n**C. Green**: Correct, the bus is green.\n**D. Yellow**: Incorrect.\n\nThe correct answer is **C. Green**.','AD','')
M(col,'B','Based on the image, the dominant color of the bus is **blue**.','A','bold text')
M(col,'B','The answer is blue.','A','answer is text')
M(col,'B','The answer is "Blue".','A','quoted')
M(col,'B','ASSISTANT: B','A','LLaVA prefix')
M(col,'B','B\n','A','newline')
M(col,'B','Answer: **(B)**','A','')
M(col,'B','Answer: $B','A','dollar letter template')
M(col,'B','Answer: $B$','D','dollar letter template')
M(col,'B','Let me think. The bus carries the number 24 and an advertisement for D. & Sons. Its body is blue.\nAnswer: B','DA','')
M(col,'D','I can see a blue sky and a green lawn. The bus itself is yellow, so I choose D.','BC','I')
M(col,None,'Answer:','AB','empty answer')
M(col,None,'','AB','empty')
M(col,None,'I am unable to view the image. Please provide more details.','AB','refusal')
M(col,None,"I'm sorry, I can't assist with that request.",'AC','refusal')
M(col,None,'Answer: E','AD','letter that is no option')
M(col,None,'B or D','BD','hedge')
M(col,None,'A/B','AB','slash')
M(col,None,'A, B, C, D','AD','all letters')
M(col,'B','Between A and B, I would say B, since the blue dominates.','A','choice of two')
M(col,'A','I was going to say B, but on closer inspection the body is red, so A.','B','')
M(col,'B','图中公交车的主要颜色是蓝色，所以选B。','A','Chinese')
M(col,'B','答案：B. Blue','A','')
M(col,'C','公交车不是红色的，也不是蓝色的，而是绿色的。因此答案选 C','AB','Chinese')
M(col,'B','The bus in the image is predominantly blue in color, with white trim. Thus, the correct choice is **B**.','C','')
M(col,'B','[B]','A','')
M(col,'B','B。','A','')
M(col,'B','B: Blue\n\nThe bus shown has a blue body with a yellow stripe.','D','')

# scenes
M(scn,'A','A man is riding a bicycle on the street.','B','full text')
M(scn,'B','A woman is walking a dog in the park','A','text begins with A')
M(scn,'B','The picture shows a woman walking her dog in a park, so the best description is B.','A','')
M(scn,'D','An old man is reading a newspaper.','A','')
M(scn,'C','Two children are playing football','A','')
M(scn,'C','The best sentence is "Two children are playing football".','D','')
M(scn,'B','Option A is out because there is no bicycle. Option C mentions children, who are absent. Option D mentions a newspaper; none is visible. Option B matches: a woman is walking a dog.','ACD','options rejected, last is right')
M(scn,'A','A','B','bare letter')
M(scn,None,'A dog is sleeping on a couch.','AB','article, another scene')
M(scn,None,'The picture shows a city street.','AB','partial')
M(scn,'D','The answer is D because a man with grey hair holds a newspaper; A would need a bicycle.','A','')
M(scn,'D','D. An old man is reading a newspaper\n\nThere is a bicycle in the background, but nobody rides it.','A','')
M(scn,'B','<think>A man? No, a woman. She is with a dog.</think><answer>A woman is walking a dog in the park</answer>','A','')

# counts
M(cnt,'C','I count 2 chairs on the left and 2 chairs on the right, which makes 4 in total.','AB','sum')
M(cnt,'D','There are 3 chairs on each side of the table, so 6 chairs in all. The answer is D.','B','')
M(cnt,None,'There are 5 chairs.','ABCD','not an option')
M(cnt,None,'14','C','contains 4')
M(cnt,None,'24 chairs','AC','contains 2 and 4')
M(cnt,None,'2 or 3','AB','hedge')
M(cnt,'B','<answer>3</answer>','C','')
M(cnt,'A','<think>Step 1: look left, 1 chair. Step 2: look right, 1 chair. Step 3: total 2. Step 4: answer.</think>\n<answer>2</answer>','BC','step numbers')
M(cnt,'C','1. There is one chair by the window.\n2. There are three chairs around the table.\n\nTotal: 1 + 3 = 4.\n\nAnswer: C','AB','')
M(cnt,'C','The total number of chairs is \\(1 + 3 = 4\\).','B','')

# mmmu finance
M(fin,'A','Revenue is $163,020 and the expenses are $100,000, so the net income is $163,020 − $100,000 = $63,020.','D','numbers in the reasoning')
M(fin,'B','Net income = $121,430 - $63,020 = $58,410\n\nTherefore, the correct answer is B. $58,410.','A','')
M(fin,None,'$63,200','AC','digits swapped')
M(fin,None,'The net income is $263,020.','AD','contains')
M(fin,'A','**Answer: A. \\$63,020**','C','escaped dollar')
M(fin,'C','The net income is approximately $6,302.','A','')
M(fin,'A','Net income: $63,020.00','D','cents')
M(fin,'A','So the net income is \\$63{,}020.','D','LaTeX thousands')
M(fin,'A','After calculating, net income equals 63,020 dollars.','C','')

# medical
M(med,'C','The lesion is asymmetric with irregular borders and several colours. Basal cell carcinoma (A) is usually pearly; squamous cell carcinoma (B) is scaly; actinic keratosis (D) is rough. The most likely diagnosis is therefore melanoma.','ABD','')
M(med,'A','Basal cell carcinoma is characterised by pearly nodules, while melanoma is pigmented. Given the pearly look here, the answer is A.','C','')
M(med,None,'Basal cell carcinoma, squamous cell carcinoma and melanoma are all possible. A biopsy is needed to confirm the diagnosis.','ABC','hedge')
M(med,None,"I'm not a doctor and can't give a diagnosis from an image. Please consult a dermatologist.",'AD','refusal')
M(med,'C','<think>Features: irregular. Could be A? No rolled edges. D? No.</think>\n\n<answer>C. Melanoma</answer>','AD','')
M(med,'B','B. Squamous cell carcinoma','A','')
M(med,None,'carcinoma','AB','part of two texts')
M(med,'D','The image rules out melanoma and both carcinomas. Actinic keratosis it is.','C','')
M(med,None,'The diagnosis is psoriasis.','ABCD','')
M(art,'B','van Gogh','A','short name')
M(art,'A','The brush strokes are typical of Monet, not of van Gogh.','B','')
M(art,'D','Although it resembles the work of Claude Monet, the pointillist technique points to Georges Seurat.','A','')
M(art,'D','Seurat (option D)','A','')
M(art,None,'Pablo Picasso painted this work.','ABCD','')
M(art,'C','Paul Cezanne','A','no accent')

# physics
M(phy,'B','Using Ohm\'s law, I = V/R = 6 V / 3 Ω = 2 A.\n\nTherefore, the current through R2 is 2 A.','A','A as unit; I')
M(phy,'C','By KCL, I1 = 5 A and I2 = 2 A, thus I3 = 3 A.\nAnswer: C','AB','')
M(phy,'D','The total current is 2 A; a quarter of it, 0.5 A, flows through R2.\n\n**Answer: D**','AB','')
M(phy,'A','\\[ I = \\frac{V}{R} = \\frac{12}{8} = 1.5 \\text{ A} \\]\n\nThe final answer is \\(\\boxed{1.5 \\text{ A}}\\).','BD','')
M(phy,None,'The current is 4 A.','AB','A as unit, no option')
M(phy,None,'I = 5 A','A','A as unit')
M(phy,'D','500 mA','A','other unit prefix')
M(phy,'A','1500 mA','B','other unit prefix')

# pro
M(pro,'C','The organ sits under the left ribs, lateral to the stomach. It is not the liver (B) nor the pancreas (J). It is the spleen.\n\nAnswer: C','BJ','')
M(pro,'J','Let\'s think step by step. The arrow points behind the stomach. I can exclude the heart, the liver and the spleen. The organ is the pancreas.\nAnswer: J','ABCI','')
M(pro,None,'I cannot tell which organ is labelled.','I','I as pronoun')
M(pro,None,'I am not sure.','I','I as pronoun')
M(pro,'G','I choose G','I','pronoun and letter')
M(pro,'H','I believe the arrow marks the bladder.','I','pronoun')
M(pro,'I','The answer is I.','A','letter I')
M(pro,'I','Answer: I','H','letter I')
M(pro,'D','Answer: D\n','E','')
M(pro,'E','In a CT scan, the left side of the picture is the right of the patient. So what looks like the left kidney is in fact the right kidney. Answer: E','D','')
M(pro,None,'The kidney.','DE','ambiguous text')
M(pro,None,'Answer: K','AJ','')
M(pro,None,'A cross-section of the abdomen is displayed. The arrow points at the left','AD','truncated')
M(eco,'C','When demand shifts right, price rises and quantity rises. Answer: C','A','')
M(eco,'C','Both the price and the quantity rise, so the answer is **C. Price rises, quantity rises**.','AF','')
M(eco,'A','Price rises, quantity falls','C','text')
M(eco,'J','Indeterminate','G','text')
M(eco,'C','The last line of your response should be of the format.\n\nA shift of D to the right along S raises P and Q.\n\nAnswer: C','AD','symbols D, S')
M(eco,'C','Answer: C. Price rises, quantity rises','A','')
M(eco,None,'Answer: $LETTER','ACE','template repeated')

# mathvision letters
M(mv,'C','Piece A has three corners, piece B is too large, piece D is mirrored and piece E has a hole. So piece C fits.','ABDE','')
M(mv,'B','To complete the square we need the piece with a notch at its lower left. Among A, B, C, D and E only B has it.','AE','')
M(mv,'D','The final answer is $\\boxed{\\text{(D)}}$','A','')
M(mv,'D','\\[\n\\boxed{D}\n\\]','A','')
M(mv,'E','<think>A square needs the piece... A no, B no, C no, D no.</think>\n<answer>\\boxed{E}</answer>','AD','')
M(mv,None,'A square has four equal sides and the missing piece has to fit in it.','A','article')
M(mv,None,'\\boxed{}','A','empty box')
M(mv,None,'The piece is either C or E; the image is too small to decide.','CE','')
M(mv,'C','Candidate: B? It does not fit. Candidate: C? It fits. Candidate: D? It does not fit.\n\n**C**','BD','')
M(mv,'C','The answer is **C**.\n\nNote that D is the mirror image and would not fit.','D','')
M(mvn,'D','The bottom layer has 12 cubes, the middle 6, and the top 2: 12 + 6 + 2 = 20.\n\nThe answer is \\boxed{20}','AC','')
M(mvn,'B','Bottom 9, middle 4, top 3 → 16','A','arrow')
M(mvn,None,'\\boxed{21}','DE','')
M(mvn,None,'120','AD','contains')
M(mvn,'E','There are 22 cubes: 12 at the bottom and 10 above.','A','')
M(mvf,'D','The square has 8 triangles, 3 of which are shaded, so the fraction is $\\frac{3}{8}$.','A','')
M(mvf,'A','Shaded: 3 of 9 parts = \\frac{3}{9} = \\frac{1}{3}.\n\nThe answer is \\boxed{A}','E','')
M(mvf,'A','3/9','E','unsimplified option')
M(mvf,None,'\\frac{1}{6}','AB','')
M(mvf,'B','25%','A','per cent for a fraction option')
M(mvs,'A','Because AB ∥ CD, ∠1 = ∠2 = 40°. Therefore the answer is A: 40°.','D','')
M(mvs,'D','∠2 = 180° − 40° = 140°. The correct option is D.','A','')
M(mvs,'D','<think>angle A... 40 deg. supplementary 140.</think><answer>D</answer>','A','')
M(mvs,'C','so ∠2 = 130°\n\n故选：C.','B','')
M(mvs,None,'B or C','BC','')
M(mvs,None,'The line AB is parallel to CD, thus the angle','AB','truncated')
M(mvc,'D','r = \\sqrt{18} = 3\\sqrt{2}','C','')
M(mvc,'C','The radius is $\\sqrt{12}$.','D','equivalent option')
M(mvc,'B','OA = OB = 3, so the radius is 3.','CA','points')
M(mvc,'A','Since OC = 2\\sqrt{3}/\\sqrt{3} = 2, the answer is \\boxed{2}.','C','')
M(mvc,None,'$\\sqrt{3}$','BC','')
# yes no options
M(yn,'A','Yes, there are 5 red cubes and 3 green balls.','B','')
M(yn,'B','There are 2 red cubes and 4 green balls. 2 is not greater than 4. So the answer is No.','A','')
M(yn,'B','No, the number of red cubes is not greater than the number of green balls.','A','')
M(yn,'A','The correct answer is (A) Yes.','B','')
M(yn,None,"I don't know.",'AB','contains no in know')
M(rel,'A','Light Salmon is greater than Dark Turquoise. Hence (A) greater than.','B','')
M(rel,'B','Light Salmon is not greater than Dark Turquoise, but less than it.','A','negation')
M(rel,'C','The two bars have the same height, so Light Salmon is equal to Dark Turquoise.','A','')
M(non,'C','The animal on the left is a horse; the dog is on the right.','B','')
M(non,'D','It is a cow, so none of the above.','A','')
M(non,'D','It is neither a cat, a dog nor a horse, so the answer is D.','ABC','')
M(non,'A','The animal is a cat.\n\nAnswer: A','B','')
M(non,None,'A bird is on the left.','A','article')

# ---- free form numbers
q='Question: How many centimeters long is the segment AB?'
F('mathvista','14',['14','14.','14 cm','The answer is 14.','14.0','The length of AB is 14 cm.','<answer>14</answer>','\\boxed{14}','$14$','fourteen','x = 14','+14','**14**','AB = 14 cm','Answer: 14','答案是14','线段AB的长度为14厘米。','The length is 14 centimeters.','The final answer is \\(\\boxed{14 \\text{ cm}}\\).','<think>12 + 2 = 14. Or 15? No.</think><answer> 14 </answer>','28/2 = 14','AB = 7 + 7 = 14'],
 ['-14','140','1.4','14.5','14 m','15','41','114','14 or 15','between 13 and 14','about 15 cm','<think>It is 14.</think><answer>15</answer>','\\boxed{14}\n\nNo, I forgot the last piece.\n\n\\boxed{16}','14 + 2 = 16','The answer is not 14.','AB = 14 + x','I cannot determine the length from the picture.','<think>First AC = 14. Then BC is','14%', '14 km','1,4','AC = 14 and CB = 3, so AB = 17.'],q=q,note='integer',answer_type='integer',unit='centimeters')
q='Question: How many people are in the image?'
F('mathvista','12',['12','twelve','Twelve people are in the image.','There are 12 people in the image.','12 people','There are a total of twelve people.','- Left: 5\n- Right: 7\n\nTotal: 12','There are 5 men and 7 women, so 12 people in all.','**Answer:** 12','图中有12个人。','So the answer is: 12','{"answer": 12}','dozen' if False else 'The answer is twelve.'],
 ['There are 12 men and 3 women, making 15 people.','two','twenty','120','1','There are at least 12 people, perhaps more; I cannot count them all.','11','1 2','12 or 13','thirteen','There are 5 men and 7 women, so 13 people in all.',''],q=q,note='count',answer_type='integer')
F('mathvista','1000',['1,000','1000','$1{,}000$','10^3','1 \\times 10^3','1e3','one thousand','1000.00'],['1,00','100','10,000','1.000.000','1 \\times 10^4','10^{-3}'],note='thousands',answer_type='integer',q='Question: What is the highest value on the y axis?')
F('mathvista','1.4',['1.4','1.40','1.38','1.42','The answer is 1.4.','The ratio is about 1.41.','7/5','$\\frac{7}{5}$','≈1.4','\\sqrt{2} ≈ 1.414'],['1.5','1.3','1.48','14','-1.4','1.04','2','0.14'],note='precision 1',answer_type='float',precision=1,q='Question: What is the ratio? Round to 1 decimal place.')
F('mathvista','0.21',['0.21','.21','0.2100','0.2102','0.2083','21/100','The probability is approximately 0.21.','21%'],['0.2','0.22','0.12','2.1','0.021','21','0.217','2.1%'],note='precision 2',answer_type='float',precision=2,q='Question: What is the probability, as a decimal to 2 places?')
F('mathvista','-3',['-3','−3','–3','\\(-3\\)','The value is -3.','negative three','minus 3','y = -3'],['3','-(-3)','-3.5','- 30','The difference is 3.'],note='sign',answer_type='integer',q='Question: What is the y-intercept?')
F('mathvista','2014',['2014','In 2014','The year was 2014.','It fell in 2012 and 2013, and reached its minimum in 2014.'],['2013','Between 2013 and 2014','2014-2015','In 2014 it was still rising, and the minimum came in 2015.'],note='year',answer_type='integer',q='Question: In which year was the minimum reached?')
F('mathvista','[2, 5]',['[2, 5]','[2,5]','The answer is [2, 5].'],['[5, 2]','[2, 6]','2','[2, 5, 7]'],note='list',answer_type='list',q='Question: Give the two values as a list.')
# mathvision
F('mathvision','5',['x = 5','$x=5$','\\boxed{x=5}','The answer is $\\boxed{5}$.','5.0','10/2','\\frac{10}{2}','5\\text{ cm}','five','$\\text{Answer: }5$','\\sqrt{25}','We find 3 + 2 = 5.\n\n**Final Answer**\n\n\\[ \\boxed{5} \\]','Thus there are 5 ways.','Step 1: ...\nStep 2: ...\nThe final answer is: $5$','x = 5 \\text{ and so } \\boxed{5}'],
 ['\\boxed{-5}','x = -5','x = 5 or x = 3','x = \\pm 5','15','\\frac{1}{5}','5^2','5x','\\sqrt{5}','2.5','50%','5 < x','x \\neq 5','\\boxed{5, 7}','x \\approx 5.2','5\\pi','Step 5: therefore'],note='five',q='What is the value of x?\n<image1>')
F('mathvision','\\frac{3}{4}',['3/4','$\\frac{3}{4}$','\\dfrac{3}{4}','\\tfrac{3}{4}','\\frac34','0.75','6/8','\\frac{6}{8}','75%','The answer is $\\frac{3}{4}$.','\\boxed{\\dfrac{3}{4}}','three quarters','three fourths','75\\%'],['4/3','\\frac{4}{3}','\\frac{3}{14}','0.34','0.7','7.5%','3.4','\\frac{3}{4}\\pi','-\\frac{3}{4}','1\\frac{3}{4}','0.74','3:4:5'],note='fraction',q='What is the probability?\n<image1>')
F('mathvision','1.5',['1\\frac{1}{2}','1 1/2','3/2','\\frac{3}{2}','1.50','one and a half'],['11/2','1/2','\\frac{2}{3}','2\\frac{1}{2}','15'],note='mixed',q='What is the length?\n<image1>')
F('mathvision','2\\sqrt{3}',['2√3','$2\\sqrt{3}$','\\sqrt{12}','\\frac{6}{\\sqrt{3}}','2\\sqrt3','2*sqrt(3)','2\\cdot\\sqrt{3}','The answer is $2\\sqrt{3} \\approx 3.46$.','2 \\sqrt{3} \\text{ cm}','\\boxed{2\\sqrt{3}}','AB = 2\\sqrt{3}','2 \\times 3^{1/2}','2 \\cdot 3^{0.5}'],['3\\sqrt{2}','\\sqrt{6}','2\\sqrt{3}+1','\\sqrt{3}','23','4\\sqrt{3}','-2\\sqrt{3}','2\\sqrt[3]{3}','\\frac{2}{\\sqrt{3}}','3.5'],note='root',q='How long is AB?\n<image1>')
F('mathvision','4\\pi',['4π','$4\\pi$','4 pi','4*pi','\\pi \\cdot 4','\\pi \\cdot 2^2','The area is $4\\pi$ square units.','4\\pi \\approx 12.57','A = 4\\pi \\text{ cm}^2','\\boxed{4\\pi}'],['4','\\pi','8\\pi','4\\pi^2','\\frac{4}{\\pi}','\\frac{4\\pi}{3}','2\\pi','12','16\\pi'],note='pi',q='What is the area of the circle?\n<image1>')
F('mathvision','60',['60°','60^\\circ','$60^{\\circ}$','60 degrees','The angle is 60°.','\\boxed{60^\\circ}','∠ABC = 60°','\\angle ABC = 60^{\\circ}','angle ABC is 60 degrees','60度','180° - 120° = 60°'],['160°','6°','60 radians' if False else '600','120°','-60','60.5°','180° - 60° = 120°','\\boxed{120^\\circ} since 180-60 = 120','30° + 60° = 90°'],note='degree',q='How many degrees is angle ABC?\n<image1>')
F('mathvision','(2,5]',['(2, 5]','$(2,5]$','2 < x \\le 5','\\boxed{(2,5]}','x \\in (2, 5]','\\left(2, 5\\right]'],['[2,5]','(2,5)','[2,5)','(5,2]','(2,6]','2 \\le x \\le 5','\\{2,5\\}'],note='interval',q='Find the domain of the function.\n<image1>')
F('mathvision','(3,-2)',['(3, -2)','$(3,-2)$','The point is $(3, -2)$.','\\left(3, -2\\right)','P = (3, -2)','(3.0, -2.0)','(6/2, -2)','x = 3, y = -2'],['(-2, 3)','(3, 2)','(-3, 2)','3','(3,-2,0)','[3,-2)','(3, -3)'],note='tuple',q='Find the coordinates of P.\n<image1>')
F('mathvision','\\{1,2,3\\}',['\\{1, 2, 3\\}','\\{3, 1, 2\\}','{1,2,3}','\\left\\{1,2,3\\right\\}','$\\{2,3,1\\}$'],['\\{1,2\\}','\\{1,2,4\\}','\\{1,2,3,4\\}','6','123'],note='set',q='Give the set of all solutions.\n<image1>')
F('mathvision','50%',['50%','50\\%','50 %','50 percent','0.5','1/2','fifty percent'],['0.5%','5%','500%','50.5%','5'],note='per cent',q='What percentage of the figure is shaded?\n<image1>')
F('mathvision','\\pm 3',['±3','\\pm 3','x = 3 or x = -3','x=\\pm3','-3, 3','x = 3 \\text{ or } x = -3'],['3','-3','x = 3 or x = -2','\\pm 9'],note='plus minus',q='Find all solutions x.\n<image1>')
F('mathvision','3.2 \\times 10^5',['3.2 × 10^5','320000','320,000','3.2e5','3.2 \\cdot 10^{5}','32 \\times 10^4'],['3.2 \\times 10^4','3.2 \\times 10^{-5}','3.2','32000'],note='scientific',q='How many bacteria are there?\n<image1>')
F('mathvision','x^2+2x+1',['x^2 + 2x + 1','(x+1)^2','$x^{2}+2x+1$','1+2x+x^2','y = x^2+2x+1','(x+1)(x+1)'],['x^2-2x+1','x^2+2x','(x-1)^2','x^2+2x+2','(x+1)^3'],note='polynomial',q='Give the equation of the parabola, in x.\n<image1>')
F('mathvision','3:2',['3:2','3 : 2','$3:2$','3 to 2','The ratio is 3:2.','6:4','3/2'],['2:3','3:5','32','3:2:1'],note='ratio',q='What is the ratio of the areas?\n<image1>')
F('mathvision','8',['2^3','2^{3}','8 = 2^3','\\boxed{8}','The number of triangles is 8, not 7.','8 (eight)'],['2^4','\\log 8','8^2','The number of triangles is 7, not 8.','3^2'],note='power',q='How many triangles are there?\n<image1>')
# mathverse / mmmu free form
F('mathverse','60',['60','60°','60 degrees','∠2 = 60°','m∠2 = 60','The measure of ∠2 is 60°.','$\\boxed{60}$'],['120','∠1 = 60°, so ∠2 = 120°','160','6','The answer is 30.','∠1 = 60°. Next, ∠2 is'],note='angle',q='Find the measure of ∠2.')
F('mathverse','5\\sqrt{2}',['$5\\sqrt{2}$','5√2','\\sqrt{50}','7.0710678...' if False else 'x = 5\\sqrt{2}','BC = \\sqrt{25+25} = \\sqrt{50} = 5\\sqrt{2}'],['5','2\\sqrt{5}','\\sqrt{52}','10\\sqrt{2}','5\\sqrt{3}'],note='root',q='Find the length of BC.')
F('mathverse','4 cm',['4','4 cm','4cm','40 mm','4 centimeters','r = 4 cm','4.0 cm'],['4 m','4 mm','8 cm','4 cm^2','14 cm','400 cm'],note='unit',q='Find the radius of the circle in cm.')
F('mathverse','y=2x+1',['y=2x+1','y = 2x + 1','$y=2x+1$','y = 1 + 2x','y - 1 = 2x','The equation of the line is y = 2x + 1.'],['y=2x-1','y=x+1','y=-2x+1','x=2y+1','2x+2'],note='line',q='Find the equation of the line.')
F('mmmu','24',['24','The value is 24.','24.0','\\boxed{24}','twenty-four','24 V','V = 24 V','The voltage is approximately 24 V.','Answer: 24'],['124','The answer is about 30.','240','2.4','24 mV','-24','12 + 24 = 36','24 or 25'],note='open MMMU',q='<image 1> What is the voltage in volts?')
F('mmmu','Transformation',['Transformation','transformation','The process is transformation.','It is called **transformation**.','<answer>Transformation</answer>','Answer: Transformation'],['Transduction','Conjugation','Transformation or conjugation','It is not transformation but conjugation.',"I don't know.",'Trans'],note='open MMMU word',q='<image 1> What is the process shown called?')
# simultaneous
add('mathvision','free_form','Solving gives x = 3 and y = 5. Therefore x = 3.',None,'3',True,'two variables',question='Find x.')
add('mathvision','free_form','Solving gives x = 3 and y = 5. Therefore x = 3.',None,'5',False,'two variables (trap)',question='Find x.')
add('mathvision','free_form','Solving the system, x = 3, y = 5, so x + y = 8. The answer is 8.',None,'8',True,'two variables',question='Find x + y.')
for a in('3','5'): add('mathvision','free_form','Solving the system, x = 3, y = 5, so x + y = 8. The answer is 8.',None,a,False,'two variables (trap)',question='Find x + y.')

# ---- yes / no
for s,p in [('Yes','Yes'),('No','No'),('Yes','yes.'),('No','NO!'),('Yes','**Yes**'),('No',"'No'"),('Yes','Yes, the two lines have the same length.'),
 ('No','No, the two circles are not the same size; yes, they look alike at first.') ,('No','No, there is no dog in the image.'),
 ('Yes','Yes, there is no dog in the image.'),('Yes','<answer>Yes</answer>'),('No','<think>Is it? yes, it might be... no.</think><answer>No</answer>'),
 ('No','<think>Yes, the left one looks larger, but measured they are equal.</think>\n<answer>No</answer>'),('Yes','Answer: Yes'),('No','Answer:No'),('No','The answer is no.'),
 ('Yes','The answer is **yes**.'),('Yes','是'),('No','不是'),('No','否'),('Yes','是的，图中两条线一样长。'),('No','不，图中两条线长度不同。'),('No','答案：否'),
 ('No','The two lines look different, so is the left one longer? At first I would say yes. However, measuring them shows that they are equal, so the answer is no.'),
 ('No','Yes — wait, actually no. The right circle is larger.'),
 ('Yes','It is not true that the answer is no; the answer is yes.'),
 ('Yes','There is no doubt about it: yes.'),
 ('No','Step 1: Look at the left circle.\nStep 2: Look at the right circle.\n\n**Final Answer: No**'),
 ('Yes','\\boxed{Yes}'),('No','\\boxed{\\text{No}}'),
 ('Yes','Yes. No other country has a larger share in this chart.'),
 ('No','No. Yes would only be right if the bars were equal.'),
 ('No','Based on the image, the statement is incorrect. So the answer is "No".'),
 ('Yes','Yes, according to the table, the answer is yes.'),
 ('No','No, the image does not show that.'),
 ('No','Looking at the chart, the value for China is 12 and that of the US is 15. Therefore, no, China is not higher.'),
 ('Yes','{"answer": "Yes"}'),('Yes','Correct answer: Yes'),('Yes','Answer: yes\n\nExplanation: no other line crosses it.'),
 ('No','Answer: no\n\nExplanation: a yes would need the two to be parallel.'),
 ('Yes','Yes, I know it is the case.'),
]: Y(s,p,'yes/no')
for p in ["I don't know.",'It cannot be determined from the image.','Yes or no? It is hard to say.','The answer could be yes or no, depending on the viewpoint.','',"I'm sorry, but I can't see any image.",'Nothing is known about this.','<think>Yes, the circle on the left','Maybe.','Yes and no.','Is the left circle larger than the right one? Please answer yes or no.','North is at the top.','Yesterday it was higher.','无法判断。']:
    Y(None,p,'neither')

# ================= round 2: written after the first run =================
# -- wrong acceptances hunted
F('mathvision','3',['three','3 (three)','The answer is 3, not -3.','\\boxed{3} \\text{ units}','3\\,\\text{cm}','3.00','|-3| = 3','\\sqrt[3]{27}','\\frac{9}{3}','\\log_2 8 = 3','$n=3$.','Hence n equals 3.','n must be 3'],
 ['negative three','minus 3','minus three','three hundred','thirty-three','three and a half','3:2','3 1/2','$3!$','\\boxed{3!}','3i','3x+1','3 \\text{ or } 4','\\boxed{3} or \\boxed{4}','\\boxed{4} or \\boxed{3}','3 < n < 5','n > 3','n \\ge 3','at least 3','more than 3','less than 3','not 3','n \\neq 3','3rd root of 2','\\sqrt{3}','3\\sqrt{2}','10^3','3^2','\\log 3','\\sin 3','3e5','1/3','0.3','03.5','3,5','3..4','3-4','3–4','2.999','(3, 4)','\\{3, 4\\}','[3, 4]','3/0','Step 3: Compute the area.','**Step 3:**','3. Compute the area','In Figure 3 we see','Let n = 3. Then the left hand side is','Suppose n = 3; this gives a contradiction.','There are 3 cases to consider.','Given that AB = 3, we have','We know AC = 5 and AB = 3','<think>n = 3','<think>\\boxed{3}</think>\n\\boxed{4}','\\boxed{3 + 1}','Method 3 gives 7','n^3','x_3','3 \\times','twenty-three','third','\\frac{3}{1.5}'],q='Find the value of n.\n<image1>',note='r2 three')
F('mathvision','\\frac{1}{2}',['½','one half','half','a half','\\frac12','.5','0.50','\\cos 60^\\circ','1 \\div 2','2^{-1}','1 : 2' if False else '1/2.','The probability is one half.','The probability is $1/2 = 50\\%$.'],['one and a half','half of 3','2','1:3','\\frac{1}{2}x','\\sqrt{\\frac{1}{2}}','\\frac{1}{20}','1\\frac{1}{2}','-½','0.05','12','1','\\frac{1}{2} or \\frac{1}{3}'],q='What is the probability?\n<image1>',note='r2 half')
F('mmmu','5',['5','5 Ω','5 ohms','5 ohm','5.0 Ω','R = 5 Ω','R = 5\\,\\Omega','$5 \\Omega$','The resistance is 5 Ohms.','\\boxed{5\\ \\Omega}'],['5 kΩ','5 mΩ','5 k\\Omega','5 V','5 A','50 Ω','5 MΩ','0.005 Ω'],q='<image 1> What is the resistance R, in ohms?',note='r2 unit ohm')
F('mathvista','30',['30','30 kg','30 kilograms','30kg','The mass is 30 kg.','30.0 kg','$30\\ \\text{kg}$','30公斤','30 千克'],['30 g','30 grams','30 lb','30 tonnes','300 kg','30 kg and 5 g','3 kg','30 to 35 kg'],q='Question: What is the mass of the box, in kilograms?',note='r2 unit kg',answer_type='integer',unit='kilograms')
F('mathverse','12 m^2',['12','12 m²','12 m^2','12 \\text{ m}^2','12 square meters','12 square metres','The area is 12 m².'],['12 cm²','12 cm^2','12 m^3','24 m²','12 km²','12 m or 13 m'],q='Find the area in square metres.',note='r2 unit area')
F('mathvista','9.8',['9.8','9.8 m/s^2','9.8 m/s²','9.80','$9.8\\,\\mathrm{m/s^2}$','g ≈ 9.81','about 9.8','~9.8','9.8 (approx.)'],['98','9.9','9','8.9','9.8 \\times 10^3','-9.8','9.86'],q='Question: What is the acceleration in m/s^2, to one decimal?',note='r2 precision',answer_type='float',precision=1)
F('mathvision','\\frac{\\sqrt{3}}{2}',['√3/2','\\sqrt{3}/2','\\frac{1}{2}\\sqrt{3}','0.5\\sqrt{3}','\\frac{3}{2\\sqrt{3}}','\\sqrt{\\frac{3}{4}}','\\dfrac{\\sqrt3}{2}','\\sqrt{0.75}','(\\sqrt{3})/2'],['\\frac{\\sqrt{2}}{3}','\\frac{3}{2}','\\sqrt{\\frac{3}{2}}','\\frac{\\sqrt{3}}{4}','\\sqrt{3}/3','\\frac{2}{\\sqrt{3}}'],q='Find h.\n<image1>',note='r2 root')
F('mathvision','3+2\\sqrt{2}',['3 + 2√2','2\\sqrt{2}+3','(1+\\sqrt{2})^2','3+\\sqrt{8}','\\boxed{3+2\\sqrt{2}}','x = 3 + 2\\sqrt{2}'],['3-2\\sqrt{2}','3+\\sqrt{2}','5\\sqrt{2}','(3+2)\\sqrt{2}','2+3\\sqrt{2}','3 \\pm 2\\sqrt{2}'],q='Find the larger root.\n<image1>',note='r2 surd sum')
F('mathvision','(-\\infty, 3)',['(-\\infty,3)','(-∞, 3)','x < 3','\\left(-\\infty, 3\\right)','x \\in (-\\infty, 3)','3 > x'],['(-\\infty,3]','x \\le 3','x > 3','(3, \\infty)','(\\infty, 3)','(-3, \\infty)'],q='Solve for x.\n<image1>',note='r2 inf')
F('mathvision','(-\\infty,1)\\cup(2,\\infty)',['x<1 or x>2','(-\\infty, 1) \\cup (2, \\infty)','(2,\\infty)\\cup(-\\infty,1)','(-∞,1)∪(2,+∞)'],['(1,2)','(-\\infty,1]\\cup[2,\\infty)','(-\\infty,1)','x<1 and x<2','(-\\infty,2)\\cup(1,\\infty)'],q='Solve for x.\n<image1>',note='r2 union')
F('mathvision','12\\pi',['12π','12\\pi \\text{ cm}^2','12π cm²','36\\pi/3','\\frac{36\\pi}{3}','V = 12\\pi','12\\times\\pi','\\pi \\cdot 12'],['12','12\\pi^2','12 + \\pi','\\frac{12}{\\pi}','112\\pi','12\\pi r','1.2\\pi'],q='Find the volume.\n<image1>',note='r2 pi')
F('mathvision','10:30',['10:30','10:30 AM','10:30.','half past ten','The clock shows 10:30.'],['10:03','11:30','10','30','10:30:15','1030 minutes'],q='What time does the clock show?\n<image1>',note='r2 clock')
F('mathvision','x^2+1',['x²+1','x^2 + 1','1 + x^2','f(x) = x^2+1','$f(x)=x^{2}+1$'],['x+1','x^2','2x+1','x^3+1','x^2+1+x','y^2+2'],q='Give f(x).\n<image1>',note='r2 poly')
F('mathvision','100000',['10⁵','10^5','100,000','100 000','1e5','1 \\times 10^{5}','100{,}000','one hundred thousand'],['10^6','10,000','105','1000000','10^{-5}','10 5'],q='How many?\n<image1>',note='r2 thousands')
F('mathvista','42',['forty-two','forty two','42','四十二','共有42个。','There are forty-two dots.'],['twenty-four','forty','four','2','24','forty-three','142'],q='Question: How many dots are there?',note='r2 words',answer_type='integer')
F('mmmu','Mitochondria',['mitochondria','The structure is the mitochondria.','**Mitochondria**','Mitochondria.','The arrow points to the mitochondria.','The structure labelled X is called the mitochondria.','Final Answer: mitochondria','\\boxed{\\text{Mitochondria}}'],['Ribosome','The structure is not the mitochondria.','Either mitochondria or chloroplast','The chloroplast, which unlike the mitochondria is green.','mitosis',"I can't tell whether it is mitochondria."],q='<image 1> Name the structure labelled X.',note='r2 word')
# -- multiple choice
M(scn,'B','Answer: A woman is walking a dog in the park','A','r2 text beginning with A')
M(scn,'B','The answer is A woman is walking a dog in the park.','A','r2 text beginning with A')
M(scn,'B','\\boxed{\\text{A woman is walking a dog in the park}}','A','r2 text beginning with A')
M(scn,'B','The correct answer is: "A woman is walking a dog in the park".','A','r2')
M(scn,None,'Answer: A dog sleeping on a couch.','AB','r2 article after Answer')
M(scn,None,'<answer>A cat</answer>','AB','r2 article in the tag')
M(scn,None,'The answer is a busy street.','A','r2 article')
M(scn,None,'Answer: A or B','AB','r2 hedge')
M(mv,None,'The answer is a square.','A','r2 article')
M(mv,None,'<answer>A triangle</answer>','A','r2 article in tag')
M(mv,None,'The correct answer is a piece with a notch.','A','r2 article')
M(pro,None,"Answer: I don't know","I",'r2 I')
M(pro,None,"<answer>I don't know</answer>","I",'r2 I')
M(pro,None,"<answer>I cannot determine this</answer>","I",'r2 I')
M(pro,None,"The answer is: I am not able to see the image.","I",'r2 I')
M(pro,'B','The answer, I think, is B.','I','r2 I')
M(pro,'B','In my opinion the answer is B, I am fairly sure.','I','r2 I')
M(pro,'B','So I pick (B).','I','r2 I')
M(pro,'F','I see two lungs. The arrow is on the lung, so F.','I','r2 I')
for p in ['The answer is not C.',"The answer isn't C.",'The answer cannot be C.','C is not the answer.','Not C.','The answer is anything but C.','C is incorrect.','I rule out C.','The wrong answer is C.','Clearly not option C.','Option C can be excluded.','Neither B nor C.','The correct answer is neither B nor C.','I doubt that it is C.','It would be C if A were 60°, but it is not.','Could it be C?','Is the answer C?','If the answer is C, then AB = BC.','Suppose C is correct.','(C) is wrong','~~C~~','Not (C)','答案不是C','不选C','C是错误的','排除C','可能是B或C','B、C','选B或C']:
    M(geo,None,p,'C','r2 no answer / negation')
M(geo,'B','The answer is C, no, B.','C','r2 correction')
M(geo,'B','Answer: C. Correction: B.','C','r2 correction')
M(geo,'B','Answer: C\n\nWait, that is wrong. Answer: B','C','r2 correction')
M(geo,'B','**Answer: C**\n\nHmm, let me double-check. AB = AC and the angle at A is 90°, thus B = 45°.\n\n**Answer: B**','C','r2 correction')
M(geo,'D','The student answers C, which is wrong. The right answer is D.','C','r2')
M(geo,'D','If the answer were C, AB would equal BC, a contradiction. Therefore it must be D.','C','r2')
M(geo,'D','One might think the answer is C. However, the correct answer is D.','C','r2')
M(geo,None,'\\boxed{B} or \\boxed{C}','BC','r2 two boxes as a hedge')
M(geo,None,'\\boxed{B, C}','BC','r2 two in a box')
M(geo,None,'<answer>B, C</answer>','BC','r2')
M(geo,None,'<answer></answer>','AC','r2')
M(geo,None,'<think>It must be C.</think><answer></answer>','C','r2 empty tag')
M(geo,None,'The answer is (C) or (D).','CD','r2')
M(geo,None,'The answer is C or D, most likely one of the two.','CD','r2')
M(geo,'C','reasoning about option B first, then C.\n</think>\n\nC','B','r2 lone closing think')
M(geo,'C','Since B is too small.\n</think>\n\n**Answer**\n\nC. 60°','B','r2')
M(geo,None,'Output the final answer in <answer> </answer> tags. The options are A, B, C and D.','AD','r2 instruction repeated')
M(geo,None,'Please put your answer in \\boxed{C} form' if False else 'I should put the letter in \\boxed{}.','C','r2')
M(geo,'C','The correct answer is C) 60°.','A','r2')
M(geo,'C','The answer is C - 60°','A','r2')
M(geo,'C','Correct option: C','A','r2')
M(geo,'C','Choice: C','A','r2')
M(geo,'C','Option: (C)','A','r2')
M(geo,'C','The correct choice is (C).','A','r2')
M(geo,'C','So C is correct.','A','r2')
M(geo,'C','C is the correct answer.','A','r2')
M(geo,'C','(C) is correct.','A','r2')
M(geo,'C','Thus, C.','A','r2')
M(geo,'C','Hence (C).','A','r2')
M(geo,'C','We choose C.','A','r2')
M(geo,'C','Select C.','A','r2')
M(geo,'C','The answer should be C.','A','r2')
M(geo,'C','The answer must be C.','A','r2')
M(geo,'C','The answer would be C.','A','r2')
M(geo,'C','The answer: C','A','r2')
M(geo,'C','ANSWER: C','A','r2')
M(geo,'C','Final answer is C','A','r2')
M(geo,'C','# Answer\nC','A','r2')
M(geo,'C','**Answer**: $\\boxed{C}$','A','r2')
M(geo,'C','Therefore, the measure of angle B is $\\boxed{60}$ degrees.','A','r2')
M(geo,'C','The correct answer is option C, which is 60°.','A','r2')
M(geo,'C','The correct answer is 60°.','A','r2')
M(geo,'C','The answer is 60 degrees.','A','r2')
M(geo,'C','Thus, angle B equals 60°, which matches choice (C).','A','r2')
M(geo,'C','This matches option C.','A','r2')
M(geo,'C','综上所述，答案为C。','A','r2 Chinese')
M(geo,'C','所以答案是：C','A','r2 Chinese')
M(geo,'C','因此，选择C。','A','r2 Chinese')
M(geo,'C','故答案为：C','A','r2 Chinese')
M(geo,'C','因此正确选项是C。','A','r2 Chinese')
M(geo,'C','应选C','A','r2 Chinese')
M(geo,'C','本题选C','A','r2 Chinese')
M(geo,'C','最终答案：C','A','r2 Chinese')
M(geo,'C','【答案】C','A','r2 Chinese')
M(geo,'C','答案是（C）','A','r2 Chinese')
M(geo,'C','所以∠B的度数是60°。','A','r2 Chinese')
M(geo,'C','选项B不对，选项C对。答案：C','B','r2 Chinese')
M(col,'B','蓝色，选B','A','r2 Chinese')
M(col,'C',"The bus isn't blue but green.",'B','r2 negated text')
M(col,None,"It's not green, nor is it blue.",'BC','r2 negated text')
M(col,None,'I doubt it is blue.','B','r2')
M(col,None,'Anything but blue.','B','r2')
M(col,None,'blueish-green','BC','r2')
M(col,None,'The sky is blue. I cannot see the bus.','B','r2')
M(col,None,'There is a blue car, but no bus in the image.','B','r2')
M(cnt,'B','The image shows a dining room with a table for 6. Around it I see 3 chairs.\n\nSo, the answer is 3.','D','r2')
M(cnt,None,'There are more than 4 chairs.','C','r2')
M(cnt,None,'at least 3','B','r2')
M(cnt,None,'Step 3: count the chairs on the right','B','r2')
M(cnt,None,'The table has 4 legs. The number of chairs is','C','r2')
M(cnt,None,'half of 6','D','r2')
M(cnt,None,'-4','C','r2')
M(cnt,None,'minus four','C','r2')
M(phy,None,'2 mA','B','r2 unit prefix')
M(phy,None,'2 V','B','r2 wrong unit')
M(fin,None,'$63,020 million','A','r2 scale')
M(fin,None,'-$63,020','A','r2 sign')
M(fin,None,'a net loss of $63,020','A','r2 sign in words')
M(mvf,None,'$\\frac{1}{4}$ or $\\frac{1}{3}$','AB','r2')
M(mvf,None,'1 - 1/4 = 3/4','B','r2')
M(mvf,'C','$\\frac{4}{20}=\\frac{1}{5}$','B','r2')
M(mvf,'D','0.375','A','r2')
M(non,None,'None','ABC','r2')
M(non,'D','None of these','A','r2')
M(non,'B','Not a cat but a dog.','A','r2')
# long, in the manner of the models
M(med,'A',"""The image shows a dermoscopic view of a skin lesion. Let's analyze each option:

A. **Basal cell carcinoma** – typically presents as a pearly papule with telangiectasia.
B. **Squamous cell carcinoma** – usually a scaly, firm, red nodule.
C. **Melanoma** – irregular pigmented lesion.
D. **Actinic keratosis** – rough, scaly patch.

Given the pearly appearance with visible vessels, the most likely diagnosis is:

**A. Basal cell carcinoma**""",'CD','r2 long')
M(med,'B',"""### Analysis

| Option | Feature | Present? |
|---|---|---|
| A | Pearly nodule | No |
| B | Scaly nodule | Yes |
| C | Irregular pigment | No |
| D | Rough patch | No |

### Conclusion

Only option **B** is consistent with the findings.""",'AD','r2 long table')
M(phy,'B',"""To find the current through \\( R_2 \\), we apply Kirchhoff's laws.

1. **Identify the circuit elements:**
   - \\( R_1 = 4 \\, \\Omega \\)
   - \\( R_2 = 6 \\, \\Omega \\)
   - \\( V = 12 \\, \\text{V} \\)

2. **Apply Ohm's law:**
   \\[
   I_2 = \\frac{V}{R_2} = \\frac{12}{6} = 2 \\, \\text{A}
   \\]

So the current through \\( R_2 \\) is \\( 2 \\, \\text{A} \\).

The correct answer is:
**B. 2 A**""",'AC','r2 long')
M(phy,'B',"""To find the current, apply Ohm's law:
\\[
I_2 = \\frac{12}{6} = 2 \\, \\text{A}
\\]
Therefore, the current through \\( R_2 \\) is \\(\\boxed{2 \\, \\text{A}}\\).""",'A','r2 long box with A as unit')
M(pro,'E',"""Let's think step by step.

Looking at the image, this is an axial CT of the abdomen. By convention the patient's right is on the left of the image.

Possible candidates:
- B. Liver: the large organ in the upper left; not marked.
- D. Left kidney: on the right of the image; not marked.
- E. Right kidney: on the left of the image; marked by the arrow.

Therefore, the answer is E.

Answer: E""",'BD','r2 long')
M(mv,'D',"""To determine which piece completes the square, we need to analyze the missing part.

1. The missing part has two right angles.
2. Piece A has only one right angle.
3. Piece B has none.
4. Piece C is too small.
5. Piece D has two right angles and the right size.
6. Piece E is too large.

Therefore, the piece that completes the square is \\( \\boxed{D} \\).""",'AE','r2 long')
M(mv,None,"""To determine which piece completes the square, we need to analyze the missing part.

1. Piece A has only one right angle.
2. Piece B has none.
3. Piece C""",'ABC','r2 truncated')
M(mvs,'C',"""<think>Okay, so I need to find angle 2. AB is parallel to CD. Angle 1 is 50°. Maybe angle 2 is 50° by alternate angles, which is B. Wait, but angle 2 is on the other side, so it's supplementary. 180 - 50 = 130. Hmm, is that right? Let me look again. Yes, they are co-interior angles. So 130°, choice C.</think>

Since AB ∥ CD, angles 1 and 2 are co-interior angles, so ∠2 = 180° − 50° = 130°.

The answer is **C**.""",'BD','r2 long think')
F('mathvision','18',["To solve this, we count the cubes layer by layer.\n\n1. Bottom layer: 3 × 3 = 9 cubes\n2. Middle layer: 6 cubes\n3. Top layer: 3 cubes\n\nTotal: 9 + 6 + 3 = 18\n\nTherefore, the answer is $\\boxed{18}$.","Total number of cubes: 9 + 6 + 3 = **18** cubes.","Thus, the total number of cubes is 18, of which 9 are at the bottom.","<think>9+6=15, +3=18.</think>\n\n<answer>18 cubes</answer>","There are 18 cubes in the tower.\n\n(9 + 6 + 3 = 18)","所以一共有18个小正方体。","故答案为18。","共18个","The tower consists of 18 cubes (9 + 6 + 3)."],
 ["To solve this, we count the cubes layer by layer.\n\n1. Bottom layer: 18 cubes\n2. Middle layer: 6 cubes\n\nTotal: 24\n\nTherefore, the answer is $\\boxed{24}$.","1. Bottom layer: 9 cubes\n2. Middle layer: 9 cubes, so far 18\n3. Top layer:","The bottom layer has 18 cubes. To find the total we also need","18 cubes are visible, and 2 are hidden, for a total of 20.","一共有20个，其中18个可见。","所以一共有180个。"],q='How many cubes are there?\n<image1>',note='r2 long free form')
F('mathverse','36',["To find the area, we use \\( A = \\frac{1}{2} b h \\).\n\nSubstituting \\( b = 9 \\) and \\( h = 8 \\):\n\n\\[ A = \\frac{1}{2} \\times 9 \\times 8 = 36 \\]\n\nThus the area is 36.","\\[ A = \\frac{1}{2} \\times 9 \\times 8 = 36 \\text{ cm}^2 \\]","Area = 36 square units","The area of the triangle is \\(36\\) square centimeters.","A = 36 sq. units","$$A = 36$$"],
 ["\\[ A = 9 \\times 8 = 72 \\] and half of 36 is 18. Thus the area is 18.","The perimeter is 36. The area is 54.","\\[ A = \\frac{1}{2} \\times 9 \\times 8 \\]\n\nHence A = 35.","The area is 36 times 2, that is 72."],q='Find the area of the triangle.',note='r2 long free form')
# yes/no
for s,p in [('No','Yes, at first sight. However, on measuring, the answer is no.'),('Yes','No... let me check again. Final answer: Yes'),('Yes','There are no cars. So, yes, the statement is right.'),('Yes','The sign says "No Smoking", so the answer is yes.'),('Yes','Yes, the sign says "No Smoking".'),('No','No, the sign says "Yes".'),('Yes','No error can be found, so yes.'),('No','I would say no.'),('Yes','I would say yes.'),('No','没有。图中没有狗。'),('Yes','是的。'),('No','不是的。'),('Yes','答案是：是'),('Yes','对，是的。'),('No','The answer is "no", not "yes".'),('Yes','The answer is "yes", not "no".'),('No','Yes would be wrong here. The answer is no.'),('No','yes, no wait... no'),('Yes','Yes\n\nThe image shows that no country exceeds China.'),('No','No\n\nAlthough yes is tempting, the lines are parallel.'),('Yes','Yes, it is. There is no difference between the two lines, no matter how you measure.'),('No',"No, they aren't."),('No','Nope.'),('Yes','Yeah, they are the same.'),('No','**No**, the two red lines are **not** the same length.'),('No','The correct answer is: No, the two lines are not parallel.'),('Yes','<think>No? Let me see. The chart says 5 > 4.</think>\n\nYes.'),('No','<think>Yes? Let me see. The chart says 5 < 4, not true.</think>\n\nNo, it is not.'),('Yes','Yes, it is true that there are no dogs in this picture.'),('No','Is it larger? No.'),('Yes','Is it larger? Yes.'),('No','So no.'),('Yes','So yes, the two are equal.')]:
    Y(s,p,'r2 yes/no')
for p in ['The answer is not yes.' if False else 'Not sure.','Either yes or no.','The question asks for yes or no.','There is no image.','No image was provided.','No answer can be given.','There is no way to tell.','No idea.','I have no information about that.','Unable to answer yes or no without the image.','Answer yes or no:','<think>No, wait']:
    Y(None,p,'r2 neither')

# ================= round 3: trailing remarks and what the probes suggested =================
M(col,'B','The bus is blue. The car is red.','A','r3 remark after')
M(col,'B','The bus is blue. Behind it stands a building, which is red.','A','r3 remark after')
M(col,'B','Answer: B\n\nNote: the car next to it is red.','A','r3 remark after')
M(col,'B','The bus is blue.\n\nThe traffic light is green.','C','r3 remark after')
M(col,'B','Blue.\n\nThe bus is mostly blue.','A','r3')
M(col,'B','Blue is the dominant colour.','A','r3')
M(col,'B','The bus is painted blue.','A','r3')
M(col,'B','The bus in the picture is mainly blue, and the license plate is yellow.','D','r3 remark after')
M(cnt,'C','There are 4 chairs visible in the image.','A','r3')
M(cnt,'C','I count 4 chairs.','A','r3')
M(cnt,'C','There are 4 chairs. The number of tables is 2.','A','r3 remark after')
M(cnt,'B','The number of chairs is 3. The table has 4 legs.','C','r3 remark after')
M(geo,'C','The answer is 60°.\n\nFor comparison, a right isosceles triangle would have 45°.','B','r3 remark after')
M(geo,'C','Answer: C. (If A were 90°, the answer would be B.)','B','r3 counterfactual after')
M(geo,'C','The answer is C. Many students wrongly think the answer is A.','A','r3 remark after')
M(geo,'C','The answer is C. The answer is not B because the sum would be 150°.','B','r3 remark after')
M(geo,'C','\\boxed{C}\n\nSome would say \\boxed{B}, but that is wrong.','B','r3 remark after')
M(geo,'C','<answer>C</answer>\n\nThe answer B would be wrong.','B','r3 after the tag')
M(geo,'C','<answer>C</answer>\n\nLet me know if you need help with option D.','D','r3 after the tag')
M(geo,'C','Answer: C\n\nA: too small\nB: too small\nD: too large','ABD','r3 remark after')
M(geo,'C','Answer: C\n\nReference answer format: A/B/C/D','D','r3')
M(pro,'B','Answer: B\n\nI hope this helps.','I','r3 I')
M(pro,'B','Answer: B. If you have more questions, I am happy to answer.','I','r3 I')
F('mathvista','12',['The bar reaches 12 at x = 3.','The answer is 12. Note that x = 3 there.','Answer: 12\n\n(Checked at x = 3.)','The bar is 12 high.','The height of the bar is 12. The next bar is 3 high.','**12**\n\nThe second bar is only 3.','The value is 12.\n\n1. Read the axis.\n2. Find the bar.\n3. Compare.','12\n\nExplanation: the bar is 3 units above 9.','It is 12, three more than the bar next to it.'],
 [],q='Question: How high is the highest bar?',note='r3 remark after',answer_type='integer')
F('mathvista','3',[],['The bar reaches 12 at x = 3.','The answer is 12. Note that x = 3 there.','Answer: 12\n\n(Checked at x = 3.)','The height of the bar is 12. The next bar is 3 high.','**12**\n\nThe second bar is only 3.','The value is 12.\n\n1. Read the axis.\n2. Find the bar.\n3. Compare.','12\n\nExplanation: the bar is 3 units above 9.','It is 12, three more than the bar next to it.','if x = 3','Let x = 3','Page 3','Problem 3: find the bar','1. Look at the axis.\n2. Look at the bars.\n3. ','3 dozen','I doubt it is 3','Perhaps the chart has 3 bars, of which the highest','x = 3 is the position of the bar; its height I cannot read.','The chart shows the years from 2001 to 2003, and there are 3 bars.'],q='Question: How high is the highest bar?',note='r3 (trap)',answer_type='integer')
for s,p in [('Yes','Yes, no doubt.'),('No','Hence no, it is not.'),('Yes','Therefore, yes, it is.'),('No','Yes, actually no.'),('Yes','No, actually yes.'),('No','So, no, the lines are not equal.'),('Yes','Yes. The answer would be no if the lines were longer.'),('No','The answer is no. A yes would need equal angles.')]: Y(s,p,'r3 yes/no')

write(sys.argv[1])
