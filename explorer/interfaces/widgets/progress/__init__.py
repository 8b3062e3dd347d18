"""What is going on: the welcome of an empty workspace, the line of running jobs, what a page waits for."""
