"""Reading what may be anything: under limits of time and memory, in a process that can be ended."""
