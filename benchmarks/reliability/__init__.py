"""What holds when machines die, disks are full and many come at once. Small forms of these run as tests."""
