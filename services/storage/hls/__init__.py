"""HLS: playlists of a folder, with every segment signed at the city that is nearest."""
