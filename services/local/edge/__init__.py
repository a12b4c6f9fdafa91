"""The edge of a city: an HTTP front of its S3 server that does what the server lacks.

A ranged answer is 206, PUT honours `If-None-Match: *`, browsers may call, events are posted to a
webhook, and the city can be slowed or lost on request.
"""
