"""`refdesk eval`: retrieval and answers measured, runs compared."""
