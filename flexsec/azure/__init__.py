"""How Azure is spoken: sign-in, pipeline, retries, polling, pacing and the meaning of errors. Imports nothing."""
