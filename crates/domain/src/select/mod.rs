//! Which articles make a program, how deep each is told, and why the others do not.
