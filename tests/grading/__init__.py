"""Tests of honest grading: small assignments, hostile submissions, the jail, the protocol."""
