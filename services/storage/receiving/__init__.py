"""File requests as whoever has their address sees them."""
