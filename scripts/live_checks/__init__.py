"""What `live_check.py` runs: a conversation with Resource Manager, a disposable server, and behaviours one by one."""
