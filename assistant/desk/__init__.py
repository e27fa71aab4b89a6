"""The desk: the one door for every user interface, and for programs in Python.

A desk serves one home. It opens models and the library when they are first needed and keeps them.
"""

from assistant.desk.base import Progress, default_home
from assistant.desk.desk import Desk

__all__ = ["Desk", "Progress", "default_home"]
