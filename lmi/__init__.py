"""Labour market information: dated, sourced figures about jobs. It knows nothing of a chat."""
