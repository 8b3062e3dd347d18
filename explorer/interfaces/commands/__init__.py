"""The commands, a file each: what is typed, what is printed. `main` has the list of them.

Reading the store's and the networks' libraries takes seconds. So a command imports the rooms it needs when it runs, and
`--help` needs none.
"""
