//! For tests only: throw-away databases, fake providers, conformance suites.
