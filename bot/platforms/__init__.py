"""Chats that are not ours: one adapter and one renderer each. The only imports of their frameworks."""
