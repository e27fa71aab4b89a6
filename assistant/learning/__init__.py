"""Reading paths, study cards, the primer, what the lists recommend."""
