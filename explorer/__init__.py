"""What people see and do.

Reading order: lab (every question), asks (questions as values and links), filmstrip (frames -> files),
routes (HTTP beside the pages), main and pages/ (what a browser shows), __main__ (the commands).
"""
