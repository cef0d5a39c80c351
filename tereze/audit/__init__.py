"""The journal: who did what to which row, in a chain that shows when somebody altered it."""
