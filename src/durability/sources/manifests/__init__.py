"""What each kind of manifest declares, read without running anything."""
