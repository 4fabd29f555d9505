"""Rules a team can hold: the settings file read whole, and changes judged by it."""
