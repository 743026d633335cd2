"""Who works here and what they may do: accounts, sign-in, sessions, the protection of forms, and the record of all of it."""
