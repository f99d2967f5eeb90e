#!/usr/bin/env python3
r"""Writes pairs.jsonl: answers that mean the same and answers that do not, and checks the numeric ones with sympy.

    python3 make_pairs.py pairs.jsonl

Every line is {"a", "b", "equal", "decimals"}: a the answer, b the right one. Needs sympy. What sympy is told is the third member of a
line, a pair of its own expressions; lines without it are labelled by hand.
"""

import json
import sys

import sympy
from sympy import Rational as R, pi, sqrt, E, sin, cos, log, symbols  # noqa: F401

x, y, a, b, n, r, t, k = symbols("x y a b n r t k")

# (answer, right answer, sympy's pair or None)
EQUAL = [
    (r"\frac{1}{2}", "0.5", "R(1,2), R('0.5')"), (r"\dfrac{3}{4}", "3/4", "R(3,4), R(3,4)"), (r"\tfrac{6}{8}", r"\frac{3}{4}", "R(6,8), R(3,4)"),
    (r"\frac12", "1/2", "R(1,2), R(1,2)"), ("1/2", r"\frac{2}{4}", "R(1,2), R(2,4)"), ("0.25", "1/4", "R('0.25'), R(1,4)"),
    (".5", "0.5", None), ("5.0", "5", None), ("5.", "5", None), ("05", "5", None), ("+5", "5", None), ("-0", "0", None),
    ("1,000", "1000", None), ("1{,}000", "1000", None), (r"1\,000", "1000", None), ("12,345,678", "12345678", None),
    ("1,234.5", "1234.5", None), ("3.2e5", "320000", None), (r"3.2 \times 10^5", "320000", None), (r"3.2\cdot10^{5}", "3.2e5", None),
    ("1e-3", "0.001", None), (r"2\times10^{-3}", "0.002", None), ("6.02e23", r"6.02\times 10^{23}", None),
    (r"1\frac{1}{2}", "1.5", "R(3,2), R('1.5')"), ("1 1/2", "3/2", "R(3,2), R(3,2)"), (r"-2\frac{1}{3}", r"-\frac{7}{3}", "-R(7,3), -R(7,3)"),
    ("2½", "5/2", None), ("½", "0.5", None), (r"\frac{10}{4}", "2.5", None), ("7/1", "7", None), ("0.125", r"\frac{1}{8}", None),
    (r"\sqrt{4}", "2", "sqrt(4), 2"), (r"\sqrt{12}", r"2\sqrt{3}", "sqrt(12), 2*sqrt(3)"), ("2√3", r"2\sqrt{3}", None), ("√2", r"\sqrt{2}", None),
    (r"\sqrt3", r"\sqrt{3}", None), (r"\frac{1}{\sqrt{2}}", r"\frac{\sqrt{2}}{2}", "1/sqrt(2), sqrt(2)/2"), ("sqrt(2)/2", r"\frac{\sqrt2}{2}", None),
    (r"\sqrt[3]{8}", "2", "sympy.cbrt(8), 2"), (r"\sqrt[3]{16}", r"2\sqrt[3]{2}", "sympy.cbrt(16), 2*sympy.cbrt(2)"),
    (r"\sqrt{50}", r"5\sqrt{2}", "sqrt(50), 5*sqrt(2)"), (r"\sqrt{8}+\sqrt{2}", r"3\sqrt{2}", "sqrt(8)+sqrt(2), 3*sqrt(2)"),
    (r"\frac{2}{\sqrt{3}}", r"\frac{2\sqrt{3}}{3}", "2/sqrt(3), 2*sqrt(3)/3"), ("3*sqrt(5)", r"3\sqrt{5}", None),
    (r"\frac{1+\sqrt{5}}{2}", "(1+sqrt(5))/2", None), (r"\sqrt{2}\sqrt{3}", r"\sqrt{6}", "sqrt(2)*sqrt(3), sqrt(6)"),
    ("2^10", "1024", None), ("2^{10}", "1024", None), ("4^{1/2}", "2", None), ("8^{2/3}", "4", None), ("2^{-1}", "0.5", None), ("10^2", "100", None),
    ("3²", "9", None), ("2³", "8", None), ("5!", "120", None), ("|−5|", "5", None), ("|-5|", "5", None), ("(-2)^3", "-8", None),
    (r"2\pi", "2π", None), (r"\pi/2", r"\frac{\pi}{2}", "pi/2, pi/2"), ("2*pi", r"2\pi", None), (r"\frac{3\pi}{4}", r"\frac{3}{4}\pi", "3*pi/4, R(3,4)*pi"),
    (r"4\pi r^2", r"4 \pi r^{2}", None), (r"\pi r^2", r"r^2\pi", None), ("pi", r"\pi", None), (r"12\pi", "12 pi", None), (r"-\pi", "-π", None),
    (r"\sin 30^\circ", "1/2", "sin(pi/6), R(1,2)"), (r"\cos 60^{\circ}", "0.5", "cos(pi/3), R(1,2)"), (r"\sin(\pi/6)", "0.5", "sin(pi/6), R(1,2)"),
    (r"\tan 45^\circ", "1", None), (r"\cos(0)", "1", None), (r"\ln e", "1", None), (r"\log_2 8", "3", "log(8,2), 3"), (r"\log 100", "2", None),
    (r"\log_{10} 1000", "3", None), (r"\ln(e^2)", "2", None), (r"e^{\ln 5}", "5", None),
    ("50%", "0.5", None), (r"50\%", "50%", None), ("50 percent", "50%", None), ("12.5%", "1/8", None), ("25%", "25", None), ("0.25", "25%", None),
    ("60°", "60", None), (r"60^\circ", "60", None), (r"60^{\circ}", "60°", None), ("60 degrees", "60", None), ("60 degrees", r"60^\circ", None), ("60", r"60^{\circ}", None),
    ("5 cm", "5", None), ("5cm", "5 cm", None), (r"5\text{ cm}", "5", None), (r"5 \mathrm{cm}", "5cm", None), ("5", r"5\text{ cm}", None), ("50 cm", "0.5 m", None),
    ("1 km", "1000 m", None), ("2 hours", "120 minutes", None), ("1 hour", "60 min", None), ("1.5 kg", "1500 g", None), ("3 inches", "3 in", None), ("12 inches", "1 foot", None),
    (r"25 \text{ cm}^2", "25", None), (r"25\text{ cm}^2", r"25 \mathrm{cm}^{2}", None) if False else (r"25\text{ cm}^2", r"25 \mathrm{cm}^2", None), ("100 cm²", "0.01 m²", None),
    ("10 square meters", "10", None), ("10 square meters", r"10\text{ m}^2", None), ("5 km/h", "5", None), (r"5 \text{ m}/\text{s}", "5", None), ("$5", "5", None), ("$5.00", "$5", None),
    ("5 dollars", "$5", None), (r"\$5", "5", None), ("30 students", "30", None), ("12 apples", "12", None), ("1 L", "1000 mL", None) if False else ("2 liters", "2000 ml", None),
    ("$5$", "5", None), (r"\(5\)", "5", None), (r"\[5\]", "5", None), ("$$5$$", "5", None), ("**5**", "5", None), ("`5`", "5", None), ("5.", "5", None), (" 5 ", "5", None),
    ("x = 5", "5", None), ("5", "x=5", None), ("x=5", "x = 5.0", None), ("y = 2x + 1", "y=1+2x", None), ("f(x)=x^2", "x^2", None), ("AB = 10", "10", None), (r"\angle A = 30^\circ", "30", None) if False else ("AB=10", "AB = 10", None),
    ("2x+1", "1+2x", None), ("2(x+1)", "2x+2", "2*(x+1), 2*x+2"), ("(x+1)^2", "x^2+2x+1", "(x+1)**2, x**2+2*x+1"), ("x^2-1", "(x-1)(x+1)", "x**2-1, (x-1)*(x+1)"),
    ("x^{2}", "x^2", None), ("x²", "x^2", None), ("2*x", "2x", None), (r"2\cdot x", "2x", None), (r"\frac{x}{2}", "x/2", None), (r"\frac{x+1}{2}", "(x+1)/2", None), ("0.5x", "x/2", None),
    (r"\frac{1}{x}", "x^{-1}", None), ("-(x-1)", "1-x", None), ("ab", "ba", None), ("a^2-b^2", "(a+b)(a-b)", None), ("3xy", "3yx", None), (r"\frac{a}{b}", "a/b", None),
    (r"\sqrt{x^2y^2}", "|xy|", "sqrt(x**2*y**2), 0*x+sqrt(x**2*y**2)"), ("n(n+1)/2", r"\frac{n^2+n}{2}", "n*(n+1)/2, (n**2+n)/2"), (r"\frac{n(n+1)}{2}", "n(n+1)/2", None), ("2^{n+1}", r"2\cdot2^n", "2**(n+1), 2*2**n"),
    ("x+y=5", "y=5-x", None), ("2x+y=3", "y=3-2x", None), ("x - y = 1", "y - x = -1", None), ("y=-x+3", "x+y=3", None),
    ("(1,2)", "(1, 2)", None), (r"\left(1,2\right)", "(1,2)", None), ("(0.5, 1)", r"(\frac{1}{2}, 1)", None), ("(-1,3)", "(−1, 3)", None), (r"(\sqrt{4}, 3)", "(2,3)", None), ("(1,2,3)", "( 1 , 2 , 3 )", None),
    ("[1,2]", "[1, 2]", None), ("[0,1)", "[0, 1)", None), ("(-2,1]", "(-2, 1]", None), (r"(-\infty, 3)", r"(-\infty,3)", None), (r"[2, \infty)", r"[2,\infty)", None), (r"(-\infty,0)\cup(1,\infty)", r"(1,\infty)\cup(-\infty,0)", None),
    ("x > 5", r"(5, \infty)", None), ("x<3", r"(-\infty, 3)", None), (r"x \ge 2", r"[2,\infty)", None), (r"x \leq 2", r"(-\infty,2]", None), (r"-2 < x \le 1", "(-2,1]", None), ("5 < x", "x > 5", None), ("x≥2", r"x \geq 2", None), ("1 ≤ x ≤ 3", "[1,3]", None),
    (r"\{1,2,3\}", r"\{3,2,1\}", None), ("1, 2", "2, 1", None), ("1 and 2", "1, 2", None), ("1 or 2", "2, 1", None), ("x=1 or x=2", "1, 2", None), (r"x = 2 \text{ or } x = 3", "2,3", None), (r"\pm 2", "2, -2", None) if False else ("2, -2", "-2, 2", None),
    (r"1 \pm \sqrt{2}", r"1+\sqrt{2}, 1-\sqrt{2}", None), (r"\{0.5\}", r"\{\frac{1}{2}\}", None), ("{1, 2}", r"\{1,2\}", None), ("x=1,y=2", "x=1, y=2", None), ("x=1,y=2", "y=2,x=1", None),
    ("3:4", "3/4", None), ("3 : 4", "3:4", None), ("6:8", "3:4", None), (r"8 \div 2", "4", None), ("2+3", "5", None), ("10-3", "7", None), ("3 × 4", "12", None), ("2*3+4", "10", None), ("(2+3)*4", "20", None), ("-3-4", "-7", None), ("1/3+1/6", "1/2", "R(1,3)+R(1,6), R(1,2)"),
    (r"\frac{\frac{1}{2}}{3}", "1/6", None), ("1/(1/2)", "2", None), (r"\frac{-3}{4}", r"-\frac{3}{4}", None), (r"\frac{3}{-4}", "-0.75", None), ("−5", "-5", None), ("–5", "-5", None), ("--5", "5", None),
    ("9999999999999999999", "9999999999999999999.0", None), ("0.1+0.2", "0.3", None), ("1/7", "2/14", None), ("100000000000000000001/3", r"\frac{100000000000000000001}{3}", None),
    (r"\frac{\pi^2}{6}", r"\pi^2/6", None), (r"e^2", "e*e", None), (r"2e", "2*e", None), (r"\sqrt{\frac{1}{4}}", "0.5", None), (r"\frac{\sqrt{3}}{3}", r"\frac{1}{\sqrt{3}}", "sqrt(3)/3, 1/sqrt(3)"), (r"\sqrt{3}/2", r"\frac{\sqrt{3}}{2}", None),
    (r"\theta", r"\theta", None), (r"2\alpha+\beta", r"\beta+2\alpha", None), (r"\sin^2 x", r"(\sin x)^2", None), (r"\sin(2x)", r"2\sin(x)\cos(x)", "sin(2*x), 2*sin(x)*cos(x)"), (r"\cos^2 x + \sin^2 x", "1", None) if False else (r"\ln(x^2)", r"2\ln(|x|)", None), (r"a_1 + a_2", r"a_2+a_1", None),
    (r"\frac{22}{7}", "22/7", None), ("3.14159", "3.14159", None), ("0.333", "0.333", None), ("1.0e2", "100", None), ("4.50", "4.5", None), ("007", "7", None), ("3/6", "0.5", None), ("-1/2", r"-0.5", None),
]
DECIMALS = [("3.14", r"\pi", 2, True), ("3.1", r"\pi", 1, True), ("0.33", "1/3", 2, True), ("1.41", r"\sqrt{2}", 2, True), ("2.0", "2", 1, True), ("5.24 cm", "5.24", 2, True), ("3.15", r"\pi", 2, False), ("0.3", "1/3", 2, False), ("1.5", "1.4", 1, False), ("7.46", "7.5", 2, False)]
UNEQUAL = [
    ("5", "6"), ("5", "-5"), ("0.5", "5"), ("1/2", "1/3"), (r"\frac{3}{4}", r"\frac{4}{3}"), ("1,000", "100"), ("1000", "10000"), ("0.33", "1/3"), ("0.333333", "1/3"), ("0.3333333333", "1/3"),
    ("3.14", r"\pi"), ("3.14159", r"\pi"), ("22/7", r"\pi"), ("1.41", r"\sqrt{2}"), ("1.414213", r"\sqrt{2}"), ("2.718", "e"), ("1.73", r"\sqrt{3}"), (r"\sqrt{2}", "2"), (r"\sqrt{3}", r"\sqrt{2}"), (r"2\sqrt{3}", r"3\sqrt{2}"), (r"\sqrt{12}", r"3\sqrt{2}"), (r"\sqrt{5}", "5"), (r"\sqrt[3]{4}", r"\sqrt{4}"), (r"2\sqrt{3}", r"\sqrt{6}"),
    (r"2\pi", r"\pi"), (r"\pi", "3"), (r"\frac{\pi}{2}", r"\frac{\pi}{3}"), (r"\pi^2", r"2\pi"), (r"12\pi", "12"), ("12", r"12\pi"), ("36", r"36\pi"), (r"4\pi r^2", r"\pi r^2"), (r"\pi r^2", r"2\pi r"),
    ("2^3", "6"), ("2^3", "9"), ("2^10", "1000"), ("10^2", "20"), ("x^2", "2x"), ("x^2", "x^3"), ("x²", "x"), ("3²", "6"), ("5!", "5"), ("4!", "25"), ("(-2)^2", "-4"), ("-2^2", "4"),
    (r"\sin 30^\circ", "1"), (r"\sin 30", "1/2"), (r"\cos 60^\circ", r"\frac{\sqrt{3}}{2}"), (r"\tan 45^\circ", "45"), (r"\log_2 8", "4"), (r"\ln 2", r"\log 2"), (r"\log 100", "10"),
    ("50%", "5"), ("50%", "0.05"), ("50%", "500"), ("5%", "0.5"), ("0.5%", "0.5"  ) if False else ("5%", "50"), ("25%", "2.5"), ("0.5", "5%"), ("12.5%", "1/4"),
    ("60°", "30°"), (r"60^\circ", "600"), ("60 degrees", "6"), ("90", r"60^\circ"),
    ("5 cm", "5 m"), ("5 cm", "5 kg"), ("5 cm", "50 cm"), ("50 cm", "5 m"), ("1 km", "100 m"), ("2 hours", "100 minutes"), ("5 kg", "5 g"), (r"5\text{ cm}", r"5 \text{ cm}^2"), ("5 cm²", "5 cm"), ("10 km/h", "10 m"), ("5 apples", "5 oranges"), ("5 m", "5 s") if False else ("5 meters", "5 seconds"), ("$5", "50"), ("5 dollars", "5 cents"), ("12 inches", "12 feet"), ("100 cm²", "1 m²"), ("1 liter", "100 ml"), ("3 years", "3 months"),
    ("x = 5", "6"), ("x=5", "y=5"), ("x=5", "x=6"), ("x = -5", "5"), ("y = 2x+1", "y=2x-1"), ("y=2x", "y=x/2"), ("f(x)=x^2", "f(x)=x^3"), ("AB=10", "5"), ("x+y=5", "x-y=5"), ("2x+y=3", "x+2y=3"),
    ("2x+1", "2x-1"), ("2(x+1)", "2x+1"), ("(x+1)^2", "x^2+1"), ("(x+1)^2", "x^2+x+1"), ("x^2-1", "(x-1)^2"), ("x/2", "2/x"), ("x/2", "2x"), (r"\frac{x}{y}", r"\frac{y}{x}"), ("a-b", "b-a"), ("ab", "a+b"), ("3x", "x^3"), ("x", "y"), ("x", "X") if False else ("a", "b"), ("2n+1", "2n"), ("n(n+1)/2", "n(n-1)/2"), ("n^2", "2^n"), ("2^{n+1}", "2^n+1"), (r"\sin x", r"\cos x"), (r"\sin 2x", r"2\sin x"), (r"\ln x", r"\log x"), (r"\sqrt{x}", "x"), (r"\sqrt{x+1}", r"\sqrt{x}+1"), ("e^x", "x^e"), ("1/x", "x"),
    ("(1,2)", "(2,1)"), ("(1,2)", "(1,3)"), ("(1,2)", "[1,2]"), ("(1,2)", "1,2") if False else ("(1,2)", "(1,2,3)"), ("(-1,2)", "(1,2)"), ("(0,1)", "(0,0.1)"), ("(1,2)", "3"), ("(1, 2, 3)", "(3, 2, 1)"), ("(x,y)", "(y,x)"),
    ("[1,2]", "[1,2)"), ("[1,2)", "(1,2]"), ("[0,1]", "[0,2]"), (r"(-\infty,3)", r"(-\infty,3]"), (r"(-\infty,3)", r"(3,\infty)"), (r"[2,\infty)", r"(2,\infty)"), (r"(-\infty,0)\cup(1,\infty)", r"(-\infty,1)\cup(0,\infty)"), (r"(-\infty,0)\cup(1,\infty)", r"(-\infty,0)"), ("(-2,1]", "[-2,1]"),
    ("x > 5", "x < 5"), ("x > 5", r"x \ge 5"), ("x<3", r"(3,\infty)"), (r"x\ge2", r"(2,\infty)"), ("x>5", "5"), ("5", "x>5"), ("-2<x<1", "(-1,2)"), (r"1\le x\le3", "(1,3)"), ("x > 5", "x > 6"), ("x<-3", "x>3"),
    (r"\{1,2,3\}", r"\{1,2\}"), (r"\{1,2\}", r"\{1,3\}"), ("1, 2", "1"), ("1", "1, 2"), ("1 or 2", "1 or 3"), ("x=1 or x=2", "x=1"), ("2, -2", "2"), ("1, 2, 3", "1, 2, 4"), ("1,2", "12"), ("1, 1", "1, 2"), (r"\{1,2\}", "(1,2)"), (r"1\pm\sqrt{2}", r"1+\sqrt{2}"), (r"1\pm\sqrt{2}", r"1\pm\sqrt{3}"), ("x=1,y=2", "x=2,y=1"), ("x=1, y=2", "x=1"), (r"\varnothing", "0"), (r"\emptyset", r"\{0\}"),
    ("3:4", "4:3"), ("3:4", "7"), ("6:8", "3:5"), (r"8\div 2", "6"), ("2+3", "6"), ("10-3", "13"), ("3 × 4", "7"), ("2*3+4", "14"), ("(2+3)*4", "14"), ("1/3+1/6", "2/9"), ("1/2/2", "1"), ("2/3", "0.67"), ("2/3", "0.666"),
    ("9999999999999999999", "9999999999999999998"), ("100000000000000000001", "100000000000000000000"), ("0.1000000000000000000001", "0.1"), ("1e10", "1e11"), ("3.2e5", "3.2e4"), (r"3.2\times10^5", "3.2"), (r"2\times10^{-3}", "2000"), ("1e-3", "1000"),
    ("yes", "no"), ("red", "blue"), ("A", "B"), ("", "5"), ("5", "five hundred"), ("12", "1"), ("12", "2"), ("120", "12"), ("15", "5"), ("3.5", "35"), ("-3.5", "3.5"), ("100", "1000"), ("2", "20"), ("7", "17"), (r"\frac{1}{2}", "12"), (r"\frac{12}{5}", r"\frac{1}{25}"), (r"1\frac{1}{2}", r"\frac{1}{2}"), (r"1\frac{1}{2}", "11/2"), (r"2\frac{1}{3}", "2/3"), ("1 1/2", "1/2"), (r"\infty", "0"), (r"\infty", r"-\infty"), (r"\theta", r"\alpha"), ("a_1", "a_2"), ("x_1", "x"), (r"\frac{a}{b+c}", r"\frac{a}{b}+c"), ("a/bc", "a/(bc)") if False else ("a/b", "b/a"), ("x+2", "2-x"), ("-x", "x"), ("0", "1"), ("0", "0.001"), ("1", "0.999"), ("1", "1.0001"), ("2.5", "2"), ("1.5", "15"), ("1,5", "15"), ("1.000", "1000"), ("1,00", "100"), ("45", "45.5"),
]

lines = []
for left, right, pair in EQUAL:
    if pair:
        one, other = eval(f"({pair})")
        assert sympy.simplify(one - other) == 0, (left, right)
    lines.append(dict(a=left, b=right, equal=True))
for left, right in UNEQUAL:
    lines.append(dict(a=left, b=right, equal=False))
for left, right, decimals, equal in DECIMALS:
    lines.append(dict(a=left, b=right, equal=equal, decimals=decimals))
with open(sys.argv[1], "w") as file:
    for line in lines:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
print(sum(line["equal"] for line in lines), "equal,", sum(not line["equal"] for line in lines), "not")
