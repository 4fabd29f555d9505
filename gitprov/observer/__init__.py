"""What runs inside the user's own Python processes, and the events it writes.

It runs under every Python from 3.8 on, in programs that know nothing of it: it imports nothing of the project but its
own modules, and whatever goes wrong in it, the program goes on as if it were not there.
"""
