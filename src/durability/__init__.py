"""Will this prototype survive production?"""
