#!/usr/bin/env python3
r"""Writes pairs-second.jsonl: pairs of answers, labelled by someone who had not seen the comparison nor the first pairs.

    python3 make_pairs_second.py pairs-second.jsonl

Each group holds spellings of one value; every spelling is equal to the first of its group and differs from what follows `not`. Where
a group has a value that sympy can hold, both sides of its pairs are given in sympy's words too and are checked: an equal pair must
simplify to the same, a different one must not. Needs sympy (1.14).
"""

import json
import sys

import sympy as sp
from sympy import E, I, Rational as R, cos, exp, log, oo, pi, sin, sqrt, symbols, tan

x, y, a, b, n = symbols("x y a b n")
PAIRS = []


def group(value, same, different, decimals=None):
    """`value` is sympy's, or None; `same` spellings; `different` spellings with sympy's value of each, or None."""
    first = same[0]
    for other in same[1:]:
        PAIRS.append(dict(a=other, b=first, equal=True, decimals=decimals))
    for other, worth in different:
        if worth is not None and value is not None and decimals is None:
            gap = sp.simplify(sp.sympify(worth) - value)
            assert gap != 0, (other, first)
        PAIRS.append(dict(a=other, b=first, equal=False, decimals=decimals))


def worth(pairs):
    """Spellings of one value with sympy's value of each: checks that they are one."""
    value = sp.sympify(pairs[0][1])
    for text, other in pairs:
        other = sp.sympify(other)
        assert sp.simplify(other - value) == 0, (text, other, value)
    return value, [text for text, _ in pairs]


def numbers(same, different):
    value, texts = worth(same)
    group(value, texts, different)


numbers([("1/2", R(1, 2)), ("\\frac{1}{2}", R(1, 2)), ("\\frac12", R(1, 2)), ("\\dfrac{2}{4}", R(2, 4)), ("\\tfrac{1}{2}", R(1, 2)), ("0.5", R("0.5")), (".5", R("0.5")), ("0.50", R(1, 2)),
         ("50\\%", R(50, 100)), ("50%", R(1, 2)), ("\\frac{1}{1+1}", R(1, 2)), ("2^{-1}", sp.Integer(2) ** -1), ("2/4", R(2, 4)), ("\\left(\\frac{1}{2}\\right)", R(1, 2)), ("1 - 1/2", 1 - R(1, 2)), ("\\cos 60^\\circ", cos(pi / 3)), ("\\sin(\\pi/6)", sin(pi / 6)), ("5e-1", R(1, 2))],
        [("2", 2), ("0.49", R("0.49")), ("0.5001", R("0.5001")), ("-1/2", -R(1, 2)), ("1/3", R(1, 3)), ("5", 5), ("12", 12), ("\\frac{1}{-2}", -R(1, 2)), ("0.05", R("0.05")), ("5%", R("0.05")), ("\\sqrt{1/2}", sqrt(R(1, 2)))])
numbers([("1/3", R(1, 3)), ("\\frac13", R(1, 3)), ("\\frac{2}{6}", R(2, 6)), ("\\frac{0.5}{1.5}", R("0.5") / R("1.5")), ("3^{-1}", R(1, 3)), ("1 \\div 3", R(1, 3)), ("1÷3", R(1, 3))],
        [("0.33", R("0.33")), ("0.3333", R("0.3333")), ("0.333333333", R("0.333333333")), ("3", 3), ("33%", R("0.33")), ("1/3.0001", 1 / R("3.0001"))])
numbers([("1000", 1000), ("1,000", 1000), ("1{,}000", 1000), ("1\\,000", 1000), ("1\\ 000", 1000), ("10^3", 10 ** 3), ("10^{3}", 1000), ("1e3", 1000), ("1.0e3", 1000), ("1E3", 1000), ("1 \\times 10^3", 1000), ("1 × 10^3", 1000), ("1\\cdot10^{3}", 1000), ("1,000.00", 1000), ("10**3", 1000), ("+1000", 1000), ("10 * 100", 1000), ("10³", 1000)],
        [("100", 100), ("10000", 10000), ("1,00", 100), ("10^-3", R(1, 1000)), ("1e-3", R(1, 1000)), ("-1000", -1000), ("1000.1", R("1000.1")), ("10^{4}", 10000), ("103", 103), ("1", 1), ("1, 0", None), ("(1, 000)", None)])
