"""Looks Like: see, walk and name the space in which your products look different."""
