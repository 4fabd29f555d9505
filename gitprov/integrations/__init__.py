"""Where other people's programs meet ours: notebooks, and the frameworks that train models.

Each module imports the library it is for only when it is used, and none of ours imports any of these.
"""
