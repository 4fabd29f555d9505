"""What `import gitprov` offers to a program: telling the run that is under way, or being one.

A program that is inside a run only appends lines to that run's journal, and pays for no more than that: `face`, `runs`,
`active`, `asked`, `lines` and `told` import nothing but what Python has loaded anyway. All else is imported when it is
needed. Whatever goes wrong here, the program is warned once and goes on.
"""
