"""The User page: who is this, and what if the history were another one?"""
