"""The local chat: a page, its messages, and the platform the bot knows it as."""
