"""The command `phoenix-explorer`: one name for all that can be started, from whatever folder."""
