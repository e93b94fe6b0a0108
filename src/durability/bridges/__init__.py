"""Bandit and radon in process, behind one adapter each; nothing here imports them before they are needed."""
