"""Colours that the colour-blind tell apart (Okabe and Ito 2008), dark enough on white for text."""

from __future__ import annotations

INK = "#1f2a37"
QUIET = "#5b6673"
LINE = "#d9dee5"
PAPER = "#ffffff"
SOFT = "#f5f7fa"
BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
SKY = "#56B4E9"
SERIES = (BLUE, ORANGE, GREEN, PURPLE, VERMILION, SKY, INK, "#8c8c8c")
# Text needs more contrast than a mark: 4.5 to 1 on white and on SOFT.
GOOD_TEXT = "#006b4f"
BAD_TEXT = "#a84300"
CAUTION_TEXT = "#7a5200"
