//! Stories of producers and their transactions.
