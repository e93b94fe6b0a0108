"""What the program does to the outside world, how often and how much of it."""
