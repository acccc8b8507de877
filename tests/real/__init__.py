"""Tests of the real thing: real processes, real models, real indexes, kills and all."""
