"""Does the score tell demos from production? One command over a labelled list of repositories."""
