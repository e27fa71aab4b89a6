"""Addresses of the web, and numbers of papers, where they stand in a sentence."""

import re

ADDRESS = re.compile(r"(?:https?|file)://[^\s<>\"'，。？！）]+[^\s<>\"'，。？！）.,;:!?)]")
"""An address as people write it in a sentence, without the marks that close the sentence."""

ARXIV_NUMBER = re.compile(r"(?<![\d.])(\d{4}\.\d{4,5})(?:v\d+)?(?!\d|\.\d)")
"""The number of a paper on arXiv, its version aside."""
