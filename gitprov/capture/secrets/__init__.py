"""Finding secrets before anything is written, and putting a keyed fingerprint in their place."""
