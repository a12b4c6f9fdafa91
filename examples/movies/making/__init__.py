"""Making a small film: encoded by ffmpeg, uploaded and announced by the public API."""
