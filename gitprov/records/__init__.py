"""The log of records in refs and its views in notes: layout, codec, journal, views, sync. Not what the records mean."""
