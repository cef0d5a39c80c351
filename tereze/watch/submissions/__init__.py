"""Chats that participants hand over, WhatsApp's above all: read, judged, and asked about."""
