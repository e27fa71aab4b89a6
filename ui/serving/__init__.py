"""Doors for programs, who may use them, and turns at the model."""
