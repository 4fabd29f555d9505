"""Results as text, tables and JSON. What is shown is handed in; nothing is read, printed or decided here.

Every function returns a `str`. Width and colour are arguments. What a record says is written out harmlessly: no
control or bidirectional character of it reaches a terminal.
"""
