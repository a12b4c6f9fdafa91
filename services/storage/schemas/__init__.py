"""What requests and answers of the storage service look like."""
