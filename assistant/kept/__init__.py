"""What a person keeps in a home: threads of questions with their answers, notes, highlights."""
