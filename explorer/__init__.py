"""What people see and do.

Reading order: lab (what is there), asks (questions as values and links), mapping (something that is done), filmstrip
(frames -> files), routes/ (HTTP beside the pages), pages/ (what a browser shows), commands/ (what can be typed).
"""
