"""What outlives a call, in the order in which it happens, and what stands when it stops half way."""
