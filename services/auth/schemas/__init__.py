"""What requests and answers of the auth service look like."""
