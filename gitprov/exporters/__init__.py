"""Runs in the formats of others. What is exported is handed in; nothing is read, signed or decided here."""
