"""Sources as the references of somebody's own text: CSL-JSON, and every other form from it."""
