"""What is kept: tables, the one door to the database, and a module of plain functions per noun."""
