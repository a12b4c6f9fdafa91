"""Mail that the service sends, where a mail server is set."""
