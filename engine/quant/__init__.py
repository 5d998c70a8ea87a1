"""Weights in four and eight bits: how they are rounded, packed, stored, mapped and used."""