numbers([("1,234,567", 1234567), ("1234567", 1234567), ("1.234567e6", 1234567), ("1.234567 \\times 10^{6}", 1234567), ("1,234,567.0", 1234567)], [("1,234,568", 1234568), ("1,234", 1234), ("1,234,56", 123456), ("12,345,67", None)])
numbers([("2\\sqrt{3}", 2 * sqrt(3)), ("2\\sqrt3", 2 * sqrt(3)), ("\\sqrt{12}", sqrt(12)), ("2√3", 2 * sqrt(3)), ("√12", sqrt(12)), ("2 sqrt(3)", 2 * sqrt(3)), ("sqrt(12)", sqrt(12)), ("2\\cdot\\sqrt{3}", 2 * sqrt(3)), ("\\frac{6}{\\sqrt{3}}", 6 / sqrt(3)), ("12^{1/2}", sqrt(12)), ("12^{0.5}", sqrt(12)), ("12^{\\frac{1}{2}}", sqrt(12)), ("\\sqrt{3}\\cdot 2", 2 * sqrt(3)), ("\\sqrt{3}+\\sqrt{3}", 2 * sqrt(3)), ("\\sqrt[4]{144}", R(144) ** R(1, 4)), ("4\\cos 30^\\circ", 4 * cos(pi / 6)), ("{2}\\sqrt{3}", 2 * sqrt(3)), ("2 \\sqrt {3}", 2 * sqrt(3))],
        [("3\\sqrt{2}", 3 * sqrt(2)), ("\\sqrt{6}", sqrt(6)), ("3.46", R("3.46")), ("3.4641016", R("3.4641016")), ("3.464101615", R("3.464101615")), ("\\sqrt{3}", sqrt(3)), ("-2\\sqrt{3}", -2 * sqrt(3)), ("2\\sqrt{3}i", None), ("\\sqrt[3]{12}", R(12) ** R(1, 3)), ("2^{\\sqrt{3}}", 2 ** sqrt(3)), ("\\pm 2\\sqrt{3}", None), ("23", 23), ("2+\\sqrt{3}", 2 + sqrt(3)), ("\\frac{2}{\\sqrt{3}}", 2 / sqrt(3))])
numbers([("\\sqrt[3]{8}", 2), ("2", 2), ("8^{1/3}", 2), ("\\sqrt{4}", 2), ("∛8", 2), ("\\log_2 4", 2), ("\\log_{2}{4}", 2), ("\\lg 100", 2), ("\\ln e^2", 2), ("|-2|", 2), ("\\left|-2\\right|", 2), ("2!", 2), ("2.000", 2), ("\\frac{4}{2}", 2), ("\\sqrt{\\sqrt{16}}", 2)],
        [("-2", -2), ("\\sqrt[3]{9}", R(9) ** R(1, 3)), ("\\log_4 2", R(1, 2)), ("3!", 6), ("\\sqrt{2}", sqrt(2)), ("2i", None), ("|-3|", 3), ("±2", None), ("2, -2", None)])
