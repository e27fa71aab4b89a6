"""Questions about the collection itself: what stands here, who recommends it, what to read."""
