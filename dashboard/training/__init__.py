"""Training: what did the models learn, and how close are they to the truth?"""
