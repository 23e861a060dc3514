"""The database backend of an environment that names none: every use says in one line what to do."""
