"""The third floor: questions become answers, every sentence cited."""
