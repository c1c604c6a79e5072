"""Praisebot: praise, tagged, confirmed and counted, in the chats where customer-service teams work."""
