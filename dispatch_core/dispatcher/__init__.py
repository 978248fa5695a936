"""The one door for front ends: each verb is one transaction."""