numbers([("\\pi", pi), ("π", pi), ("pi", pi), ("180^\\circ \\cdot \\frac{\\pi}{180^\\circ}", pi), ("\\frac{2\\pi}{2}", pi), ("\\pi/1", pi), ("4\\arctan(1)", 4 * sp.atan(1))], [("3.14", R("3.14")), ("3.14159265", R("3.14159265")), ("22/7", R(22, 7)), ("\\pi^2", pi ** 2), ("p", None), ("2\\pi", 2 * pi), ("\\pi r", None), ("3.141592653", R("3.141592653"))])
numbers([("12\\pi", 12 * pi), ("12π", 12 * pi), ("12 \\pi", 12 * pi), ("12*pi", 12 * pi), ("\\pi \\cdot 12", 12 * pi), ("\\frac{24\\pi}{2}", 12 * pi), ("3\\pi + 9\\pi", 12 * pi), ("\\pi(16-4)", 12 * pi), ("12\\times\\pi", 12 * pi)], [("12", 12), ("37.7", R("37.7")), ("12+\\pi", 12 + pi), ("\\frac{12}{\\pi}", 12 / pi), ("12\\pi^2", 12 * pi ** 2), ("12p", None), ("12\\pi i", None)])
numbers([("\\frac{\\pi}{3}", pi / 3), ("π/3", pi / 3), ("\\frac{1}{3}\\pi", pi / 3), ("\\frac13\\pi", pi / 3), ("\\pi/3", pi / 3), ("\\arccos\\frac{1}{2}", sp.acos(R(1, 2))), ("\\tan^{-1}(\\sqrt{3})", sp.atan(sqrt(3)))], [("60", 60), ("1.05", R("1.05")), ("\\frac{3}{\\pi}", 3 / pi), ("\\frac{\\pi}{6}", pi / 6), ("\\pi^{1/3}", pi ** R(1, 3))])
numbers([("1\\frac{1}{2}", R(3, 2)), ("1 \\frac{1}{2}", R(3, 2)), ("1 1/2", R(3, 2)), ("3/2", R(3, 2)), ("1.5", R(3, 2)), ("\\frac{3}{2}", R(3, 2)), ("1\\dfrac12", R(3, 2)), ("1½", R(3, 2)), ("150\\%", R(3, 2)), ("1+\\frac{1}{2}", R(3, 2))], [("1/2", R(1, 2)), ("11/2", R(11, 2)), ("2.5", R(5, 2)), ("1 - 1/2", R(1, 2)), ("\\frac{11}{2}", R(11, 2)), ("1\\cdot\\frac{1}{2}", R(1, 2))])
numbers([("-3", -3), ("−3", -3), ("–3", -3), ("- 3", -3), ("(-3)", -3), ("-3.0", -3), ("-(3)", -3), ("\\frac{-6}{2}", -3), ("\\frac{6}{-2}", -3), ("-\\frac{6}{2}", -3), ("2-5", -3), ("--(-3)", -3), ("\\sqrt[3]{-27}", -3)], [("3", 3), ("-(-3)", 3), ("-1/3", -R(1, 3)), ("-3.1", -R("3.1")), ("-13", -13)])
numbers([("1+\\sqrt{5}", 1 + sqrt(5)), ("\\sqrt{5}+1", 1 + sqrt(5)), ("\\frac{2+2\\sqrt{5}}{2}", 1 + sqrt(5)), ("1+5^{1/2}", 1 + sqrt(5)), ("\\frac{4}{\\sqrt{5}-1}", 4 / (sqrt(5) - 1)), ("\\sqrt{6+2\\sqrt{5}}", sqrt(6 + 2 * sqrt(5)))], [("1-\\sqrt{5}", 1 - sqrt(5)), ("\\sqrt{6}", sqrt(6)), ("3.236", R("3.236")), ("1\\sqrt{5}", sqrt(5)), ("1\\pm\\sqrt{5}", None), ("\\frac{1+\\sqrt{5}}{2}", (1 + sqrt(5)) / 2)])
numbers([("e", E), ("\\exp(1)", E), ("e^1", E), ("\\exp 1", E)], [("2.718", R("2.718")), ("1", 1), ("e^2", E ** 2)])
numbers([("\\ln 2", log(2)), ("\\ln{2}", log(2)), ("ln(2)", log(2)), ("\\frac{\\ln 4}{2}", log(4) / 2), ("-\\ln\\frac{1}{2}", log(2)), ("\\log_e 2", log(2))], [("\\log 2", log(2) / log(10)), ("\\ln 4", log(4)), ("0.693", R("0.693")), ("\\ln(2)+1", log(2) + 1)])
numbers([("x^2+2x+1", x**2 + 2*x + 1), ("(x+1)^2", (x + 1)**2), ("1+2x+x^2", x**2 + 2*x + 1), ("x^{2}+2 x+1", x**2 + 2*x + 1), ("(x+1)(x+1)", (x + 1)**2), ("x\\cdot x+2\\cdot x+1", x**2 + 2*x + 1), ("x(x+2)+1", x*(x + 2) + 1), ("x²+2x+1", x**2+2*x+1), ("(1+x)^{2}", (x + 1)**2), ("x**2+2*x+1", (x+1)**2)], [("x^2+2x", x**2 + 2*x), ("(x-1)^2", (x - 1)**2), ("y^2+2y+1", y**2 + 2*y + 1), ("x^2+1", x**2 + 1), ("2x+1", 2*x + 1), ("(x+1)^3", (x + 1)**3), ("x2+2x+1", None)])
numbers([("\\frac{x^2-1}{x+1}", (x**2 - 1)/(x + 1)), ("x-1", x - 1), ("-1+x", x - 1), ("-(1-x)", x - 1)], [("x+1", x + 1), ("1-x", 1 - x), ("|x-1|", None), ("\\sqrt{(x-1)^2}", sqrt((x-1)**2))])
numbers([("2ab", 2*a*b), ("2 a b", 2*a*b), ("2ba", 2*a*b), ("2a \\cdot b", 2*a*b), ("ab+ab", 2*a*b)], [("2a+b", 2*a + b), ("2ac", None), ("ab", a*b), ("2a^b", 2*a**b), ("2AB", None)])
numbers([("\\sin 2x", sin(2*x)), ("2\\sin x\\cos x", 2*sin(x)*cos(x)), ("\\sin(2x)", sin(2*x)), ("\\sin{2x}", sin(2*x))], [("2\\sin x", 2*sin(x)), ("\\sin^2 x", sin(x)**2), ("\\cos 2x", cos(2*x))])
numbers([("1", 1), ("\\sin^2 x+\\cos^2 x", sin(x)**2 + cos(x)**2), ("\\tan 45^\\circ", tan(pi/4)), ("\\sin 90°", 1), ("0!", 1), ("x^0", 1), ("0.\\overline{9}", 1), ("100\\%", 1), ("e^0", 1)], [("0", 0), ("1.0001", R("1.0001")), ("0.9999999", R("0.9999999")), ("\\sin 90", sin(90)), ("10", 10)])
numbers([("32000", 32000), ("3.2\\times10^4", 32000), ("3.2 \\times 10^{4}", 32000), ("3.2e4", 32000), ("3.2e+4", 32000), ("3.2E4", 32000), ("3.2·10^4", 32000), ("32 \\times 10^3", 32000), ("32,000", 32000)], [("3.2 \\times 10^5", 320000), ("3.2\\times 10^{-4}", R("0.00032")), ("3.2", R("3.2")), ("3.24", R("3.24")), ("3.2e5", 320000)])
numbers([("1/x", 1/x), ("\\frac{1}{x}", 1/x), ("x^{-1}", 1/x), ("\\frac{2}{2x}", 1/x)], [("x", x), ("-1/x", -1/x), ("1/x^2", 1/x**2), ("1/y", 1/y)])
numbers([("\\frac{\\sqrt{2}}{2}", sqrt(2)/2), ("\\frac{1}{\\sqrt{2}}", 1/sqrt(2)), ("\\sqrt{2}/2", sqrt(2)/2), ("\\frac{\\sqrt2}2", sqrt(2)/2), ("\\sqrt{\\frac{1}{2}}", sqrt(R(1, 2))), ("\\sqrt{0.5}", sqrt(R(1, 2))), ("\\sin 45^{\\circ}", sin(pi/4)), ("2^{-1/2}", 2**R(-1, 2)), ("\\frac{\\sqrt{2}}{2}.", sqrt(2)/2)], [("\\sqrt{2}", sqrt(2)), ("0.7071", R("0.7071")), ("0.70710678", R("0.70710678")), ("\\frac{2}{\\sqrt{2}}", 2/sqrt(2))])
numbers([("7^{10}", 7**10), ("282475249", 7**10), ("282,475,249", 7**10), ("49^5", 49**5)], [("282475248", 7**10 - 1), ("282475250", 7**10 + 1), ("7^{11}", 7**11), ("710", 710)])
numbers([("2^{100}", 2**100), ("1267650600228229401496703205376", 2**100), ("4^{50}", 4**50)], [("1267650600228229401496703205377", 2**100 + 1), ("2^{101}", 2**101), ("1.2676506e30", R("1.2676506e30"))])
numbers([("12345678901234567890", 12345678901234567890), ("12,345,678,901,234,567,890", 12345678901234567890)], [("12345678901234567891", 12345678901234567891), ("12345678901234567889", 12345678901234567889)])
numbers([("\\frac{1}{10^{20}}", R(1, 10**20)), ("10^{-20}", R(1, 10**20)), ("1e-20", R(1, 10**20))], [("0", 0), ("10^{-21}", R(1, 10**21)), ("2e-20", R(2, 10**20))])
numbers([("\\sqrt{2}+\\sqrt{3}", sqrt(2)+sqrt(3)), ("\\sqrt{5+2\\sqrt{6}}", sqrt(5+2*sqrt(6))), ("\\frac{1}{\\sqrt{3}-\\sqrt{2}}", 1/(sqrt(3)-sqrt(2)))], [("\\sqrt{5}", sqrt(5)), ("\\sqrt{6}", sqrt(6)), ("\\pi", pi), ("3.146", R("3.146"))])
# Without sympy: what is no single number.
group(None, ["(2,3)", "(2, 3)", "\\left(2,3\\right)", "( 2 , 3 )", "(2.0, 6/2)", "P(2,3)", "P = (2,3)", "\\left( 2,\\, 3 \\right)", "(2;3)", "$(2,3)$"], [(t, None) for t in ["(3,2)", "[2,3]", "(2,3]", "(2,3,4)", "2", "23", "(2,-3)", "\\{2,3\\}", "(2)(3)", "(2,4)"]])
group(None, ["\\{1,2,3\\}", "{1, 2, 3}", "\\{3,2,1\\}", "\\left\\{1,2,3\\right\\}", "1, 2, 3", "3, 2, 1", "\\{1, 2, \\frac{6}{2}\\}"], [(t, None) for t in ["\\{1,2\\}", "\\{1,2,4\\}", "(1,2,3)", "123", "\\{1,2,3,4\\}", "1", "\\{\\}", "\\{1,1,2\\}"]])
group(None, ["[0,5)", "\\left[0,5\\right)", "0 \\le x < 5", "0≤x<5", "x \\in [0,5)", "[0, 5)", "0 \\leq x < 5", "0\\leqslant x<5", "5 > x \\ge 0", "5>x≥0"], [(t, None) for t in ["(0,5)", "[0,5]", "(0,5]", "[0,6)", "0 < x < 5", "x < 5", "[5,0)", "0", "5", "0 \\le x \\le 5"]])
group(None, ["(-\\infty, 3]", "x \\le 3", "x≤3", "x \\leq 3", "x<=3", "3 \\ge x", "(-∞, 3]", "\\left(-\\infty,3\\right]"], [(t, None) for t in ["x < 3", "x \\ge 3", "(-\\infty,3)", "[3,\\infty)", "3", "x = 3", "x \\le -3", "-\\infty"]])
group(None, ["(-\\infty,1)\\cup(2,\\infty)", "x<1 or x>2", "(2,\\infty) \\cup (-\\infty,1)", "(-∞,1)∪(2,∞)", "x < 1 \\text{ or } x > 2"], [(t, None) for t in ["(-\\infty,1)", "(2,\\infty)", "(1,2)", "(-\\infty,1]\\cup[2,\\infty)", "x<1 and x>3", "(-\\infty,2)\\cup(1,\\infty)"]])
group(None, ["x=5", "5", "x = 5", "5=x", "x=\\frac{10}{2}", "$x=5$", "x = 5.0"], [(t, None) for t in ["y=6", "x=-5", "x=6", "x>5", "x=5 or x=6", "x^2=5", "\\frac{x}{5}", "x"]])
group(None, ["x=2, x=3", "x = 3, x = 2", "x=2 or x=3", "2, 3", "x=2 \\text{ or } x=3", "x = 2 and x = 3", "\\{2,3\\}", "x=2; x=3"], [(t, None) for t in ["2", "x=2", "x=2, x=4", "(2,3)", "x=-2, x=-3", "2.3", "x=2, x=3, x=4"]])
group(None, ["\\pm 2", "±2", "2, -2", "-2, 2", "x = \\pm 2", "\\{-2, 2\\}", "x=2 or x=-2", "\\pm\\sqrt{4}"], [(t, None) for t in ["2", "-2", "\\pm 3", "0", "4", "2, 3", "\\mp", "+-"]])
group(None, ["y=2x+1", "y = 2x + 1", "y=1+2x", "2x+1=y", "y-2x=1", "y-2x-1=0", "2x-y+1=0"], [(t, None) for t in ["y=2x-1", "x=2y+1", "y=2x", "y=x+1", "2x+y=1", "y=2x+2"]])
group(None, ["5 cm", "5cm", "5 \\text{ cm}", "5\\,\\mathrm{cm}", "5 \\mathrm{~cm}", "0.05 m", "50 mm", "5 centimeters", "5 centimetres"], [(t, None) for t in ["5 m", "5 mm", "5 km", "5 kg", "5 s", "5 cm^2", "50 cm", "5%", "5°", "6 cm", "5 cm/s", "5 inches"]])
group(None, ["0.5 m", "50 cm", "500 mm", "0.0005 km", "\\frac{1}{2} m", "0.5\\text{ m}", "50\\text{ cm}", "½ m"], [(t, None) for t in ["5 cm", "50 m", "0.5 cm", "0.5 m^2", "5 m", "0.5 kg"]])
group(None, ["12 cm^2", "12\\text{ cm}^2", "12 cm²", "12 \\mathrm{~cm}^{2}", "0.0012 m^2", "12 square centimeters", "1200 mm^2", "12 sq cm"], [(t, None) for t in ["12 cm", "12 cm^3", "12 m^2", "144 cm^2", "120 mm^2", "12^2 cm"]])
group(None, ["60°", "60^\\circ", "60^{\\circ}", "60 degrees", "60\\degree", "60 deg"], [(t, None) for t in ["60 rad", "61°", "6°", "60%", "60 cm", "60°C"]])
group(None, ["36 km/h", "36\\text{ km/h}", "10 m/s", "36 km/hr", "36 kilometers per hour", "36 kph"], [(t, None) for t in ["36 m/s", "36 km", "36 mph", "10 km/h", "36 h/km", "3.6 km/h"]])
group(None, ["$25", "\\$25", "25 dollars", "$25.00", "\\$25.00", "25 USD"], [(t, None) for t in ["€25", "£25", "25 cents", "$250", "$2.5", "25%", "25 cm", "$25 million"]])
group(None, ["2 hours", "2 h", "120 minutes", "120 min", "7200 s", "2 hr", "2 hrs"], [(t, None) for t in ["2 minutes", "120 s", "2 days", "120 h", "2 m"]])
group(None, ["75%", "75\\%", "75 %", "75 percent", "0.75", "3/4", "75 per cent"], [(t, None) for t in ["75 cm", "7.5", "0.0075", "75°", "7500%", "57%"]])
group(None, ["\\infty", "∞", "infinity", "+\\infty", "\\text{infinity}"], [(t, None) for t in ["-\\infty", "0", "1", "99999999999999999999", "8"]])
group(None, ["3:4", "3 : 4", "\\frac{3}{4}", "3/4", "6:8", "3 \\colon 4"], [(t, None) for t in ["4:3", "34", "3:5", "3", "(3,4)"]])
group(None, ["\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\begin{bmatrix}1 & 2\\\\ 3 & 4\\end{bmatrix}", "\\begin{pmatrix} 1 & 2 \\\\ 3 & \\frac{8}{2} \\end{pmatrix}"], [(t, None) for t in ["\\begin{pmatrix}1&2\\\\4&3\\end{pmatrix}", "\\begin{pmatrix}1&2&3&4\\end{pmatrix}", "\\begin{pmatrix}1\\\\2\\\\3\\\\4\\end{pmatrix}", "1"]])
group(None, ["3+4i", "4i+3", "3 + 4 i", "3+i\\cdot 4"], [(t, None) for t in ["3-4i", "4+3i", "7i", "3+4", "5", "7"]])
# To a number of decimals.
group(None, ["3.14", "\\pi", "3.1416", "3.142", "3.14159"], [(t, None) for t in ["3.1", "3.15", "3", "3.13", "3.147", "-3.14", "31.4"]], decimals=2)
group(None, ["0.33", "1/3", "0.333", "0.3333", "\\frac13"], [(t, None) for t in ["0.34", "0.3", "0.32", "3", "0.336"]], decimals=2)
group(None, ["2.4", "2.40", "2.38", "2.44", "12/5", "\\sqrt{5.76}"], [(t, None) for t in ["2.5", "2.3", "2", "24", "2.46", "2.34"]], decimals=1)


def main(path):
    with open(path, "w", encoding="utf-8") as file:
        for pair in PAIRS:
            if pair["decimals"] is None:
                del pair["decimals"]
            file.write(json.dumps(pair, ensure_ascii=False) + "\n")
    equal = sum(pair["equal"] for pair in PAIRS)
    print(f"{len(PAIRS)} pairs, {equal} equal, {len(PAIRS) - equal} different")


main(sys.argv[1])
