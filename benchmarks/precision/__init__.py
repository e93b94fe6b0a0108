"""Are the findings right? Labels of findings that were read in the code, and how many of each rule were right."""
