"""Unmodified example scripts of real projects: is what a run records what it truly touched, and what does it cost?"""
