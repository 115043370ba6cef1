"""How the processes of one machine ask one another: plain HTTP, no more than they need."""
